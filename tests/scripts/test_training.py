# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Every library trains a task from the command line, goes on from its checkpoint, and repeats itself."""

import csv
import json
import math
import shlex
from pathlib import Path

import pytest

from isaaclab_factory.learning.cli.tasks import LIBRARIES
from isaaclab_factory.learning.runs.checkpoints import find_checkpoint, validate_checkpoint

pytestmark = pytest.mark.slow

TASK = "Isaac-Factory-PegInsert"
EPISODE = ("env.episode_length_s=1.0",)
SHORT = ("--num_envs", "2", "--max_iterations", "1", *EPISODE)
"""Arguments of a training of 32 steps in episodes of 15."""


def table(folder: Path) -> list[dict[str, str]]:
    """Returns the rows of a run's table, less its times and memory."""
    rows = csv.DictReader((folder / "progress.csv").open())
    return [{key: value for key, value in row.items() if "second" not in key and key != "memory_gb"} for row in rows]


def runs(root: Path, library: str) -> list[Path]:
    """Returns the run folders, the oldest first."""
    return sorted((root / "logs" / library / "peg_insert").iterdir(), key=lambda path: path.stat().st_ctime)


@pytest.mark.parametrize(
    "library", [pytest.param(name, marks=[] if name == "rsl_rl" else pytest.mark.long) for name in LIBRARIES]
)
def test_a_training_and_the_commands_that_it_ends_with(run, run_forked, tmp_path: Path, library: str) -> None:
    first = run("train.py", "--lib", library, "--task", TASK, "presets=no_noise", *SHORT)
    assert (first.returncode, first.stderr) == (0, "")
    (folder,) = runs(tmp_path, library)
    (row,) = table(folder)
    assert (row["iteration"], row["env_steps"]) == ("1", "64")
    # rsl_rl begins the first episodes at random steps
    assert row["episodes"] in (("4", "5", "6") if library == "rsl_rl" else ("4",))
    assert all(math.isfinite(float(value)) for value in row.values())
    checkpoint = find_checkpoint(folder, library)
    validate_checkpoint(checkpoint, library)
    for text in ("iteration 1/1 ", " 64 steps ", "Success:     0.0 % (0 of 2 episodes)"):
        assert text in first.stdout
    record = json.loads((folder / "run.json").read_text())
    figures = {"library": library, "task": TASK, "status": "completed", "env_steps": 64, "episodes": 2}
    assert {key: record[key] for key in figures} == figures
    assert {path.name for path in (folder / "params").iterdir()} >= {"env.yaml", "agent.yaml"}
    assert any(folder.rglob("events.out.tfevents.*"))

    (line,) = (line for line in first.stdout.splitlines() if line.startswith("Train on:"))
    _, script, *words = shlex.split(line.removeprefix("Train on:"))
    second = run_forked(Path(script).name, *words, "--check_finite", "--max_iterations", "1")
    assert (second.returncode, second.stderr) == (0, "")
    assert "Going on after 1 iterations and 64 environment steps, with new episodes" in second.stdout
    (row,) = table(runs(tmp_path, library)[1])
    assert (row["iteration"], row["env_steps"]) == ("2", "128")

    (line,) = (line for line in first.stdout.splitlines() if line.startswith("Play it:"))
    assert line.endswith(f" --checkpoint {checkpoint.relative_to(tmp_path)} presets=no_noise env.episode_length_s=1.0")


@pytest.mark.long
def test_a_run_is_repeated_from_its_folder(run_forked, tmp_path: Path) -> None:
    first = run_forked("train_rl_games.py", "--task", TASK, "--seed", "-1", "agent.params.config.mini_epochs=1", *SHORT)
    assert first.returncode == 0, first.stderr
    (folder,) = runs(tmp_path, "rl_games")
    assert json.loads((folder / "run.json").read_text())["seed"] != 42

    again = run_forked("train.py", "--config", str(folder / "experiment.yaml"))
    assert again.returncode == 0, again.stderr
    _, other = runs(tmp_path, "rl_games")
    assert table(other) == table(folder)
    for name in ("params/env.yaml", "params/agent.yaml", "experiment.yaml", "evaluation.txt"):
        assert (other / name).read_text() == (folder / name).read_text(), name
