# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Every library trains every task, and its checkpoint loads again."""

import csv
import math
from pathlib import Path

import pytest

from isaaclab_factory.learning.arguments import LIBRARIES
from isaaclab_factory.learning.runs import find_checkpoint, validate_checkpoint

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
    first = run("train.py", *arguments)
    assert first.returncode == 0, first.stderr
    (folder,) = (tmp_path / "logs" / library / "peg_insert").iterdir()
    check_short_run(folder, library, num_envs=16)
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
