# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Videos and the view in the browser, by Isaac Lab's own means."""

import ctypes
import ctypes.util
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def num_devices() -> int:
    """Number of devices on which OpenGL draws without a display: libEGL may be missing, or a driver behind it."""
    if ctypes.util.find_library("EGL") is None:
        return 0
    from pyglet.libs.egl import egl, eglext

    count = egl.EGLint()
    eglext.eglQueryDevicesEXT(0, None, ctypes.byref(count))
    return count.value


@pytest.mark.skipif(num_devices() == 0, reason="drawing without a display needs libEGL and a driver, such as Mesa's")
def test_a_training_records_a_video(run, tmp_path: Path) -> None:
    words = ("--num_envs", "2", "--max_iterations", "1", "env.episode_length_s=1.0")
    result = run("train.py", *words, "--video", "--video_length", "5")
    assert result.returncode == 0, result.stderr
    (video,) = tmp_path.glob("logs/rsl_rl/peg_insert/*/videos/train/*.mp4")
    with video.open("rb") as file:
        assert file.read(8)[4:] == b"ftyp", "the beginning of an MP4 file"


@pytest.mark.long
def test_a_task_is_shown_in_the_browser(run) -> None:
    result = run("zero_agent.py", "--num_envs", "2", "--steps", "3", "--viz", "viser")
    assert result.returncode == 0, result.stderr
    assert "viser (listening" in result.stdout
    assert "6 environment steps" in result.stdout
