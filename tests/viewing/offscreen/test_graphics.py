# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Which graphics are taken, and what is said where there are none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHOOSE = "from isaaclab_factory.viewing.offscreen.graphics import choose_backend; print(choose_backend())"
TRAIN = Path(__file__).parents[3] / "scripts" / "train.py"


@pytest.fixture
def without_libraries(tmp_path: Path) -> dict[str, str]:
    """An environment in which the libraries of EGL and OSMesa cannot be loaded."""
    folder = tmp_path / "broken"
    folder.mkdir()
    for name in ("libEGL.so", "libEGL.so.1", "libOSMesa.so", "libOSMesa.so.6", "libOSMesa.so.8"):
        (folder / name).write_bytes(b"")
    return {**os.environ, "LD_LIBRARY_PATH": str(folder)}


def choose(environment: dict[str, str]) -> tuple[str, str]:
    """What a process chooses, and the last line of what it complains of."""
    done = subprocess.run([sys.executable, "-c", CHOOSE], env=environment, capture_output=True, text=True, timeout=60)
    return done.stdout.strip(), (done.stderr.strip().splitlines() or [""])[-1]


@pytest.mark.parametrize("wish", ["egl", "osmesa"])
def test_the_wish_of_the_environment_variable_counts(wish: str) -> None:
    assert choose({**os.environ, "MUJOCO_GL": wish})[0] == wish


def test_what_works_is_found_without_a_wish() -> None:
    environment = {key: value for key, value in os.environ.items() if key != "MUJOCO_GL"}
    assert choose(environment)[0] in ("egl", "osmesa")


def test_the_packages_are_named_where_nothing_works(without_libraries: dict[str, str]) -> None:
    chosen, complaint = choose({**without_libraries, "MUJOCO_GL": ""})
    assert not chosen
    for package in ("libegl1", "libegl-mesa0", "libosmesa6"):
        assert package in complaint


def test_graphics_that_are_switched_off_are_told_so() -> None:
    assert "MUJOCO_GL=off" in choose({**os.environ, "MUJOCO_GL": "off"})[1]


@pytest.mark.slow
def test_a_training_with_video_ends_at_once_where_nothing_can_draw(
    without_libraries: dict[str, str], tmp_path: Path
) -> None:
    command = [sys.executable, str(TRAIN), "--num_envs", "2", "--video", "--headless"]
    done = subprocess.run(command, env=without_libraries, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("error:")]
    assert "--video" in line and "libegl1" in line
    assert not list(tmp_path.glob("logs/*/*/*"))  # no run that never began
