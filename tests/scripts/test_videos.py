# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Trainings and policies that play are filmed by --video."""

from pathlib import Path

import imageio_ffmpeg
import pytest

pytestmark = pytest.mark.slow

TASK = "Isaac-Factory-PegInsert-v0"
SHORT = ("--num_envs", "2", "--headless", "env.episode_length_s=1.0")


def test_a_training_is_filmed_and_what_it_learned(run, tmp_path: Path) -> None:
    video = ("--video", "--video_length", "2", "--video_interval", "20")
    result = run("train.py", "--task", TASK, "--max_iterations", "1", *video, *SHORT)
    assert result.returncode == 0, result.stderr
    (folder,) = (tmp_path / "logs" / "rsl_rl" / "peg_insert").iterdir()
    assert f"Videos:      {folder.relative_to(tmp_path) / 'videos'}" in result.stdout
    files = sorted((folder / "videos").iterdir())
    assert [file.name for file in files] == ["video-step-0.mp4", "video-step-20.mp4"]  # of 32 steps
    for file in files:
        assert imageio_ffmpeg.count_frames_and_secs(str(file)) == (2, pytest.approx(2 / 15.0, abs=0.01))
    result = run("play.py", "--task", TASK, "--checkpoint", str(folder), "--video", "--video_length", "3", *SHORT)
    assert result.returncode == 0, result.stderr
    (file,) = (folder / "videos").glob("play-*.mp4")
    assert imageio_ffmpeg.count_frames_and_secs(str(file))[0] == 3
