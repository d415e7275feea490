# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Runs Isaac Lab without Isaac Sim.

Isaac Lab's Python code runs unmodified when four things stand under it: its packages on the path (``paths``), small
honest modules in place of Isaac Sim's (``standins``), the PhysX schemas on plain USD (``physx_schema``), and a physics
engine behind the tensor views (``engine``, ``views``). Call :func:`prepare` before the first import of ``isaaclab``.

Example:
    >>> from isaaclab_factory import kitless
    >>> kitless.prepare()
    >>> from isaaclab.envs import ManagerBasedRLEnv
"""

from isaaclab_factory.kitless.engines import ENGINES, engine_factory, engine_name, set_engine
from isaaclab_factory.kitless.paths import SetupError, has_isaac_sim
from isaaclab_factory.kitless.runtime import is_prepared, prepare, restore_signals
from isaaclab_factory.kitless.unsupported import NotSupportedWithoutIsaacSim

__all__ = [
    "ENGINES",
    "NotSupportedWithoutIsaacSim",
    "SetupError",
    "engine_factory",
    "engine_name",
    "has_isaac_sim",
    "is_prepared",
    "prepare",
    "restore_signals",
    "set_engine",
]
