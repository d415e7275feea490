# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Trainings that Ctrl-C ends, or a full disk."""

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

from isaaclab_factory.learning.runs.checkpoints import find_checkpoint, validate_checkpoint
from tests.scripts.forks import ENVIRONMENT, ROOT, ForkServer

pytestmark = pytest.mark.slow

ITERATIONS = 60
"""Long enough to be interrupted in the middle, on any machine."""
ARGUMENTS = (
    *("--lib", "rsl_rl", "--task", "Isaac-Factory-PegInsert", "--num_envs", "1", "--max_iterations", str(ITERATIONS)),
    *("env.episode_length_s=1.0", "agent.num_steps_per_env=8", "agent.algorithm.num_learning_epochs=1"),
)


def start(folder: Path, *arguments: str, limit: Callable[[], object] = lambda: None) -> subprocess.Popen[str]:
    """Starts a training as a shell starts its background jobs: they do not heed Ctrl-C by themselves."""

    def as_in_background() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        limit()

    command = [sys.executable, str(ROOT / "scripts" / "train.py"), *ARGUMENTS, *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    environment = ENVIRONMENT | os.environ
    return subprocess.Popen(command, cwd=folder, preexec_fn=as_in_background, env=environment, **pipes)


@pytest.fixture
def start_forked(fork_server: ForkServer, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory):
    """Like :func:`start`, without the time that the imports take."""
    settings = {"folder": tmp_path, "outputs": tmp_path_factory.mktemp("outputs"), "background": True}
    return lambda *arguments, **others: fork_server.start("train.py", *ARGUMENTS, *arguments, **settings, **others)


def rows(root: Path) -> list[dict[str, str]]:
    """Returns what the only run under a folder has reported so far."""
    return [row for file in root.glob("logs/*/*/*/progress.csv") for row in csv.DictReader(file.open())]


def run_folder(root: Path) -> Path:
    """Returns the only run folder."""
    (folder,) = (root / "logs" / "rsl_rl" / "peg_insert").iterdir()
    return folder


def test_ctrl_c_ends_after_the_iteration_and_saves(start_forked, tmp_path: Path) -> None:
    training = start_forked()
    training.wait(lambda: len(rows(tmp_path)) >= 2)
    training.send(signal.SIGINT)
    training.wait()
    assert (training.code, training.err.strip()) == (0, "ending after this iteration; once more ends at once")
    done = rows(tmp_path)
    assert 2 <= len(done) < ITERATIONS / 2
    assert f"Interrupted: {done[-1]['env_steps']} environment steps" in training.out.replace(",", "")
    assert f"--max_iterations={ITERATIONS - len(done)}" in training.out
    assert "Success:" not in training.out
    folder = run_folder(tmp_path)
    validate_checkpoint(find_checkpoint(folder, "rsl_rl"), "rsl_rl")
    assert json.loads((folder / "run.json").read_text())["status"] == "interrupted"


def assert_says_that_the_disk_is_full(code: int, err: str) -> None:
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith("error: cannot write ")
    assert os.strerror(27) in err


def test_a_disk_that_is_full_from_the_start_is_one_line(tmp_path: Path) -> None:
    """Not in a fork, which writes its line to a file."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    process = start(tmp_path, limit=limit)
    _, err = process.communicate(timeout=600)
    assert_says_that_the_disk_is_full(process.returncode, err)
    assert not list(tmp_path.glob("logs/rsl_rl/peg_insert/*"))


@pytest.mark.parametrize("size", [10_000, 200_000], ids=["at the configurations", "at the first checkpoint"])
def test_a_disk_that_is_full_later_is_one_line(start_forked, tmp_path: Path, size: int) -> None:
    training = start_forked("agent.save_interval=1", file_size=size)
    training.wait()
    assert_says_that_the_disk_is_full(training.code, training.err)
    folders = list(tmp_path.glob("logs/rsl_rl/peg_insert/*"))
    if size < 200_000:
        assert not folders
        return
    (folder,) = folders
    assert str(folder.relative_to(tmp_path) / "model_0.pt") in training.err
    assert not list(folder.glob("*.pt")) + list(folder.glob(".*.tmp"))
    record = json.loads((folder / "run.json").read_text())
    assert (record["status"], "model_0.pt" in record["error"]) == ("failed", True)


def handles_signals(process: subprocess.Popen[str]) -> bool:
    """Returns whether a process has come so far that it catches SIGTERM, which a Python does not by itself."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    caught = int(next(line for line in status.splitlines() if line.startswith("SigCgt")).split()[1], 16)
    return bool(caught >> (signal.SIGTERM - 1) & 1)


@pytest.mark.parametrize("wait_s", [0.0, 1.5, 2.5])
def test_ctrl_c_ends_a_start_at_any_moment_also_in_an_import(tmp_path: Path, wait_s: float) -> None:
    process = start(tmp_path)
    while not handles_signals(process):
        time.sleep(0.01)
    time.sleep(wait_s)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "interrupted\n")
    assert not list(tmp_path.glob("logs/rsl_rl/peg_insert/*"))
