# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configuration of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isaaclab.utils import configclass
from isaaclab_newton.physics import MJWarpSolverCfg

if TYPE_CHECKING:
    from .manager import NewtonMuJoCoManager


@configclass
class MuJoCoSolverCfg(MJWarpSolverCfg):
    """MuJoCo's C library on CPU cores, one world per environment.

    All settings of :class:`~isaaclab_newton.physics.MJWarpSolverCfg` mean the same here, so one set of numbers serves
    the CPU and the GPU. :attr:`~isaaclab_newton.physics.NewtonCfg.num_substeps` is the number of engine steps per
    physics step. Fields without a meaning on a CPU are ignored, except for these:

    - ``use_mujoco_contacts=False`` (Newton's collision pipeline) is refused.
    - ``nconmax`` bounds only what contact sensors report; MuJoCo itself simulates every contact.
    """

    class_type: type[NewtonMuJoCoManager] | str = "{DIR}.manager:NewtonMuJoCoManager"
    """Manager that steps this engine."""

    solver_type: str = "mujoco"
    """Solver type metadata; the manager is chosen by :attr:`class_type`."""

    num_threads: int | None = None
    """Number of threads that step the worlds. None takes the CPU cores that this process may use."""
