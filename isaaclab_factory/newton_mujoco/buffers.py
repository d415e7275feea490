# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""How full the buffers of contacts and constraints are, on this engine and on MuJoCo Warp.

MuJoCo Warp allocates them once: ``njmax`` constraints per environment, and ``nconmax`` contacts times the number of
environments, which these share. What finds no room is not simulated. MuJoCo's C library needs no such limits.
"""

from __future__ import annotations

import mujoco
import numpy as np
from mujoco_warp import OverflowType
from newton.solvers import SolverMuJoCo

from . import compat
from .solver import SolverMuJoCoWorlds

BUFFERS = ("nefc", "njmax_nnz", "broadphase", "narrowphase", "ccd")
"""Kinds of :func:`overflows` that lose constraints or contacts.

They are constraints, nonzeros of their Jacobian, pairs of geoms, contacts, and pairs of hulls.
"""

_OF_MUJOCO = {"nefc": mujoco.mjtWarning.mjWARN_CNSTRFULL, "narrowphase": mujoco.mjtWarning.mjWARN_CONTACTFULL}


def solver() -> SolverMuJoCo | None:
    """Return the solver of the running simulation; None if it is no solver of MuJoCo, or simulates nothing."""
    running = compat.running_solver()
    return running if isinstance(running, SolverMuJoCo) else None


def counts(solver: SolverMuJoCo) -> tuple[np.ndarray, np.ndarray]:
    """Return the contacts and the constraints of each environment in the last engine step.

    Args:
        solver: The solver.

    Returns:
        Contacts, and rows of the constraint Jacobian: equalities, friction, limits and contacts. Both are of shape
        (num_worlds,).
    """
    if isinstance(solver, SolverMuJoCoWorlds):
        return solver.outcome.contacts.copy(), solver.outcome.constraints.copy()
    data = solver.mjw_data
    present = data.contact.worldid.numpy()[: data.nacon.numpy()[0]]
    return np.bincount(present, minlength=data.nworld), data.nefc.numpy()


def overflows(solver: SolverMuJoCo) -> dict[str, int]:
    """Return in how many environments a buffer was full, or a limit was reached, since the simulation started.

    Args:
        solver: The solver.

    Returns:
        Numbers of environments by kind, the names of ``mujoco_warp.OverflowType`` in lower case. MuJoCo's C library
        knows ``nefc`` and ``narrowphase`` only: its memory was full.
    """
    if isinstance(solver, SolverMuJoCoWorlds):
        found = solver.events.counts
        return {name: int(np.count_nonzero(found[:, int(kind)])) for name, kind in _OF_MUJOCO.items()}
    flags = solver.mjw_data.overflow.numpy()
    return {kind.name.lower(): int(np.count_nonzero(flags & kind.value)) for kind in OverflowType}
