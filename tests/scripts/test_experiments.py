# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A training from an experiment file, with a plugin's network, and its repetition from the file in its run folder."""

import csv
import json
from pathlib import Path

import pytest
import yaml

from tests.docs.blocks import read_blocks

ROOT = Path(__file__).parents[2]
TASK = "Isaac-Factory-PegInsert-NoNoise-v0"
EXPERIMENT = {
    "lib": "rl_games",
    "task": TASK,
    "plugin": "residual_rl_games",
    "entry_point": "rl_games_residual_cfg_entry_point",
    "seed": -1,
    "num_envs": 4,
    "max_iterations": 2,
    "save_interval": 1,
    "algorithm": {"learning_rate": 1e-3, "rollout_steps": 8, "minibatches": 2, "epochs": 2},
    "env": {"episode_length_s": 0.4, "rewards": {"keypoint_coarse": None}},
    "agent": {"params": {"network": {"width": 16, "blocks": 1}}},
}


@pytest.mark.parametrize(
    ("script", "content", "said"),
    [
        ("train.py", '{"num_env": 4}', "error: bad.json: unknown key num_env; did you mean num_envs? there are "),
        ("train_skrl.py", '{"lib": "rsl_rl"}', "error: bad.json: lib is 'rsl_rl', and this script trains with skrl"),
    ],
)
def test_a_mistake_in_the_file_is_one_line(run, tmp_path: Path, script: str, content: str, said: str) -> None:
    (tmp_path / "bad.json").write_text(content)
    result = run(script, "--config", "bad.json")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(said)
    assert result.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["bad.json"]


def figures(folder: Path) -> list[dict[str, str]]:
    """Returns the rows of a run's table, less its times."""
    rows = csv.DictReader((folder / "progress.csv").open())
    return [{key: value for key, value in row.items() if "second" not in key} for row in rows]


@pytest.mark.slow
def test_a_run_is_repeated_from_its_folder(run, tmp_path: Path) -> None:
    (plugin,) = (block for block in read_blocks(ROOT / "docs" / "plugins.md") if block.file == "residual_rl_games.py")
    (tmp_path / "residual_rl_games.py").write_text(plugin.content)
    (tmp_path / "experiment.json").write_text(json.dumps(EXPERIMENT))
    first = run("train.py", "--config", "experiment.json")
    assert first.returncode == 0, first.stderr
    (folder,) = (tmp_path / "logs" / "rl_games" / "residual").iterdir()
    assert len(list((folder / "nn").iterdir())) == 2, "a checkpoint for every iteration"
    written = yaml.safe_load((folder / "experiment.yaml").read_text())
    assert written["seed"] == json.loads((folder / "run.json").read_text())["seed"] >= 0

    repeated = run("train.py", "--config", str(folder / "experiment.yaml"))
    assert repeated.returncode == 0, repeated.stderr
    (other,) = {*folder.parent.iterdir()} - {folder}
    assert figures(other) == figures(folder)
    assert len(figures(folder)) == 2
    for name in ("params/env.yaml", "params/agent.yaml", "experiment.yaml", "evaluation.txt"):
        assert (other / name).read_text() == (folder / name).read_text(), name

    (line,) = (line for line in first.stdout.splitlines() if line.startswith("Play it:"))
    assert f"--plugin {EXPERIMENT['plugin']}" in line
    play = ("--plugin", "residual_rl_games", "--lib", "rl_games", "--task", TASK, "--num_envs", "2", "--steps", "2")
    played = run("play.py", *play, "--checkpoint", str(folder))
    assert played.returncode == 0, played.stderr
