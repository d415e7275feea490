# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Newton's MuJoCo solver with the worlds stepped by MuJoCo's C library."""

from __future__ import annotations

from newton import Contacts, Control, Model, State
from newton.solvers import SolverMuJoCo

from . import native
from .worlds import Worlds


class SolverMuJoCoWorlds(SolverMuJoCo):
    """:class:`newton.solvers.SolverMuJoCo` that steps one ``MjData`` per world on CPU threads.

    Newton converts the model and exchanges state and controls through the arrays of ``mjw_data``; this class moves
    them between those arrays and MuJoCo's.

    Args:
        model: Finalised Newton model on the CPU.
        num_threads: Number of threads. None takes the cores that this process may use.
        **kwargs: Options of :class:`newton.solvers.SolverMuJoCo`.

    Raises:
        ValueError: The model is not on the CPU, or Newton's collision pipeline is asked for.
    """

    def __init__(self, model: Model, *, num_threads: int | None = None, **kwargs):
        if not model.device.is_cpu:
            raise ValueError(
                f"MuJoCoSolverCfg runs on device 'cpu', but the simulation's device is '{model.device}'."
                " Use MJWarpSolverCfg there."
            )
        if not kwargs.get("use_mujoco_contacts", True):
            raise ValueError("MuJoCoSolverCfg needs use_mujoco_contacts=True: MuJoCo detects the collisions itself.")
        super().__init__(model, **kwargs)
        self.worlds = Worlds(self.mj_model, self.mjw_data.nworld, num_threads)
        data = self.mjw_data
        self._rows = [native.as_rows(getattr(data, name)) for name in native.FIELDS]

    def step(
        self, state_in: State, state_out: State, control: Control, contacts: Contacts, dt: float, num_steps: int = 1
    ) -> None:
        """Advance all worlds by ``num_steps`` engine steps with constant controls.

        Args:
            state_in: State before the steps.
            state_out: State after them; may be ``state_in``.
            control: Joint targets and forces.
            contacts: Unused: MuJoCo detects the collisions.
            dt: Length of one engine step [s].
            num_steps: Number of engine steps.
        """
        self.mj_model.opt.timestep = dt
        self._apply_mjc_control(self.model, state_in, control, self.mjw_data)
        self._update_mjc_data(self.mjw_data, self.model, state_in)
        self.worlds.step(num_steps, *self._rows)
        self._update_newton_state(self.model, state_out, self.mjw_data, state_prev=state_in)
        self._step += num_steps
