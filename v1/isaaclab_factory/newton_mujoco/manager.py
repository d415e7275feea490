# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Isaac Lab's physics manager for the engine."""

from __future__ import annotations

from isaaclab_newton.physics.mjwarp_manager import NewtonMJWarpManager
from newton import Contacts, Model
from newton.solvers import SolverMuJoCo

from .cfg import MuJoCoSolverCfg
from .solver import SolverMuJoCoWorlds


class NewtonMuJoCoManager(NewtonMJWarpManager):
    """Newton manager that steps MuJoCo's C library on CPU cores.

    Assets, sensors, events and importer are those of Isaac Lab's Newton backend: it recognises the manager by its
    name, which begins with "Newton".
    """

    @classmethod
    def _create_solver(cls, model: Model, solver_cfg: MuJoCoSolverCfg) -> SolverMuJoCoWorlds:
        kwargs = cls._filter_solver_kwargs(SolverMuJoCo, solver_cfg)
        for name in ("ls_parallel", "use_mujoco_cpu", "update_data_interval"):
            kwargs.pop(name, None)
        return SolverMuJoCoWorlds(model, num_threads=solver_cfg.num_threads, **kwargs)

    @classmethod
    def _run_solver_substeps(cls, contacts: Contacts | None) -> None:
        """Run the engine steps of one physics step in one go, unless a callback wants to act between them."""
        if cls._state_force_callbacks:
            super()._run_solver_substeps(contacts)
            return
        state, control = cls.backend.state_0, cls.backend.control
        cls._apply_staged_body_forces(state)
        cls._solver.step(state, state, control, contacts, cls._solver_dt, num_steps=cls._num_substeps)
        state.clear_forces()
