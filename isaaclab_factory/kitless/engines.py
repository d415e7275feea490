# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Which physics engine runs a stage."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pxr import Usd

ENGINES: dict[str, str] = {
    "mujoco": "isaaclab_factory.kitless.mujoco_engine",
    "kinematic": "isaaclab_factory.kitless.kinematic_engine",
}
"""Engine names and the modules whose ``create(stage, device, dt)`` makes one."""

_name = "mujoco"


def set_engine(name: str) -> None:
    """Choose the engine that the next simulation is run with.

    Args:
        name: One of :data:`ENGINES`: "mujoco" (rigid-body dynamics) or "kinematic" (no dynamics, for quick tests).

    Raises:
        ValueError: If there is no such engine.
    """
    global _name
    if name not in ENGINES:
        raise ValueError(f"unknown engine '{name}'; choose from {', '.join(ENGINES)}")
    _name = name


def engine_name() -> str:
    """Name of the chosen engine."""
    return _name


def engine_factory(stage: Usd.Stage, device: str, dt: float) -> Any:
    """Build the chosen engine for a stage.

    Args:
        stage: The stage as Isaac Lab's spawners authored it.
        device: Torch device of the tensors that the views exchange.
        dt: Physics step (s).

    Returns:
        An ``Engine`` (see ``kitless/engine.py``).
    """
    return import_module(ENGINES[_name]).create(stage, device, dt)
