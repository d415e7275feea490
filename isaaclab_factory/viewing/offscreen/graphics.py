# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""OpenGL without a screen: by EGL, on a graphics card or in software, or by OSMesa, in software."""

from __future__ import annotations

import functools
import importlib
import os
import subprocess
import sys
from typing import Any

BACKENDS = {"egl": "libegl1 libegl-mesa0 libgl1-mesa-dri", "osmesa": "libosmesa6"}
"""What can draw without a screen, the best first, and the Debian packages that bring it along."""

_PROBE = """
import importlib, sys
context = importlib.import_module("mujoco." + sys.argv[1]).GLContext(8, 8)
context.make_current()
print("works")
"""

_PROBE_TIMEOUT_S = 120.0


class GraphicsError(RuntimeError):
    """There is nothing to draw with; the message says which packages bring it."""


def create_context(width: int, height: int) -> Any:
    """Creates an OpenGL context, which belongs to the thread that first uses it.

    Args:
        width: Width of the pictures (pixels).
        height: Height of the pictures (pixels).

    Returns:
        One of MuJoCo's ``GLContext`` objects, with ``make_current`` and ``free``.

    Raises:
        GraphicsError: Neither EGL nor OSMesa works, or not the one that ``MUJOCO_GL`` asks for.
    """
    backend = choose_backend()
    try:
        # MuJoCo chooses its own at its first import, which is long over: the engine imports it without any need of it.
        return importlib.import_module(f"mujoco.{backend}").GLContext(width, height)
    except (ImportError, AttributeError, RuntimeError) as error:
        raise GraphicsError(f"cannot draw by {backend}: {error}") from error


@functools.cache
def choose_backend() -> str:
    """Finds out what can draw here.

    Each is tried in a process of its own: PyOpenGL cannot change from one to another, and a driver may crash.

    Returns:
        One of :data:`BACKENDS`: the one that the environment variable ``MUJOCO_GL`` names if it names one, otherwise
        the first that works.

    Raises:
        GraphicsError: As :func:`create_context`.
    """
    wish = os.environ.get("MUJOCO_GL", "").lower().strip()
    if wish in ("disable", "disabled", "off", "false", "0"):
        raise GraphicsError(f"the environment variable MUJOCO_GL={wish} switches pictures off")
    # What needs a screen ("glfw", "glx") is no wish that could be granted to one who asks for a picture without it.
    candidates = [wish] if wish in BACKENDS else list(BACKENDS)
    for backend in candidates:
        if _works(backend):
            return backend
    packages = " or ".join(f"'{BACKENDS[backend]}' ({backend.upper()})" for backend in candidates)
    raise GraphicsError(f"nothing here can draw pictures without a screen; install the Debian packages {packages}")


def _works(backend: str) -> bool:
    environment = {**os.environ, "MUJOCO_GL": backend}
    environment.pop("PYOPENGL_PLATFORM", None)
    command = [sys.executable, "-c", _PROBE, backend]
    try:
        probe = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=_PROBE_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return "works" in probe.stdout
