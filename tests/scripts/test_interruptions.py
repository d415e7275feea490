# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Trainings that are interrupted, killed or run out of disk, and go on."""

import csv
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from isaaclab_factory.learning.run_folder.runs import find_checkpoint, validate_checkpoint

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ITERATIONS = 30
"""Long enough to be interrupted in the middle, on any machine."""
ARGUMENTS = (
    *("--lib", "rsl_rl", "--task", "Isaac-Factory-PegInsert-v0", "--num_envs", "2", "--seed", "3", "--headless"),
    *("env.episode_length_s=1.0", "agent.num_steps_per_env=8", "agent.algorithm.num_learning_epochs=1"),
)


def start(folder: Path, *arguments: str, **limits: Callable[[], object]) -> subprocess.Popen[str]:
    """Starts a training as a shell starts its background jobs: they do not heed Ctrl-C by themselves."""

    def as_in_background() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for limit in limits.values():
            limit()

    folder.mkdir(exist_ok=True)
    command = [sys.executable, str(ROOT / "scripts" / "train.py"), *ARGUMENTS, *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=folder, preexec_fn=as_in_background, **pipes)


def run_folder(folder: Path) -> Path:
    return max((folder / "logs" / "rsl_rl" / "peg_insert").iterdir())


def table(folder: Path) -> list[dict[str, str]]:
    """Returns the rows of the newest run's table, without the columns of time."""
    rows = csv.DictReader((run_folder(folder) / "progress.csv").open())
    return [{key: value for key, value in row.items() if "second" not in key} for row in rows]


def wait_for_iterations(folder: Path, process: subprocess.Popen[str], count: int) -> None:
    """Waits until a training has reported some iterations, and still goes on."""
    while process.poll() is None:
        written = list(folder.glob("logs/*/*/*/progress.csv"))
        if written and len(written[0].read_text().splitlines()) > count:
            return
        time.sleep(0.01)
    pytest.fail(f"it ended early: {process.communicate()}")


def test_an_interrupt_and_a_kill_do_not_change_how_a_training_goes_on(tmp_path: Path) -> None:
    whole = start(tmp_path / "whole", "--max_iterations", str(ITERATIONS))
    assert (whole.communicate(timeout=300)[1], whole.returncode) == ("", 0)
    uninterrupted = table(tmp_path / "whole")

    folder = tmp_path / "interrupted"
    process = start(folder, "--max_iterations", str(ITERATIONS))
    wait_for_iterations(folder, process, 3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=300)
    assert (process.returncode, err.strip()) == (0, "ending after this iteration; once more ends at once")
    done = table(folder)
    assert 3 <= len(done) < ITERATIONS / 2
    assert done == uninterrupted[: len(done)]
    assert f"Interrupted: {done[-1]['env_steps']} environment steps" in out.replace(",", "")
    assert f"--max_iterations={ITERATIONS - len(done)}" in out
    assert json.loads((run_folder(folder) / "run.json").read_text())["status"] == "interrupted"

    killed = tmp_path / "killed"
    arguments = ("agent.save_interval=1", "--max_iterations", str(ITERATIONS), "--checkpoint")
    process = start(killed, *arguments, str(run_folder(folder)))
    wait_for_iterations(killed, process, 3)
    process.kill()
    process.communicate()
    last = int(table(killed)[-1]["iteration"])
    checkpoint = find_checkpoint(run_folder(killed), "rsl_rl")
    validate_checkpoint(checkpoint, "rsl_rl")
    kept = int(checkpoint.stem.removeprefix("model_")) + 1
    assert last - 1 <= kept <= last
    assert json.loads((run_folder(killed) / "run.json").read_text())["status"] == "running"

    resumed = tmp_path / "resumed"
    process = start(resumed, "--max_iterations", "2", "--checkpoint", str(run_folder(killed)))
    out, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, "")
    assert "in the same episodes" in out
    assert table(resumed) == uninterrupted[kept : kept + 2]


def test_a_disk_that_is_full_from_the_start_is_told_in_one_line_and_leaves_no_folder(tmp_path: Path) -> None:
    size = 100  # smaller than the configurations
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))  # noqa: E731
    process = start(tmp_path, "--max_iterations", "3", limit=limit)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 2
    assert err.startswith(f"error: cannot write to {tmp_path}")
    assert os.strerror(27) in err
    assert err.count("\n") == 1
    assert not list((tmp_path / "logs" / "rsl_rl" / "peg_insert").iterdir())


def test_a_full_disk_is_told_in_one_line(tmp_path: Path) -> None:
    size = 200_000  # smaller than a checkpoint
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))  # noqa: E731
    process = start(tmp_path, "--max_iterations", "3", "agent.save_interval=1", limit=limit)
    _, err = process.communicate(timeout=300)
    path = run_folder(tmp_path)
    assert (process.returncode, err) == (2, f"error: cannot write {path / 'model_0.pt'}: {os.strerror(27)}\n")
    assert not list(path.glob("*.pt")) + list(path.glob(".*.tmp"))
    record = json.loads((path / "run.json").read_text())
    assert (record["status"], "model_0.pt" in record["error"]) == ("failed", True)
