# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Isaac Lab's physics manager for the engine."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

import torch
import warp as wp
from isaaclab_newton.physics import NewtonCfg
from isaaclab_newton.physics.mjwarp_manager import NewtonMJWarpManager
from newton import Contacts, Control, Model, ModelFlags, State
from newton.solvers import SolverMuJoCo

from . import compat
from .cfg import MuJoCoSolverCfg
from .control_law import LawByEnvironment, RecordedLaw
from .dynamics import ArticulationDynamics
from .engine_loop import EngineLoop
from .solver import SolverMuJoCoWorlds, StaticSolver
from .worlds import Worlds

logger = logging.getLogger(__name__)


class NewtonMuJoCoManager(NewtonMJWarpManager):
    """Newton manager that steps MuJoCo's C library on CPU cores.

    Assets, sensors, events and importer are those of Isaac Lab's Newton backend: it recognises the manager by its
    name, which begins with "Newton". The methods with an underscore override those of :class:`NewtonManager`.
    """

    _law: LawByEnvironment | None = None

    @classmethod
    def set_gravity(cls, gravity: tuple[float, float, float]) -> None:
        """Set the gravity of all environments, as PhysX's manager does.

        Args:
            gravity: Gravity in the world's frame [m/s^2].

        Raises:
            RuntimeError: The simulation has not started.
        """
        model = cls.get_model()
        if model is None:
            raise RuntimeError("Gravity can be set after the simulation has started: call sim.reset() first.")
        model.set_gravity(tuple(gravity))
        cls.add_model_change(ModelFlags.MODEL_PROPERTIES)

    @classmethod
    def unstable_counts(cls) -> torch.Tensor:
        """Return how often each environment became unstable since the simulation started, shape (num_envs,)."""
        return torch.from_numpy(cls._solver.events.unstable)

    @classmethod
    def worlds(cls) -> Worlds | None:
        """Return the worlds that are stepped, one per environment; None where nothing in the scene moves."""
        return getattr(cls._solver, "worlds", None)

    @classmethod
    def engine_loop(cls) -> EngineLoop | None:
        """Return the loop that steps the worlds, to be timed; None where nothing in the scene moves."""
        return EngineLoop(cls._solver, cls.backend.state_0) if cls.worlds() else None

    @classmethod
    def initialize_solver(cls) -> None:
        """Make the solver, and let MuJoCo serve the articulations' Jacobians and mass matrices."""
        super().initialize_solver()
        compat.serve_dynamics(partial(ArticulationDynamics.functions, cls._solver, cls.backend.state_0))

    @classmethod
    def register_post_actuator_callback(cls, callback: Callable[[], None]) -> None:
        """Call a control law before each physics step, after the actuators.

        Args:
            callback: The law. It only launches Warp kernels, the same ones every time: they are recorded and replayed.
        """
        super().register_post_actuator_callback(RecordedLaw(callback, cls._running))

    @classmethod
    def register_control_law(cls, law: Callable[[slice | None], None], report: Callable[[], None]) -> None:
        """Run a control law of each environment by itself before each physics step.

        If nothing else has to be done between the physics steps, the threads run it in the midst of them, where it is
        recorded before its first run. So it makes no arrays, touches only rows of its environments, reads only what
        :class:`law_in_worlds.Law` has and nothing that Isaac Lab computes on demand but Jacobians and mass matrices,
        uses no tiles, and writes only the forces of joints with axes.

        Args:
            law: Launches Warp kernels for a slice of the environments, for all of them with None. They are recorded
                and replayed.
            report: Launches Warp kernels that show what the law did. Called once after the physics steps; between
                them, after each run of the law.
        """
        cls._law = LawByEnvironment(law, report, cls._running)
        super().register_post_actuator_callback(cls._law)

    @classmethod
    def _running(cls) -> tuple[SolverMuJoCoWorlds, State, Control]:
        return cls._solver, cls.backend.state_0, cls.backend.control

    @classmethod
    def _solver_specific_clear(cls) -> None:
        compat.stop_serving_dynamics()
        cls._law = None

    @classmethod
    def _simulate_full(cls) -> None:
        """Take all physics steps of an environment step, without a stop between them where that is possible."""
        others = cls._adapter is not None or cls._state_force_callbacks or cls._post_actuator_callbacks != [cls._law]
        law = None if others else cls._law.prepare()
        if law is None:
            super()._simulate_full()
            return
        _, state, control = cls._running()  # the forces on bodies stay in the state until all steps are done
        cls._solver.step_with_law(state, control, cls._solver_dt, cls._decimation, cls._num_substeps, law)
        state.clear_forces()
        cls._law.report()
        for callback in cls._post_step_callbacks:
            callback()
        cls._update_sensors(None)

    @classmethod
    def _create_solver(cls, model: Model, solver_cfg: MuJoCoSolverCfg) -> SolverMuJoCoWorlds | StaticSolver:
        if model.joint_count == 0:
            return StaticSolver(model)
        kwargs = cls._filter_solver_kwargs(SolverMuJoCo, solver_cfg)
        for name in ("ls_parallel", "use_mujoco_cpu", "update_data_interval"):
            kwargs.pop(name, None)
        return SolverMuJoCoWorlds(model, num_threads=solver_cfg.num_threads, **kwargs)

    @classmethod
    def _apply_deterministic_request(cls, cfg: NewtonCfg) -> wp.DeterministicMode:
        """The engine is deterministic as it is, without Warp's deterministic mode."""
        return wp.DeterministicMode.NOT_GUARANTEED

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

    @classmethod
    def _log_solver_debug(cls) -> None:
        """Log the solver's iterations in :attr:`NewtonCfg.debug_mode`."""
        cfg = cls._cfg
        if cfg is not None and cfg.debug_mode:
            logger.info("MuJoCo's solver iterations: %d to %d.", *cls._solver.iterations())
