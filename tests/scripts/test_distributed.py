# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Training in the processes that torchrun starts, as a user types it."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2")


def torchrun(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs the training script in two processes in an empty folder."""
    command = [*TORCHRUN, str(ROOT / "scripts" / "train.py"), *words]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=900, env=environment)


@pytest.mark.long
def test_two_processes_leave_one_run_with_the_figures_of_both(tmp_path: Path) -> None:
    task = ("--task", "Isaac-Factory-PegInsert", "--num_envs", "4", "--max_iterations", "2", "--seed", "5")
    overrides = ("env.episode_length_s=0.5", "agent.num_steps_per_env=8")
    result = torchrun(tmp_path, "--distributed", *task, *overrides)
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("Training Isaac-Factory-PegInsert") == 1
    assert "2 processes of 4 environments ready" in result.stdout
    (command,) = (line for line in result.stdout.splitlines() if line.startswith("Train on:"))
    assert "torchrun --nproc_per_node=2 " in command
    assert " --distributed " in command
    (folder,) = (tmp_path / "logs" / "rsl_rl" / "peg_insert").iterdir()
    rows = list(csv.DictReader((folder / "progress.csv").open()))
    assert [row["env_steps"] for row in rows] == ["64", "128"]
    assert int(rows[-1]["episodes"]) == 8  # of 8 steps each
    record = json.loads((folder / "run.json").read_text())
    assert (record["processes"], record["seed"], record["env_steps"]) == (2, 5, 128)


def test_a_mistake_is_reported_once(tmp_path: Path) -> None:
    result = torchrun(tmp_path, "--distributed", "--task", "Isaac-Factory-PegInsrt")
    assert result.returncode != 0
    assert result.stderr.count("error: unknown task 'Isaac-Factory-PegInsrt'") == 1
    assert not (tmp_path / "logs").exists()
