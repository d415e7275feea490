# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Every library trains PegInsert, and its checkpoint loads again."""

import csv
import shlex
from pathlib import Path

import pytest

from isaaclab_factory.learning.arguments import LIBRARIES
from isaaclab_factory.learning.runs import find_checkpoint

pytestmark = pytest.mark.slow

TASK = "Isaac-Factory-PegInsert-v0"


@pytest.mark.parametrize("library", LIBRARIES)
def test_trains_two_iterations_and_goes_on_from_its_checkpoint(run, tmp_path: Path, library: str) -> None:
    arguments = ("--lib", library, "--task", TASK, "--num_envs", "16", "--max_iterations", "2", "--headless")
    first = run("train.py", *arguments)
    assert first.returncode == 0, first.stderr
    (folder,) = (tmp_path / "logs" / library / "peg_insert").iterdir()
    assert {"env.yaml", "agent.yaml"} <= {path.name for path in (folder / "params").iterdir()}
    rows = list(csv.DictReader((folder / "progress.csv").open()))
    assert [row["env_steps"] for row in rows] == ["512", "1024"]
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

    measured = run("evaluate.py", "--lib", library, "--task", TASK, "--num_envs", "8", "--checkpoint", str(folder))
    assert measured.returncode == 0, measured.stderr
    assert "of 8 episodes" in measured.stdout


def test_the_commands_it_ends_with_work_as_they_are(run, tmp_path: Path) -> None:
    arguments = (
        "--num_envs",
        "2",
        "--max_iterations",
        "1",
        "--log_root",
        "my runs",
        "agent.policy.actor_hidden_dims=[8]",
    )
    printed = run("train.py", *arguments).stdout
    for label in ("Train on:", "Measure it:"):
        (line,) = (line for line in printed.splitlines() if line.startswith(label))
        python, script, *words = shlex.split(line.removeprefix(label))
        assert python == ".venv/bin/python"
        words += ["--max_iterations", "1"] if label == "Train on:" else ["--num_envs", "2"]
        result = run(script.removeprefix("scripts/"), *words)
        assert result.returncode == 0, result.stderr
    assert len(list((tmp_path / "my runs" / "rsl_rl" / "peg_insert").iterdir())) == 2


def test_a_checkpoint_of_another_library_is_told(run, tmp_path: Path) -> None:
    assert run("train.py", "--num_envs", "2", "--max_iterations", "1").returncode == 0
    (folder,) = (tmp_path / "logs" / "rsl_rl" / "peg_insert").iterdir()
    checkpoint = find_checkpoint(folder, "rsl_rl")
    result = run("train.py", "--lib", "skrl", "--checkpoint", str(checkpoint))
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1] == f"error: {checkpoint} is a checkpoint of rsl_rl, not of skrl"
