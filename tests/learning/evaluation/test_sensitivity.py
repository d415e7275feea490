# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A policy under conditions that it was not trained for."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from isaaclab_factory.geometry import require_fit
from isaaclab_factory.learning.config.load import load_configs
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.evaluation import sensitivity
from isaaclab_factory.learning.evaluation.sensitivity import conditions, measure_sensitivity, table
from isaaclab_factory.learning.policies.pretrained import find_policy
from tests.tasks.task_env import FACTORY


def load(task: str, *overrides: str):
    return load_configs(f"Isaac-Factory-{task}", None, ["physics=newton_mujoco", *overrides])[0]


def clearance(cfg) -> float:
    held, fixed = cfg.scene.held_asset.spawn.part, cfg.scene.fixed_asset.spawn.part
    return require_fit(*((held, fixed) if hasattr(held, "clearance") else (fixed, held)))


@pytest.mark.slow
@pytest.mark.parametrize("task", FACTORY)
def test_each_condition_changes_what_its_name_says(task: str) -> None:
    plain = load(task)
    changed = {name: load(task, *overrides) for name, overrides in conditions(plain).items()}
    assert len(changed) == 9
    for name, cfg in changed.items():
        cfg.validate_config()
        assert cfg.to_dict() != plain.to_dict(), name
    for value in (0.4, 0.6, 1.0):
        params = changed[f"friction {value:g}"].events.held_asset_friction.params
        assert tuple(params["static_friction_range"]) == tuple(params["dynamic_friction_range"]) == (value, value)
    for factor in (0.5, 1.5):
        assert clearance(changed[f"clearance x {factor:g}"]) == pytest.approx(factor * clearance(plain))
    for factor in (0.7, 1.3):
        expected = [factor * value for value in plain.actions.arm.stiffness]
        assert list(changed[f"stiffness x {factor:g}"].actions.arm.stiffness) == pytest.approx(expected)
    assert tuple(changed["tip noise 2 mm"].commands.assembly_goal.tip_noise_std) == (0.002,) * 3


def test_a_condition_that_a_task_lacks_is_left_out() -> None:
    cfg = load("PegInsert")
    cfg.actions.arm, cfg.events.held_asset_friction = object(), None
    assert {name.split()[0] for name in conditions(cfg)} == {"clearance", "tip"}
    cfg.scene.held_asset = None
    assert {name.split()[0] for name in conditions(cfg)} == {"tip"}


def figures(successes: int) -> dict:
    return {
        "checkpoint": str(find_policy("Isaac-Factory-PegInsert", ["aided"]).checkpoint),
        "episodes": 200,
        "success_rate": successes / 200,
        "success_interval": (0.9, 0.99),
        "dropped_rate": 0.005,
        "time_to_success_s": {"mean": 2.345},
    }


def test_the_table_has_a_row_for_each_condition() -> None:
    first, second = table({"as trained": figures(190), "friction 1": figures(100)}).splitlines()[2:]
    assert first == "| as trained | 95.0 % of 200 | 90.0 to 99.0 % | 0.5 % | 2.3 s |"
    assert second.startswith("| friction 1 | 50.0 % of 200 |")


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would run; each writes its file instead, until one fails."""
    run: list[list[str]] = []

    actual = subprocess.run

    def measure(command: list[str], **options: object) -> subprocess.CompletedProcess:
        if "--json" not in command:  # what a library asks of the system
            return actual(command, **options)
        run.append(command)
        if any("stiffness" in word for word in command) and len(run) < 10:
            return subprocess.CompletedProcess(command, 3)
        Path(command[-1]).write_text(json.dumps(figures(150)))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(sensitivity.subprocess, "run", measure)
    return run


def test_the_same_command_goes_on_after_a_failure(commands, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["--task", "Isaac-Factory-PegInsert", "--checkpoint", "pretrained", "presets=aided", "--episodes", "200"]
    folder = tmp_path / "peg"
    with pytest.raises(SystemExit, match="3"):
        measure_sensitivity([*argv, "--output", str(folder)])
    assert len(commands) == 1 + 3 + 2 + 1
    first = commands[0]
    assert first[:3] == [sys.executable, "-m", "isaaclab_factory.learning.evaluation"]
    assert first[3:] == [*argv, "--json", str(folder / "as_trained.json")]
    failed = commands[-1]
    commands += [[]] * 3  # from now on none fails
    measure_sensitivity([*argv, f"--output={folder}"])
    assert commands[10] == failed
    assert len(commands) == 10 + 4
    written = (folder / "sensitivity.md").read_text()
    assert len(written.splitlines()) == 2 + 10
    assert written in capsys.readouterr().out
    with pytest.raises(UserError, match=r"as_trained.json is about .*aided.*policy.pt; choose another folder"):
        measure_sensitivity([*argv[:4], "presets=search", "--output", str(folder)])


def test_a_task_without_any_of_the_conditions_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sensitivity, "conditions", lambda env_cfg: {})
    argv = ["--task", "Isaac-Factory-PegInsert", "--checkpoint", "pretrained", "presets=aided"]
    with pytest.raises(UserError, match="Isaac-Factory-PegInsert has none of the conditions: friction"):
        measure_sensitivity([*argv, "--output", str(tmp_path)])
