# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Rigid-body dynamics by MuJoCo's C library on the CPU."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .engine import MujocoEngine

if TYPE_CHECKING:
    from pxr import Usd


def create(stage: Usd.Stage, device: str, dt: float) -> MujocoEngine:
    """Build the engine for a stage.

    Args:
        stage: The stage as Isaac Lab's spawners authored it.
        device: Torch device of the tensors that the views exchange; must be a CPU.
        dt: Length of a physics step (s).

    Raises:
        ValueError: If the device is not a CPU.
    """
    from ..scene import read_stage

    if not str(device).startswith("cpu"):
        raise ValueError(f"the MuJoCo engine runs on the CPU: set the simulation device to 'cpu', not '{device}'")
    return MujocoEngine(read_stage(stage), dt)


__all__ = ["MujocoEngine", "create"]
