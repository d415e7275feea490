# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Everything that is not public API of MuJoCo, Newton and Isaac Lab and that the engine needs nevertheless.

Written for mujoco 3.12, newton 1.6 and isaaclab 3.0. An update of one of them starts with this file.
"""

from __future__ import annotations

import ctypes
from pathlib import Path

import llvmlite.binding
import mujoco
from numba import types


def _load_library() -> None:
    """Make the functions of MuJoCo's C library visible to compiled code.

    Raises:
        RuntimeError: The mujoco package holds no shared library of its own version.
    """
    directory = Path(mujoco.__file__).parent
    candidates = [directory / f"{name}.{mujoco.__version__}" for name in ("libmujoco.so",)]
    candidates += [directory / f"libmujoco.{mujoco.__version__}.dylib"]
    for path in candidates:
        if path.exists():
            llvmlite.binding.load_library_permanently(str(path))
            return
    raise RuntimeError(f"No shared library of MuJoCo {mujoco.__version__} in {directory}.")


_load_library()

_address = types.uint64

mj_step = types.ExternalFunction("mj_step", types.void(_address, _address))
"""``void mj_step(const mjModel* m, mjData* d)`` for use in compiled code."""


def struct_address(struct: mujoco.MjModel | mujoco.MjData) -> int:
    """Return the address of the C struct behind an MjModel or MjData."""
    return struct._address


def array_address(array) -> int:
    """Return the address of the first element of a NumPy array, also of one without elements."""
    return ctypes.c_void_p(array.__array_interface__["data"][0]).value or 0
