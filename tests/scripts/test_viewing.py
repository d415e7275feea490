# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Videos and the view in the browser, by Isaac Lab's own means."""

import ctypes
import ctypes.util
import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
import viser
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.scripts.forks import ENVIRONMENT, ROOT

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


CAMERA = {
    "type": "ViewerCameraMessage",
    "wxyz": (1.0, 0.0, 0.0, 0.0),
    "position": (1.0, 0.0, 1.0),
    "look_at": (0.0, 0.0, 0.0),
    "up_direction": (0.0, 0.0, 1.0),
    "fov": 1.0,
    "near": 0.1,
    "far": 100.0,
    "image_height": 480,
    "image_width": 640,
}
"""What Viser's page sends first; from then on the view is drawn for it."""


@pytest.mark.long
def test_the_view_goes_on_while_a_browser_looks(tmp_path: Path) -> None:
    words = ("--num_envs", "2", "--steps", "300", "--viz", "viser")
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "scripts" / "random_agent.py"), *words],
        cwd=tmp_path,
        env=ENVIRONMENT | os.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert messages_for_a_browser(process) > 10, "the scene, and then poses as they change"
        out, err = process.communicate(timeout=600)
    finally:
        process.kill()
    assert (process.returncode, err) == (0, "")
    assert "600 environment steps" in out


def messages_for_a_browser(process: subprocess.Popen) -> int:
    """Opens the page as a browser does, and returns how many messages arrive until the program ends."""
    count = 0
    while process.poll() is None:
        try:
            with connect("ws://localhost:8080", subprotocols=[f"viser-v{viser.__version__}"], max_size=None) as browser:
                browser.send(msgspec.msgpack.encode(CAMERA))
                while True:
                    browser.recv()
                    count += 1
        except (ConnectionClosed, OSError):  # it has ended, or has not begun
            time.sleep(0.1)
    return count
