# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Jacobians and mass matrices of articulations from MuJoCo, computed when somebody reads them.

Isaac Lab's ``data.mass_matrix``, ``data.body_link_jacobian_w`` and ``data.body_com_jacobian_w`` call
``eval_jacobian`` and ``eval_mass_matrix`` of the articulation's view. :class:`ArticulationDynamics` takes the place
of these two methods; the layout and the conventions of the results are Newton's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numba
import numpy as np
import warp as wp
from newton import JointType, State
from newton.selection import ArticulationView

from . import compat, native
from .native import floats, select

if TYPE_CHECKING:
    from .solver import SolverMuJoCoWorlds

_SUPPORTED_JOINTS = (JointType.FREE, JointType.REVOLUTE, JointType.PRISMATIC, JointType.FIXED, JointType.D6)

_mj_kinematics = compat.mj_kinematics
_mj_com_pos = compat.mj_comPos
_mj_make_mass_matrix = compat.mj_makeM
_mj_full_mass_matrix = compat.mj_fullM
_mj_jacobian_com = compat.mj_jacBodyCom


class _Layout(NamedTuple):
    """Where an articulation's bodies and DOFs are in MuJoCo.

    Attributes:
        num_velocities: Number of velocities of a world.
        bodies: Body of each row of the Jacobian. Shape is (num_links,).
        dofs: DOF of each column. Shape is (num_dofs,).
        free_body: Body of the free joint that the articulation begins with, -1 if it has none.
        articulations: Number of the articulation in each world. Shape is (num_worlds,).
    """

    num_velocities: int
    bodies: np.ndarray
    dofs: np.ndarray
    free_body: int
    articulations: np.ndarray


@numba.njit(nogil=True, cache=True)
def _to_newton(row, first, rotation, offset):
    """Change the basis of a row's six columns of a free joint from MuJoCo's velocities to Newton's.

    MuJoCo's are the velocity of the body's origin and the angular velocity in the body's frame; Newton's the
    velocity of the centre of mass and the angular velocity in the world's frame.

    Args:
        row: Row of a Jacobian or mass matrix, changed in place.
        first: First column of the joint.
        rotation: Rotation matrix of the body, flattened.
        offset: From the body's origin to its centre of mass, in the world's frame [m].
    """
    x, y, z = row[first], row[first + 1], row[first + 2]
    a, b, c = row[first + 3], row[first + 4], row[first + 5]
    row[first + 3] = rotation[0] * a + rotation[1] * b + rotation[2] * c + y * offset[2] - z * offset[1]
    row[first + 4] = rotation[3] * a + rotation[4] * b + rotation[5] * c + z * offset[0] - x * offset[2]
    row[first + 5] = rotation[6] * a + rotation[7] * b + rotation[8] * c + x * offset[1] - y * offset[0]


@numba.njit(nogil=True, cache=True)
def _free_frame(arrays, body):
    """Return rotation matrix and offset of :func:`_to_newton` for a body."""
    rotation = floats(arrays[native.XMAT] + np.uint64(72 * body), 9)
    origin = floats(arrays[native.XPOS] + np.uint64(24 * body), 3)
    centre = floats(arrays[native.XIPOS] + np.uint64(24 * body), 3)
    return rotation, centre - origin


@numba.njit(nogil=True, cache=True)
def _jacobians(table, thread, first, last, positioned, layout, out):
    """Write the Jacobians of an articulation's centres of mass.

    Args:
        table: Table of worlds.
        thread: Number of this thread.
        first: First world.
        last: World after the last one.
        positioned: Whether MuJoCo's kinematics are up to date.
        layout: :class:`_Layout`.
        out: Jacobians, linear rows before angular ones. Shape is (num_articulations, 6 * links, dofs).
    """
    nv = layout.num_velocities
    jacobian = np.empty((6, nv))
    angular = jacobian[3:].reshape(-1)
    for world in range(first, last):
        model, data, arrays = select(table, thread, world), table.datas[world], table.arrays[world]
        articulation = layout.articulations[world]
        if not positioned:
            _mj_kinematics(model, data)
            _mj_com_pos(model, data)
        for link in range(layout.bodies.shape[0]):
            _mj_jacobian_com(model, data, jacobian.ctypes.data, angular.ctypes.data, layout.bodies[link])
            if layout.free_body >= 0:
                rotation, offset = _free_frame(arrays, layout.free_body)
                for i in range(6):
                    _to_newton(jacobian[i], layout.dofs[0], rotation, offset)
            for i in range(6):
                for j in range(layout.dofs.shape[0]):
                    out[articulation, 6 * link + i, j] = jacobian[i, layout.dofs[j]]


@numba.njit(nogil=True, cache=True)
def _mass_matrices(table, thread, first, last, positioned, layout, out):
    """Write an articulation's mass matrices, armature included.

    Args:
        table: Table of worlds.
        thread: Number of this thread.
        first: First world.
        last: World after the last one.
        positioned: Whether MuJoCo's kinematics are up to date.
        layout: :class:`_Layout`.
        out: Mass matrices. Shape is (num_articulations, dofs, dofs).
    """
    nv = layout.num_velocities
    full = np.empty((nv, nv))
    for world in range(first, last):
        model, data, arrays = select(table, thread, world), table.datas[world], table.arrays[world]
        articulation = layout.articulations[world]
        if not positioned:
            _mj_kinematics(model, data)
            _mj_com_pos(model, data)
        _mj_make_mass_matrix(model, data)
        _mj_full_mass_matrix(model, data, full.ctypes.data)
        if layout.free_body >= 0:
            rotation, offset = _free_frame(arrays, layout.free_body)
            for i in range(nv):
                _to_newton(full[i], layout.dofs[0], rotation, offset)
            for i in range(nv):
                _to_newton(full[:, i], layout.dofs[0], rotation, offset)
        for i in range(layout.dofs.shape[0]):
            for j in range(layout.dofs.shape[0]):
                out[articulation, i, j] = full[layout.dofs[i], layout.dofs[j]]


class ArticulationDynamics:
    """``eval_jacobian`` and ``eval_mass_matrix`` of a view, served by MuJoCo.

    Args:
        view: View of articulations. Its own methods are called where something else than the present state or a
            part of the articulations is asked for.
        solver: Solver that owns the worlds.
        state: State that the solver steps.
    """

    def __init__(self, view: ArticulationView, solver: SolverMuJoCoWorlds, state: State):
        self._newton_jacobian = view.eval_jacobian
        self._newton_mass_matrix = view.eval_mass_matrix
        self._solver = solver
        self._state = state
        self._layouts = [_make_layout(solver, ids) for ids in view.articulation_ids.numpy().T]
        self._filled: dict[str, tuple[int, int]] = {}

    @classmethod
    def serve(cls, view: ArticulationView, solver: SolverMuJoCoWorlds, state: State) -> None:
        """Let MuJoCo serve a view, unless it has a kind of joint that is not supported, like ball joints.

        Args:
            view: View of articulations.
            solver: Solver that owns the worlds.
            state: State that the solver steps.
        """
        model = solver.model
        kinds = model.joint_type.numpy()
        starts, ends = model.articulation_start.numpy(), model.articulation_end.numpy()
        ids = view.articulation_ids.numpy()[0]
        if any(np.isin(kinds[starts[i] : ends[i]], _SUPPORTED_JOINTS, invert=True).any() for i in ids):
            return
        dynamics = cls(view, solver, state)
        view.eval_jacobian = dynamics.eval_jacobian
        view.eval_mass_matrix = dynamics.eval_mass_matrix

    def eval_jacobian(self, state: State, J=None, joint_S_s=None, mask=None) -> wp.array | None:
        """Write the Jacobians of the links' centres of mass, see :meth:`ArticulationView.eval_jacobian`."""
        if J is None or mask is not None or state is not self._state:
            return self._newton_jacobian(state, J=J, joint_S_s=joint_S_s, mask=mask)
        self._fill("jacobian", _jacobians, J)
        return J

    def eval_mass_matrix(
        self, state: State, H=None, J=None, body_I_s=None, joint_S_s=None, mask=None
    ) -> wp.array | None:
        """Write the mass matrices, see :meth:`ArticulationView.eval_mass_matrix`. They include the armature."""
        if H is None or mask is not None or state is not self._state:
            return self._newton_mass_matrix(state, H=H, J=J, body_I_s=body_I_s, joint_S_s=joint_S_s, mask=mask)
        self._fill("mass_matrix", _mass_matrices, H)
        return H

    def _fill(self, name: str, loop, out: wp.array) -> None:
        """Fill an array unless it holds the results for the present state already."""
        version = self._solver.refresh(self._state)
        pointer, filled_version = self._filled.get(name, (0, -1))
        if pointer == out.ptr and filled_version == version:
            return
        if pointer != out.ptr:
            out.zero_()
        for layout in self._layouts:
            self._solver.run_positioned(loop, layout, out.numpy())
        self._filled[name] = (out.ptr, version)


def _make_layout(solver: SolverMuJoCoWorlds, articulations: np.ndarray) -> _Layout:
    """Find the bodies and DOFs of an articulation in MuJoCo.

    Args:
        solver: Solver with the mappings between Newton and MuJoCo.
        articulations: Number of the articulation in each world.
    """
    model = solver.model
    start = int(model.articulation_start.numpy()[articulations[0]])
    end = int(model.articulation_end.numpy()[articulations[0]])
    body_of = {newton: body for body, newton in enumerate(solver.mjc_body_to_newton.numpy()[0])}
    dof_of = {newton: dof for dof, newton in enumerate(solver.mjc_dof_to_newton_dof.numpy()[0])}
    children = model.joint_child.numpy()[start:end]
    first_dof, last_dof = model.joint_qd_start.numpy()[[start, end]]
    is_free = end > start and model.joint_type.numpy()[start] == JointType.FREE
    return _Layout(
        num_velocities=solver.mj_model.nv,
        bodies=np.array([body_of[child] for child in children], np.int32),
        dofs=np.array([dof_of[dof] for dof in range(first_dof, last_dof)], np.int64),
        free_body=int(body_of[children[0]]) if is_free else -1,
        articulations=np.asarray(articulations, np.int64),
    )
