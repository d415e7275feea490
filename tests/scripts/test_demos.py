# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Recording and replaying from the command line."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import h5py
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def test_too_few_successes_end_in_one_line_and_leave_no_empty_file(run, tmp_path: Path) -> None:
    words = ["--scripted", "--file", "demos.hdf5", "--episodes", "2", "--max_episodes", "3", "env.episode_length_s=0.2"]
    result = run("record_demos.py", *words)
    assert result.returncode == 2
    assert result.stderr == "error: only 0 of 2 episodes were recorded: --max_episodes 3 ended it\n"
    assert result.stdout.splitlines()[-1] == "Recorded 0 successful episodes of 3 played: nothing was written"
    assert not list(tmp_path.glob("*.hdf5"))


def test_after_ctrl_c_the_file_has_the_episodes_that_had_ended_and_replays(run, tmp_path: Path) -> None:
    file = tmp_path / "demos.hdf5"
    words = ["--scripted", "--keep_failures", "--file", file.name, "--episodes", "100000", "--num_envs", "2"]
    command = [sys.executable, str(ROOT / "scripts" / "record_demos.py"), *words, "env.episode_length_s=0.4"]
    environment = {"OMP_NUM_THREADS": "1"} | os.environ
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, **pipes)
    while process.poll() is None and not (file.exists() and file.stat().st_size > 100_000):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "interrupted\n")
    with h5py.File(file) as content:
        episodes = len(content["data"])
        assert {demo["actions"].shape for demo in content["data"].values()} == {(6, 6)}
    said = f"Recorded 0 successful episodes of {episodes} played, and {episodes} failures: demos.hdf5"
    assert out.splitlines()[-1] == said

    result = run("replay_demos.py", "--file", file.name, "--num_envs", "3")
    assert result.returncode == 0, result.stderr
    assert f"{episodes} episodes, {6 * episodes} steps" in result.stdout
    assert "observations and states are those of the recording, bit for bit" in result.stdout
