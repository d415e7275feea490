# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A control law that runs in the midst of a world's physics steps, on the thread that steps the world.

Before each physics step of a world, MuJoCo computes its kinematics. Then the world is shown in the rows that it has in
Newton's state, the law's kernels run for this one environment, and the forces that they wrote act in the rest of the
step. No thread waits for another one, and nothing is computed twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import mujoco
import numpy as np
import warp as wp
from newton import Control, JointType, State

from . import compat, native
from .compat import compiled
from .dynamics import NOTHING_WANTED, Wanted, write_wanted
from .native import floats

if TYPE_CHECKING:
    from .solver import SolverMuJoCoWorlds

_replay_graph = compat.replay_graph

_OF_AXES = (JointType.REVOLUTE, JointType.PRISMATIC, JointType.D6)
"""Joints whose coordinates are the same in Newton and MuJoCo."""


class Law(NamedTuple):
    """A law, and where its numbers are in Newton and MuJoCo. Arrays have one row per world.

    Attributes:
        graphs: Address of the law's kernel launches for each world, none without a law. Shape is (num_worlds,).
        failures: Set where they could not be run, which the solver reports. Shape is (num_worlds,).
        wanted: What is computed for it of articulations. At least one, as Numba has no type for none.
        joint_q: Joint positions [m or rad]. Shape is (num_worlds, coordinates).
        joint_qd: Joint velocities [m/s or rad/s]. Shape is (num_worlds, dofs).
        body_q: Poses of the bodies, position [m] and orientation (x, y, z, w). Shape is (num_worlds, bodies, 7).
        body_qd: Velocities of their centres of mass [m/s] and angular velocities [rad/s], world frame. Shape is
            (num_worlds, bodies, 6).
        joint_f: Forces [N] and torques [N m] of the joints. Shape is (num_worlds, dofs).
        qfrc_applied: MuJoCo's applied generalised forces [N or N m]. Shape is (num_worlds, nv).
        axes: For each axis of a joint the column of ``joint_q``, that of ``joint_qd`` and ``joint_f``, and the ones
            of ``qpos`` and ``qvel``. Shape is (axes, 4).
        dof_ref: What MuJoCo adds to the joint positions [m or rad]. Shape is (num_worlds, dofs).
        bodies: For each body its number in Newton, in MuJoCo, and that of the root of its tree. Shape is (bodies, 3).
        free: For each free joint its first columns of ``joint_q`` and ``joint_qd``, and its body's number in Newton.
            Shape is (free joints, 3).
    """

    graphs: np.ndarray
    failures: np.ndarray
    wanted: tuple[Wanted, ...]
    joint_q: np.ndarray
    joint_qd: np.ndarray
    body_q: np.ndarray
    body_qd: np.ndarray
    joint_f: np.ndarray
    qfrc_applied: np.ndarray
    axes: np.ndarray
    dof_ref: np.ndarray
    bodies: np.ndarray
    free: np.ndarray


_NO_NUMBERS = np.zeros((0, 0), np.float32)
_NO_ROWS = np.zeros((0, 0, 0), np.float32)

NO_LAW = Law(
    graphs=np.zeros(0, np.uint64),
    failures=np.zeros(0, np.bool_),
    wanted=(NOTHING_WANTED,),
    joint_q=_NO_NUMBERS,
    joint_qd=_NO_NUMBERS,
    body_q=_NO_ROWS,
    body_qd=_NO_ROWS,
    joint_f=_NO_NUMBERS,
    qfrc_applied=_NO_NUMBERS,
    axes=np.zeros((0, 4), np.int64),
    dof_ref=_NO_NUMBERS,
    bodies=np.zeros((0, 3), np.int64),
    free=np.zeros((0, 3), np.int64),
)


@compiled
def _show_joints(arrays, world, law):
    """Write positions and velocities of the joints with axes, for which both libraries have the same numbers."""
    for axis in range(law.axes.shape[0]):
        q, qd, qpos, qvel = law.axes[axis]
        law.joint_q[world, q] = floats(arrays[native.QPOS], qpos + 1)[qpos] - law.dof_ref[world, qd]
        law.joint_qd[world, qd] = floats(arrays[native.QVEL], qvel + 1)[qvel]


@compiled
def _show_bodies(arrays, world, law):
    """Write poses and velocities of the bodies, and with them those of free joints.

    MuJoCo's ``cvel`` is the velocity of a point that moves with the body and is at the centre of mass c of its whole
    tree. The body's own centre of mass x moves with ``v + w x (x - c)``.
    """
    for row in range(law.bodies.shape[0]):
        newton, body, root = law.bodies[row]
        position = floats(arrays[native.XPOS] + np.uint64(24 * body), 3)
        rotation = floats(arrays[native.XQUAT] + np.uint64(32 * body), 4)
        centre = floats(arrays[native.XIPOS] + np.uint64(24 * body), 3)
        tree_centre = floats(arrays[native.SUBTREE_COM] + np.uint64(24 * root), 3)
        velocity = floats(arrays[native.CVEL] + np.uint64(48 * body), 6)  # angular, then linear at the tree's centre
        pose, twist = law.body_q[world, newton], law.body_qd[world, newton]
        for i in range(3):
            j, k = (i + 1) % 3, (i + 2) % 3
            pose[i] = position[i]
            pose[3 + i] = rotation[1 + i]
            swept = velocity[j] * (centre[k] - tree_centre[k]) - velocity[k] * (centre[j] - tree_centre[j])
            twist[i] = velocity[3 + i] + swept
            twist[3 + i] = velocity[i]
        pose[6] = rotation[0]
    for row in range(law.free.shape[0]):
        q, qd, newton = law.free[row]
        law.joint_q[world, q : q + 7] = law.body_q[world, newton]
        law.joint_qd[world, qd : qd + 6] = law.body_qd[world, newton]


@compiled
def run(model, data, arrays, world, law):
    """Run the law in the world that a thread's data holds.

    Args:
        model: Address of the thread's mjModel.
        data: Address of its mjData, of which ``mj_step1`` has been called.
        arrays: Addresses of the arrays of its mjData.
        world: The world.
        law: :class:`Law`.
    """
    _show_joints(arrays, world, law)
    _show_bodies(arrays, world, law)
    for wanted in law.wanted:
        write_wanted(model, data, arrays, world, wanted)
    if _replay_graph(law.graphs[world]) == 0:
        law.failures[world] = True
    for axis in range(law.axes.shape[0]):
        law.qfrc_applied[world, law.axes[axis, 3]] = law.joint_f[world, law.axes[axis, 1]]


def make_law(
    solver: SolverMuJoCoWorlds, state: State, control: Control, wanted: Sequence[Wanted], graphs: Sequence[wp.Graph]
) -> Law:
    """Find where a law's numbers are.

    Args:
        solver: Solver that owns the worlds.
        state: State that the law reads.
        control: Control with the forces that it writes.
        wanted: What it reads of articulations.
        graphs: Its kernel launches for each world.
    """
    num_worlds = solver.worlds.num_worlds
    bodies, model = solver.mjc_body_to_newton.numpy()[0], solver.mj_model
    ids, (axes, free) = np.flatnonzero(bodies >= 0), _find_joints(solver)
    dof_ref = getattr(getattr(solver.model, "mujoco", None), "dof_ref", None)
    dof_ref = np.zeros(solver.model.joint_dof_count, np.float32) if dof_ref is None else dof_ref.numpy()
    return Law(
        graphs=np.array([compat.graph_address(graph) for graph in graphs], np.uint64),
        failures=np.zeros(num_worlds, np.bool_),
        wanted=tuple(wanted) or NO_LAW.wanted,
        joint_q=state.joint_q.numpy().reshape(num_worlds, -1),
        joint_qd=state.joint_qd.numpy().reshape(num_worlds, -1),
        body_q=state.body_q.numpy().reshape(num_worlds, -1, 7),
        body_qd=state.body_qd.numpy().reshape(num_worlds, -1, 6),
        joint_f=control.joint_f.numpy().reshape(num_worlds, -1),
        qfrc_applied=native.as_rows(solver.mjw_data.qfrc_applied),
        axes=axes,
        dof_ref=dof_ref.reshape(num_worlds, -1),
        bodies=np.stack((bodies[ids], ids, model.body_rootid[ids]), axis=1).astype(np.int64),
        free=free,
    )


def has_shared_numbers(solver: SolverMuJoCoWorlds) -> bool:
    """Return whether a law's numbers can be taken from MuJoCo as they are.

    They can where all worlds have the same bodies, each of them in MuJoCo, too; where all joints have axes, are fixed,
    or free with the same frames in Newton and MuJoCo; and where MuJoCo's integrator takes a step in two parts.
    """
    model, num_worlds = solver.model, solver.worlds.num_worlds
    bodies = solver.mjc_body_to_newton.numpy()
    num_bodies = model.body_count // num_worlds
    moved = bodies[0] >= 0
    expected = bodies[0, moved] + num_bodies * np.arange(num_worlds)[:, None]
    kinds = model.joint_type.numpy()
    frames = np.stack([frame.numpy()[kinds == JointType.FREE] for frame in (model.joint_X_p, model.joint_X_c)])
    return (
        solver.mj_model.opt.integrator != mujoco.mjtIntegrator.mjINT_RK4
        and bool(np.isin(kinds, (*_OF_AXES, JointType.FREE, JointType.FIXED)).all())
        and bool((frames == [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]).all())
        and int(moved.sum()) == num_bodies
        and np.array_equal(bodies[:, moved], expected)
    )


def _find_joints(solver: SolverMuJoCoWorlds) -> tuple[np.ndarray, np.ndarray]:
    """Return :attr:`Law.axes` and :attr:`Law.free`."""
    model = solver.model
    starts = [model.joint_q_start, model.joint_qd_start, solver.mj_q_start, solver.mj_qd_start]
    starts = zip(*(array.numpy() for array in starts), strict=False)  # the first two have those of all worlds
    kinds, dims, children = model.joint_type.numpy(), model.joint_dof_dim.numpy(), model.joint_child.numpy()
    axes, free = [], []
    for joint, first in enumerate(starts):
        if kinds[joint] in _OF_AXES and first[2] >= 0:
            axes += [[start + axis for start in first] for axis in range(dims[joint].sum())]
        elif kinds[joint] == JointType.FREE:
            free.append([*first[:2], children[joint]])
    return tuple(np.array(rows, np.int64).reshape(-1, width) for rows, width in ((axes, 4), (free, 3)))
