# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Every library trains every task, and its checkpoint loads again."""

import csv
import json
import math
import shlex
from pathlib import Path

import pytest
import torch
import yaml
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from isaaclab_factory.learning.arguments import LIBRARIES
from isaaclab_factory.learning.run_folder.runs import find_checkpoint, validate_checkpoint
from isaaclab_factory.learning.run_folder.trust import read_checkpoint

pytestmark = pytest.mark.slow

TASK = "Isaac-Factory-PegInsert-v0"
SHORT = ("--max_iterations", "2", "--headless", "env.episode_length_s=2.0")
"""Arguments of a training of two iterations of 32 steps, with episodes of 30 steps."""


def check_short_run(folder: Path, library: str, num_envs: int) -> None:
    """Checks the files of a run with the arguments above."""
    assert {"env.yaml", "agent.yaml"} <= {path.name for path in (folder / "params").iterdir()}
    rows = list(csv.DictReader((folder / "progress.csv").open()))
    assert [row["env_steps"] for row in rows] == [str(32 * num_envs), str(64 * num_envs)]
    for row in rows:
        assert all(math.isfinite(float(value)) for value in row.values())
        assert int(row["episodes"]) >= num_envs
    validate_checkpoint(find_checkpoint(folder, library), library)
    curves = curves_of(folder)
    rewards = yaml.unsafe_load((folder / "params" / "env.yaml").read_text())["rewards"]
    terms = {f"Episode_Reward/{name}" for name, term in rewards.items() if term}
    assert terms
    for tag in terms | {"Episode/success", "Episode/reward"}:
        assert [step for step, _ in curves[tag]] == [32 * num_envs, 64 * num_envs], tag
        assert all(math.isfinite(value) for _, value in curves[tag]), tag


def curves_of(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """Returns a run's TensorBoard curves by tag: environment steps and values."""
    events = EventAccumulator(str(folder / "summaries"))
    events.Reload()
    return {tag: [(point.step, point.value) for point in events.Scalars(tag)] for tag in events.Tags()["scalars"]}


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    ("task", "experiment"),
    [
        ("GearMesh", "gear_mesh"),
        ("NutThread", "nut_thread"),
        ("SquarePegInsert", "square_peg_insert"),
        ("NutThreadM8", "nut_thread_m8"),
    ],
)
def test_trains_two_iterations_in_which_episodes_end(
    run, tmp_path: Path, library: str, task: str, experiment: str
) -> None:
    result = run("train.py", "--lib", library, "--task", f"Isaac-Factory-{task}-v0", "--num_envs", "8", *SHORT)
    assert result.returncode == 0, result.stderr
    assert "warning" not in result.stderr
    assert "of 8 episodes" in result.stdout
    (folder,) = (tmp_path / "logs" / library / experiment).iterdir()
    check_short_run(folder, library, num_envs=8)


@pytest.mark.parametrize("library", LIBRARIES)
def test_goes_on_from_its_checkpoint_and_measures_it(run, tmp_path: Path, library: str) -> None:
    arguments = ("--lib", library, "--task", TASK, "--num_envs", "16", *SHORT)
    first = run("train.py", *arguments, "--video", "--video_length", "1")
    assert first.returncode == 0, first.stderr
    (folder,) = (tmp_path / "logs" / library / "peg_insert").iterdir()
    check_short_run(folder, library, num_envs=16)
    assert [file.name for file in (folder / "videos").iterdir()] == ["video-step-0.mp4"]
    checkpoint = find_checkpoint(folder, library)
    for line in (
        "Success: ",
        "of 16 episodes",
        f"Run folder:  {folder.relative_to(tmp_path)}",
        "Train on: ",
        "Measure",
    ):
        assert line in first.stdout

    second = run("train.py", *arguments, "--checkpoint", str(checkpoint))
    assert second.returncode == 0, second.stderr
    assert len(list((tmp_path / "logs" / library / "peg_insert").iterdir())) == 2

    command = ("evaluate.py", "--lib", library, "--task", TASK, "--num_envs", "4", "--checkpoint", str(folder))
    measured = run(*command, "--episodes", "6", "--json", "measured.json", "env.episode_length_s=1.0")
    assert measured.returncode == 0, measured.stderr
    assert f"{TASK}: 0.0 % (0 of 6 episodes)" in measured.stdout
    check_measured(json.loads((tmp_path / "measured.json").read_text()), library, find_checkpoint(folder, library))


def check_measured(figures: dict, library: str, checkpoint: Path) -> None:
    """Checks what is said of six episodes of 1 s, which are too short for any success."""
    about = {"task": TASK, "library": library, "checkpoint": str(checkpoint), "stochastic": False, "num_envs": 4}
    assert {key: figures[key] for key in about} == about
    assert (figures["episodes"], figures["successes"], figures["success_rate"]) == (6, 0, 0.0)
    assert figures["success_interval"] == pytest.approx([0.0, 0.3903], abs=1e-4)  # as SciPy has it
    assert figures["time_to_success_s"] == {"median": None, "p90": None}
    assert set(figures["contact_force_N"]) == {"mean", "p99", "touching"}
    assert figures["mean_length_s"] == pytest.approx(1.0)
    for name in ("ever_success_rate", "engaged_rate", "dropped_rate"):
        assert 0.0 <= figures[name] <= 1.0
    assert figures["bins"]
    for bins in figures["bins"].values():
        assert sum(part["episodes"] for part in bins) == 6


def test_evaluates_while_it_trains_and_the_best_is_measured_the_same_by_hand(run, tmp_path: Path) -> None:
    evaluations = ("--eval_interval", "2", "--eval_episodes", "6")
    result = run("train.py", "--task", TASK, "--num_envs", "4", *evaluations, *SHORT)
    assert result.returncode == 0, result.stderr
    assert "warning" not in result.stdout + result.stderr
    (folder,) = (tmp_path / "logs" / "rsl_rl" / "peg_insert").iterdir()
    (row,) = csv.DictReader((folder / "evaluations.csv").open())
    assert (row["iteration"], row["env_steps"], row["episodes"], row["best"]) == ("2", "256", "6", "1")
    curves = curves_of(folder)
    for name in ("success_rate", "engaged_rate", "mean_reward"):
        assert curves[f"Evaluation/{name}"] == [(256, pytest.approx(float(row[name])))]

    best = json.loads((folder / "best.json").read_text())
    assert f"Best:        {(folder / 'best.pt').relative_to(tmp_path)} (iteration 2: " in result.stdout
    _, script, *words = shlex.split(best["command"])
    words[words.index("--json") + 1] = "again.json"
    again = run(Path(script).name, *words)
    assert again.returncode == 0, again.stderr
    measured = json.loads((tmp_path / "again.json").read_text())
    for key in ("success_rate", "success_interval", "mean_reward", "engaged_rate"):
        assert measured[key] == best[key], key


def test_trains_a_policy_that_remembers_with_skrl(run, tmp_path: Path) -> None:
    agent = ("--agent", "skrl_gru_cfg_entry_point")
    result = run("train.py", "--lib", "skrl", *agent, "--task", TASK, "--num_envs", "8", *SHORT)
    assert result.returncode == 0, result.stderr
    assert "warning" not in result.stderr
    assert "of 8 episodes" in result.stdout
    (folder,) = (tmp_path / "logs" / "skrl" / "peg_insert_gru").iterdir()
    check_short_run(folder, "skrl", num_envs=8)


def test_flags_of_isaac_labs_own_scripts_do_what_they_say(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    words = "--num_envs 4 --max_iterations 1 --headless --seed -1 --sigma 0.2 --experiment_name exp --run_name wide"
    more = "--export_io_descriptors --track --wandb-project-name p --livestream 1 env.episode_length_s=1.0"
    result = run("train_rl_games.py", "--task", TASK, *words.split(), *more.split())
    assert result.returncode == 0, result.stderr
    assert "note: without Isaac Sim these do nothing: --livestream\n" in result.stderr
    (folder,) = (tmp_path / "logs" / "rl_games" / "exp").iterdir()
    assert folder.name.endswith("_wide")
    described = yaml.safe_load((folder / "io_descriptors" / "IO_descriptors.yaml").read_text())
    assert {"observations", "actions", "articulations", "scene"} <= set(described)
    (record,) = folder.glob("wandb/offline-run-*/run-*.wandb")
    assert b"Episode/success" in record.read_bytes()
    checkpoint = find_checkpoint(folder, "rl_games")
    std = read_checkpoint(checkpoint, trusted=False)["model"]["a2c_network.sigma"].exp()
    assert std == pytest.approx(torch.full((6,), 0.2), rel=0.05)  # of one short iteration
    assert 0 <= json.loads((folder / "run.json").read_text())["seed"] < 2**31

    played = run("play_rl_games.py", "--task", TASK, "--num_envs", "2", "--steps", "2")
    assert played.returncode == 0, played.stderr
    assert f"Playing {checkpoint.relative_to(tmp_path)} (rl_games) in {TASK}" in played.stdout
