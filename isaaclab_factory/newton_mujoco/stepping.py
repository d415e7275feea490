# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The loop that steps worlds."""

from __future__ import annotations

from typing import NamedTuple

import mujoco
import numpy as np

from . import compat, contacts, law_in_worlds, native
from .compat import compiled
from .native import fill, floats, ints, load, read, store, write

NUM_WARNINGS = len(mujoco.mjtWarning.__members__) - 1
NOT_CONVERGED = NUM_WARNINGS
"""Column of the engine steps in which the solver was stopped by its limit, after those of MuJoCo's warnings."""

_BAD_QPOS = int(mujoco.mjtWarning.mjWARN_BADQPOS)
_BAD_QACC = int(mujoco.mjtWarning.mjWARN_BADQACC)

_mj_step = compat.mj_step
_mj_step1 = compat.mj_step1
_mj_step2 = compat.mj_step2
_mj_reset_data = compat.mj_resetData
_mj_rne_post_constraint = compat.mj_rnePostConstraint
_take_contacts = contacts.take
_run_law = law_in_worlds.run


class Limits(NamedTuple):
    """Numbers of a step.

    Attributes:
        num_turns: How often the law runs, 1 without a law.
        num_steps: Engine steps after each run of it.
        num_act: Number of actuator activations.
        max_iterations: Iterations at which MuJoCo stops its solver.
    """

    num_turns: int
    num_steps: int
    num_act: int
    max_iterations: int


class Inputs(NamedTuple):
    """What a step gets, one row per world. ``qpos`` and ``qvel`` are also where its result goes.

    Attributes:
        changed: Whether somebody else wrote the world's state since its last step: only then ``qpos`` and ``qvel``
            are read. MuJoCo's own state has more digits. Shape is (num_worlds,).
        qpos: Positions. Shape is (num_worlds, nq).
        qvel: Velocities. Shape is (num_worlds, nv).
        ctrl: Actuator inputs. Shape is (num_worlds, nu).
        qfrc_applied: Applied generalised forces. Shape is (num_worlds, nv).
        xfrc_applied: Applied forces [N] and torques [N m] on bodies. Shape is (num_worlds, 6 * nbody).
        mocap_pos: Positions of bodies that are fixed to the world [m]. Shape is (num_worlds, 3 * nmocap).
        mocap_quat: Their orientations, wxyz. Shape is (num_worlds, 4 * nmocap).
        kinematic_qpos: Positions that only Isaac Lab moves, read in every world.
        kinematic_qvel: Velocities of them.
    """

    changed: np.ndarray
    qpos: np.ndarray
    qvel: np.ndarray
    ctrl: np.ndarray
    qfrc_applied: np.ndarray
    xfrc_applied: np.ndarray
    mocap_pos: np.ndarray
    mocap_quat: np.ndarray
    kinematic_qpos: np.ndarray
    kinematic_qvel: np.ndarray


class BodyForces(NamedTuple):
    """Accelerations and forces of bodies at the start of the last engine step, one row per world.

    Attributes are those of MjData with the same name, flattened. Rows are empty where nobody asked for them.
    """

    xipos: np.ndarray
    subtree_com: np.ndarray
    cvel: np.ndarray
    cacc: np.ndarray
    cfrc_int: np.ndarray
    qfrc_actuator: np.ndarray


class Outcome(NamedTuple):
    """What else is known after a step, one row per world.

    Attributes:
        warnings: Number of warnings of each kind, added to, then :data:`NOT_CONVERGED`. Shape is
            (num_worlds, NUM_WARNINGS + 1 or more).
        unstable: Whether the world became unstable and was put back. Shape is (num_worlds,).
        iterations: Most iterations that MuJoCo's solver took for an island of the world, which is a group of bodies
            in contact, in the last engine step. Shape is (num_worlds,).
        contacts: Contacts in the last engine step. Shape is (num_worlds,).
        constraints: Rows of the constraint Jacobian in the last engine step. Shape is (num_worlds,).
    """

    warnings: np.ndarray
    unstable: np.ndarray
    iterations: np.ndarray
    contacts: np.ndarray
    constraints: np.ndarray


@compiled
def remember(known_pos, known_vel, joint_pos, joint_vel):
    """Copy the present state to the known one, see :func:`find_changed`."""
    known_pos[:] = joint_pos
    known_vel[:] = joint_vel


@compiled
def find_changed(known_pos, known_vel, joint_pos, joint_vel, changed):
    """Find the worlds whose state is not the known one.

    Args:
        known_pos: Known joint positions, NaN where none are known. Shape is (num_worlds, num_coordinates).
        known_vel: Known joint velocities. Shape is (num_worlds, num_dofs).
        joint_pos: Present joint positions.
        joint_vel: Present joint velocities.
        changed: Set to whether a world's state is another one. Shape is (num_worlds,).

    Returns:
        Whether there are any.
    """
    any_changed = False
    for world in range(changed.shape[0]):
        same = True
        for i in range(known_pos.shape[1]):
            same = same and known_pos[world, i] == joint_pos[world, i]
        for i in range(known_vel.shape[1]):
            same = same and known_vel[world, i] == joint_vel[world, i]
        changed[world] = not same
        any_changed = any_changed or not same
    return any_changed


@compiled
def _take_warnings(warning, counts):
    """Move MuJoCo's warnings to ``counts`` and return whether one says that the world became unstable.

    MuJoCo's numbers start at 1, see :class:`worlds.Worlds`. A world that MuJoCo reset has them at 0, and 1 for
    the reason of the reset.
    """
    was_reset = False
    for k in range(NUM_WARNINGS):
        was_reset = was_reset or warning[2 * k + 1] == 0
    unstable = False
    for k in range(NUM_WARNINGS):
        number = warning[2 * k + 1] if was_reset else warning[2 * k + 1] - 1
        if number > 0:
            counts[k] += number
            unstable = unstable or _BAD_QPOS <= k <= _BAD_QACC
        warning[2 * k + 1] = 1
    return unstable


@compiled
def _put_back(model, data, arrays, qpos, qvel, num_act):
    """Put an unstable world back to where the step began, at rest; or to the default pose if that was not finite."""
    qvel[:] = 0.0
    if np.isfinite(qpos).all():
        write(arrays[native.QPOS], qpos)
    else:
        _mj_reset_data(model, data)
        for k in range(NUM_WARNINGS):
            ints(arrays[native.WARNING], 2 * NUM_WARNINGS)[2 * k + 1] = 1
        read(arrays[native.QPOS], qpos)
    write(arrays[native.QVEL], qvel)
    fill(arrays[native.QACC_WARMSTART], qvel.shape[0], 0.0)
    fill(arrays[native.ACT], num_act, 0.0)


@compiled
def _write_inputs(arrays, world, inputs):
    if inputs.changed[world]:
        write(arrays[native.QPOS], inputs.qpos[world])
        write(arrays[native.QVEL], inputs.qvel[world])
    for i in inputs.kinematic_qpos:
        floats(arrays[native.QPOS], i + 1)[i] = inputs.qpos[world, i]
    for i in inputs.kinematic_qvel:
        floats(arrays[native.QVEL], i + 1)[i] = inputs.qvel[world, i]
    write(arrays[native.CTRL], inputs.ctrl[world])
    write(arrays[native.QFRC_APPLIED], inputs.qfrc_applied[world])
    write(arrays[native.XFRC_APPLIED], inputs.xfrc_applied[world])
    write(arrays[native.MOCAP_POS], inputs.mocap_pos[world])
    write(arrays[native.MOCAP_QUAT], inputs.mocap_quat[world])


@compiled
def _read_forces(model, data, arrays, world, qvel_before, forces):
    """Compute and read body forces, which belong to the state before the last engine step."""
    qvel = floats(arrays[native.QVEL], qvel_before.shape[0])
    qvel_after = qvel.copy()
    qvel[:] = qvel_before
    _mj_rne_post_constraint(model, data)
    qvel[:] = qvel_after
    read(arrays[native.XIPOS], forces.xipos[world])
    read(arrays[native.SUBTREE_COM], forces.subtree_com[world])
    read(arrays[native.CVEL], forces.cvel[world])
    read(arrays[native.CACC], forces.cacc[world])
    read(arrays[native.CFRC_INT], forces.cfrc_int[world])


@compiled
def _take_turn(model, data, arrays, world, limits, inputs, outcome, law, qvel_before):
    """Run the law and the engine steps after it in the world that a thread's data holds.

    Args:
        model: Address of the thread's mjModel.
        data: Address of its mjData.
        arrays: Addresses of the arrays of its mjData.
        world: The world.
        limits: :class:`Limits`.
        inputs: :class:`Inputs`, with the state at the beginning.
        outcome: :class:`Outcome`.
        law: :class:`law_in_worlds.Law`.
        qvel_before: Set to the velocities before the last engine step.

    Returns:
        Whether the world became unstable and was put back.
    """
    warning = ints(arrays[native.WARNING], 2 * NUM_WARNINGS)
    for k in range(limits.num_steps):
        if k == limits.num_steps - 1:
            read(arrays[native.QVEL], qvel_before)
        if k == 0 and law.graphs.shape[0] > 0:
            _mj_step1(model, data)
            _run_law(model, data, arrays, world, law)
            write(arrays[native.QFRC_APPLIED], inputs.qfrc_applied[world])
            _mj_step2(model, data)
        else:
            _mj_step(model, data)
        if _take_warnings(warning, outcome.warnings[world]):
            _put_back(model, data, arrays, inputs.qpos[world], inputs.qvel[world], limits.num_act)
            return True
        if ints(arrays[native.SOLVER_NITER], mujoco.mjNISLAND).max() >= limits.max_iterations:
            outcome.warnings[world, NOT_CONVERGED] += 1
    return False


@compiled
def step(table, thread, first, last, limits, inputs, forces, outcome, finder, found, law):
    """Step worlds: inputs in, engine steps, state out.

    Args:
        table: Table of worlds.
        thread: Number of this thread.
        first: First world.
        last: World after the last one.
        limits: :class:`Limits`.
        inputs: :class:`Inputs`.
        forces: :class:`BodyForces`.
        outcome: :class:`Outcome`.
        finder: :class:`contacts.Finder`.
        found: :class:`contacts.Found`.
        law: :class:`law_in_worlds.Law`.
    """
    arrays = table.arrays[thread]
    iterations = ints(arrays[native.SOLVER_NITER], mujoco.mjNISLAND)
    num_velocities = inputs.qvel.shape[1]
    qvel_before = np.empty(num_velocities)
    for world in range(first, last):
        model, data = load(table, thread, world)
        _write_inputs(arrays, world, inputs)
        unstable = False
        for _ in range(limits.num_turns):
            unstable = _take_turn(model, data, arrays, world, limits, inputs, outcome, law, qvel_before)
            read(arrays[native.QPOS], inputs.qpos[world])
            read(arrays[native.QVEL], inputs.qvel[world])
            if unstable:  # MuJoCo has reset the inputs of further turns, too
                break
        if forces.cacc.shape[1] > 0 and not unstable:
            _read_forces(model, data, arrays, world, qvel_before, forces)
        if forces.qfrc_actuator.shape[1] > 0:
            read(arrays[native.QFRC_ACTUATOR], forces.qfrc_actuator[world])
        counts = ints(arrays[native.COUNTS], native.NEFC + 1)
        outcome.unstable[world] = unstable
        outcome.iterations[world] = iterations.max()
        outcome.contacts[world] = counts[native.NCON]
        outcome.constraints[world] = counts[native.NEFC]
        _take_contacts(model, data, arrays, thread, world, 0 if unstable else counts[native.NCON], finder, found)
        store(table, thread, world)
