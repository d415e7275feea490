# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Recording and replaying from the command line."""

import signal
from pathlib import Path

import h5py
import pytest

from tests.scripts.forks import ForkServer

pytestmark = pytest.mark.slow


def test_too_few_successes_end_in_one_line_and_leave_no_empty_file(run_forked, tmp_path: Path) -> None:
    words = ["--scripted", "--file", "demos.hdf5", "--episodes", "2", "--max_episodes", "3", "env.episode_length_s=0.2"]
    result = run_forked("record_demos.py", *words)
    assert result.returncode == 2
    assert result.stderr == "error: only 0 of 2 episodes were recorded: --max_episodes 3 ended it\n"
    assert result.stdout.splitlines()[-1] == "Recorded 0 successful episodes of 3 played: nothing was written"
    assert not list(tmp_path.glob("*.hdf5"))


def test_after_ctrl_c_the_file_has_the_episodes_that_had_ended_and_replays(
    run_forked, fork_server: ForkServer, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path / "demos.hdf5"
    words = ["--scripted", "--keep_failures", "--file", file.name, "--episodes", "100000", "--num_envs", "2"]
    words += ["env.episode_length_s=0.4"]
    outputs = tmp_path_factory.mktemp("outputs")
    recording = fork_server.start("record_demos.py", *words, folder=tmp_path, outputs=outputs)
    recording.wait(lambda: file.exists() and file.stat().st_size > 100_000)
    recording.send(signal.SIGINT)
    recording.wait(limit_s=60.0)
    assert (recording.code, recording.err) == (130, "interrupted\n")
    with h5py.File(file) as content:
        episodes = len(content["data"])
        assert {demo["actions"].shape for demo in content["data"].values()} == {(6, 6)}
    said = f"Recorded 0 successful episodes of {episodes} played, and {episodes} failures: demos.hdf5"
    assert recording.out.splitlines()[-1] == said

    result = run_forked("replay_demos.py", "--file", file.name, "--num_envs", "3")
    assert result.returncode == 0, result.stderr
    assert f"{episodes} episodes, {6 * episodes} steps" in result.stdout
    assert "observations and states are those of the recording, bit for bit" in result.stdout
