# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Newton's MuJoCo solver with the worlds stepped by MuJoCo's C library."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import mujoco
import numpy as np
import warp as wp
from newton import BodyFlags, Contacts, Control, Model, ModelFlags, State, StateFlags
from newton.solvers import SolverBase

from . import native, stepping
from .compat import NewtonMuJoCoAdapter
from .contacts import ContactReport
from .events import CONTACTS_NOT_REPORTED, Events
from .law_in_worlds import NO_LAW, Law
from .model_fields import ModelFields
from .worlds import Job, Worlds

if TYPE_CHECKING:
    from .dynamics import ArticulationDynamics


_State = mujoco.mjtState

_REMEMBERED = (
    _State.mjSTATE_WARMSTART,
    _State.mjSTATE_ACT,
    _State.mjSTATE_CTRL,
    _State.mjSTATE_QFRC_APPLIED,
    _State.mjSTATE_XFRC_APPLIED,
)
"""What MuJoCo remembers from step to step beside positions and velocities."""


class SolverMuJoCoWorlds(NewtonMuJoCoAdapter):
    """:class:`newton.solvers.SolverMuJoCo` that steps the worlds with MuJoCo's C library on CPU threads.

    Newton converts the model and exchanges state and controls through the arrays of ``mjw_model`` and ``mjw_data``;
    this class moves them between those arrays and MuJoCo's.

    A world's state stays in MuJoCo with all its digits from step to step. Newton's state, in float32, is read only
    in worlds where somebody wrote it.

    Args:
        model: Finalised Newton model on the CPU.
        num_threads: Number of threads. None takes the cores that this process may use.
        **kwargs: Options of :class:`newton.solvers.SolverMuJoCo`.

    Attributes:
        events: What MuJoCo reported, by world.
        outcome: What else is known of the last step.
        readers: Those who compute something from the worlds' positions.

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
        self._num_threads = num_threads
        self._forces: dict[tuple[bool, bool], stepping.BodyForces] = {}
        self._version = 0
        self.readers: list[ArticulationDynamics] = []
        self._viewed: tuple[tuple[int, int], list[np.ndarray]] = ((0, 0), [])
        super().__init__(model, **kwargs)
        num_worlds = self.worlds.num_worlds
        self.events = Events(num_worlds)
        self.outcome = stepping.Outcome(
            warnings=self.events.new,
            unstable=np.zeros(num_worlds, np.bool_),
            **{name: np.zeros(num_worlds, np.int32) for name in stepping.Outcome._fields[2:]},
        )
        self._known = [np.full((num_worlds, n // num_worlds), np.nan, np.float32) for n in self._state_sizes()]
        nothing = np.zeros(0, np.int64)
        self._inputs = stepping.Inputs(
            changed=np.ones(num_worlds, np.bool_),
            **{name: native.as_rows(getattr(self.mjw_data, name)) for name in stepping.Inputs._fields[1:-2]},
            kinematic_qpos=nothing,
            kinematic_qvel=nothing,
        )
        self._find_kinematic()

    @cached_property
    def worlds(self) -> Worlds:
        """The worlds. Newton's constructor needs them before ours is through."""
        return Worlds(self.mj_model, self.mjw_data.nworld, self._num_threads)

    @cached_property
    def fields(self) -> ModelFields:
        """Fields of the model that may differ between worlds."""
        return ModelFields(self.mj_model, self.mjw_model, self.worlds)

    @cached_property
    def _contact_report(self) -> ContactReport:
        shapes, room = self.mjc_geom_to_newton_shape.numpy(), self.get_max_contact_count()
        return ContactReport(self.worlds, self.mj_model.geom_bodyid, shapes, room)

    def compute_constants(self) -> None:
        self.fields.compute_constants()

    def notify_model_changed(self, flags: ModelFlags | int) -> None:
        """Take over changes of the Newton model in all worlds.

        Args:
            flags: Kinds of changes.
        """
        super().notify_model_changed(flags)
        self.fields.update(flags)
        self._version += 1
        if flags & ModelFlags.BODY_PROPERTIES:
            self._find_kinematic()
        if flags & ModelFlags.CONSTRAINT_PROPERTIES:
            self._write_active_constraints(slice(None))

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
        self._advance(state_in, state_out, control, dt, 1, num_steps, NO_LAW)

    def step_with_law(
        self, state: State, control: Control, dt: float, num_turns: int, num_steps: int, law: Law
    ) -> None:
        """Run a control law and engine steps in turn, in each world without a stop.

        Args:
            state: State before and after the steps.
            control: Joint targets and forces. The law writes forces; all else stays constant.
            dt: Length of one engine step [s].
            num_turns: How often the law runs.
            num_steps: Number of engine steps after each run of the law.
            law: The law.

        Raises:
            RuntimeError: Warp could not run the law.
        """
        self._advance(state, state, control, dt, num_turns, num_steps, law)
        if law.failures.any():
            raise RuntimeError("Warp could not replay the control law that it has recorded.")

    def _advance(
        self, state_in: State, state_out: State, control: Control, dt: float, num_turns: int, num_steps: int, law: Law
    ) -> None:
        self.worlds.set_timestep(dt)
        self.write_control(state_in, control)
        self._find_changed(state_in)
        self._version += 1
        inputs, forces, report = self._inputs, self._forces_of(state_out), self._contact_report
        limits, found = self._limits(num_turns, num_steps), report.begin_step()
        step = (stepping.step, limits, inputs, forces, self.outcome, report.finder, found, law)
        self.worlds.run(step, *(job for reader in self.readers for job in reader.jobs_after_step(self._version)))
        self.read_state(state_out, state_in)
        self._remember(state_out)
        self.events.report()
        if np.count_nonzero(self.outcome.unstable):
            self._write_active_constraints(np.flatnonzero(self.outcome.unstable))

    def copied_loop(self, state: State, num_steps: int) -> Job:
        """Return the loop of a step without a law, with copies of all that it writes except the worlds' states.

        Args:
            state: State that says which forces are read.
            num_steps: Number of engine steps.
        """
        report = self._contact_report
        inputs = self._inputs._replace(changed=np.zeros_like(self._inputs.changed))
        parts = inputs, self._forces_of(state), self.outcome, report.found
        inputs, forces, outcome, found = (type(part)(*(array.copy() for array in part)) for part in parts)
        found.totals[:] = 0
        return (stepping.step, self._limits(1, num_steps), inputs, forces, outcome, report.finder, found, NO_LAW)

    def _limits(self, num_turns: int, num_steps: int) -> stepping.Limits:
        return stepping.Limits(num_turns, num_steps, self.mj_model.na, self.mj_model.opt.iterations)

    def reset(self, state: State, world_mask: wp.array | None = None, flags: StateFlags | int | None = None) -> None:
        """Clear what MuJoCo remembers from step to step, in some worlds.

        Args:
            state: State to reset as ``flags`` say.
            world_mask: Worlds to reset; None resets all. Shape is (num_worlds + 1,), the last one is ignored.
            flags: Joint quantities to set to the model's defaults; 0 sets none. None sets all.
        """
        super().reset(state, world_mask, flags)
        resets = slice(None) if world_mask is None else world_mask.numpy()[: self.worlds.num_worlds].astype(np.bool_)
        for quantity in _REMEMBERED:
            self.worlds.part(quantity)[resets] = 0.0

    def update_contacts(self, contacts: Contacts, state: State | None = None) -> None:
        """Fill Newton's contact buffer with the contacts of the last engine step.

        Args:
            contacts: Buffer to fill. Contacts that find no room are reported as an event.
            state: Unused.
        """
        self.events.new[:, CONTACTS_NOT_REPORTED] += self._contact_report.fill(contacts)
        self.events.report()

    def iterations(self) -> tuple[int, int]:
        """Return the fewest and the most iterations that MuJoCo's solver took in a world's last engine step."""
        counts = self.outcome.iterations
        return int(counts.min()), int(counts.max())

    def refresh(self, state: State) -> int:
        """Bring the worlds up to date with a state that somebody may have written.

        Args:
            state: Present state.

        Returns:
            Version of the present state, which grows with every change of it or of the model.
        """
        if self._find_changed(state):
            changed = self._inputs.changed
            self.worlds.part(_State.mjSTATE_QPOS)[changed] = self._inputs.qpos[changed]
            self.worlds.part(_State.mjSTATE_QVEL)[changed] = self._inputs.qvel[changed]
            self._remember(state)
            self._version += 1
        return self._version

    @property
    def has_kinematic_bodies(self) -> bool:
        """Whether there are bodies that move as Isaac Lab writes, whatever acts on them."""
        return len(self._inputs.kinematic_qpos) > 0

    def _state_sizes(self) -> tuple[int, int]:
        return self.model.joint_coord_count, self.model.joint_dof_count

    def _find_kinematic(self) -> None:
        """Find the coordinates of kinematic bodies, which Newton keeps where Isaac Lab wrote them."""
        if not hasattr(self, "_inputs"):
            return  # called by Newton's constructor
        model, mujoco_model = self.model, self.mj_model
        flags, bodies = model.body_flags.numpy(), self.mjc_body_to_newton.numpy()[0]
        kinematic = (bodies >= 0) & ((flags[bodies] & BodyFlags.KINEMATIC) != 0)
        dofs = np.flatnonzero(kinematic[mujoco_model.dof_bodyid])
        sizes = np.diff(np.append(mujoco_model.jnt_qposadr, mujoco_model.nq))
        coordinates = np.flatnonzero(np.repeat(kinematic[mujoco_model.jnt_bodyid], sizes))
        self._inputs = self._inputs._replace(kinematic_qpos=coordinates, kinematic_qvel=dofs)

    def _find_changed(self, state: State) -> bool:
        """Find the worlds whose state is not the one that the last step left, and convert it for them.

        Returns:
            Whether there are any.
        """
        any_changed = stepping.find_changed(*self._known, *self._rows_of(state), self._inputs.changed)
        if any_changed or self.has_kinematic_bodies:
            self.write_coordinates(state)
        return any_changed

    def _remember(self, state: State) -> None:
        stepping.remember(*self._known, *self._rows_of(state))

    def _rows_of(self, state: State) -> list[np.ndarray]:
        """View joint positions and velocities of a state, one row per world."""
        pointers = state.joint_q.ptr, state.joint_qd.ptr
        if self._viewed[0] != pointers:
            arrays = zip((state.joint_q, state.joint_qd), self._known, strict=True)
            self._viewed = pointers, [array.numpy().reshape(known.shape) for array, known in arrays]
        return self._viewed[1]

    def _forces_of(self, state: State) -> stepping.BodyForces:
        """Arrays for the forces and accelerations that a state asks for, without columns where it does not."""
        bodies = state.body_qdd is not None or state.body_parent_f is not None
        actuators = getattr(getattr(state, "mujoco", None), "qfrc_actuator", None) is not None
        if (bodies, actuators) not in self._forces:
            rows = {name: native.as_rows(getattr(self.mjw_data, name)) for name in stepping.BodyForces._fields}
            wanted = {name: actuators if name == "qfrc_actuator" else bodies for name in rows}
            self._forces[bodies, actuators] = stepping.BodyForces(
                **{k: r if wanted[k] else r[:, :0] for k, r in rows.items()}
            )
        return self._forces[bodies, actuators]

    def _write_active_constraints(self, worlds: slice | np.ndarray) -> None:
        """Switch equality constraints on and off as Newton's model says."""
        self.worlds.part(_State.mjSTATE_EQ_ACTIVE)[worlds] = self.mjw_data.eq_active.numpy()[worlds]


class StaticSolver(SolverBase):
    """Stands for the engine in a scene where nothing can move: MuJoCo needs at least one joint.

    Args:
        model: Finalised Newton model without joints.
    """

    def __init__(self, model: Model):
        super().__init__(model)
        self.events = Events(max(model.world_count, 1))

    def step(self, *args, **kwargs) -> None:
        """Nothing moves."""

    def reset(self, *args, **kwargs) -> None:
        """Nothing is remembered."""

    def notify_model_changed(self, flags: ModelFlags | int) -> None:
        """Nothing follows from a change."""

    def update_contacts(self, contacts: Contacts, state: State | None = None) -> None:
        """Static geoms make no contacts."""
        contacts.rigid_contact_count.zero_()

    def get_max_contact_count(self) -> int:
        """Return the room that contacts need."""
        return 0

    def iterations(self) -> tuple[int, int]:
        """Return the iterations taken, see :meth:`SolverMuJoCoWorlds.iterations`."""
        return 0, 0
