# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""An engine without dynamics: bodies go where they are told, forces and contacts do not exist.

It steps in microseconds and is meant for tests of managers, observations and commands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .engine import KinematicEngine

if TYPE_CHECKING:
    from pxr import Usd


def create(stage: Usd.Stage, device: str, dt: float) -> KinematicEngine:
    """Build the engine for a stage.

    Args:
        stage: The stage as Isaac Lab's spawners authored it.
        device: Torch device of the tensors that the views exchange.
        dt: Length of a physics step (s); any other step is allowed too.
    """
    from ..scene import read_stage

    return KinematicEngine(read_stage(stage), device)


__all__ = ["KinematicEngine", "create"]
