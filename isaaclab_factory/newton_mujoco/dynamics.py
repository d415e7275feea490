# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Jacobians and mass matrices of articulations from MuJoCo, computed when somebody reads them.

Whoever reads them after one physics step gets them with the next one too: the threads that step compute them.

They stand behind Isaac Lab's ``data.body_link_jacobian_w``, ``data.body_com_jacobian_w`` and ``data.mass_matrix`` and
have their layout: rows and columns in the articulation's order, of a free base first its linear and angular velocity
in the world's frame.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import warp as wp
from isaaclab.utils.warp import ProxyArray
from newton import JointType, State
from newton.selection import ArticulationView

from . import compat, native
from .compat import compiled
from .native import floats, load

if TYPE_CHECKING:
    from .solver import SolverMuJoCoWorlds
    from .worlds import Job

_SUPPORTED_JOINTS = (JointType.FREE, JointType.REVOLUTE, JointType.PRISMATIC, JointType.FIXED, JointType.D6)

_mj_kinematics = compat.mj_kinematics
_mj_com_pos = compat.mj_comPos
_mj_make_mass_matrix = compat.mj_makeM
_mj_full_mass_matrix = compat.mj_fullM
_mj_jacobian = compat.mj_jacBody
_mj_jacobian_com = compat.mj_jacBodyCom


class Layout(NamedTuple):
    """Where an articulation's bodies and DOFs are in MuJoCo.

    Attributes:
        num_velocities: Number of velocities of a world.
        bodies: Body of each block of the Jacobian. Shape is (num_links,).
        dofs: DOF of each column. Shape is (num_dofs,).
        free_body: Body of the free joint that the articulation begins with, -1 if it has none.
        free_dof: First DOF of that joint.
        first: Row of the first world's result.
        stride: Rows from one world's result to the next one's.
    """

    num_velocities: int
    bodies: np.ndarray
    dofs: np.ndarray
    free_body: int
    free_dof: int
    first: int
    stride: int


@compiled
def _to_isaac_lab(row, first, rotation, offset):
    """Change the basis of a row's six columns of a free joint from MuJoCo's velocities to Isaac Lab's.

    MuJoCo's are the velocity of the body's origin and the angular velocity in the body's frame; Isaac Lab's the
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


@compiled
def _free_frame(arrays, body):
    """Return rotation matrix and offset of :func:`_to_isaac_lab` for a body."""
    rotation = floats(arrays[native.XMAT] + np.uint64(72 * body), 9)
    origin = floats(arrays[native.XPOS] + np.uint64(24 * body), 3)
    centre = floats(arrays[native.XIPOS] + np.uint64(24 * body), 3)
    return rotation, centre - origin


@compiled
def _write_jacobians(model, data, arrays, layout, of_centres, out):
    """Write Jacobians of an articulation's bodies in the world that a thread's data holds.

    Args:
        model: Address of the thread's mjModel.
        data: Address of its mjData, with the kinematics up to date.
        arrays: Addresses of the arrays of its mjData.
        layout: :class:`Layout`.
        of_centres: Whether the linear rows are of the centres of mass, not of the origins.
        out: Jacobians, linear rows before angular ones. Shape is (links, 6, dofs).
    """
    jacobian = np.empty((6, layout.num_velocities))
    linear, angular = jacobian.ctypes.data, jacobian[3:].ctypes.data
    for link in range(layout.bodies.shape[0]):
        if of_centres:
            _mj_jacobian_com(model, data, linear, angular, layout.bodies[link])
        else:
            _mj_jacobian(model, data, linear, angular, layout.bodies[link])
        if layout.free_body >= 0:
            rotation, offset = _free_frame(arrays, layout.free_body)
            for i in range(6):
                _to_isaac_lab(jacobian[i], layout.free_dof, rotation, offset)
        for i in range(6):
            for j in range(layout.dofs.shape[0]):
                out[link, i, j] = jacobian[i, layout.dofs[j]]


@compiled
def _write_mass_matrix(model, data, arrays, layout, out):
    """Write an articulation's mass matrix, armature included, in the world that a thread's data holds.

    Args:
        model: Address of the thread's mjModel.
        data: Address of its mjData, with kinematics and mass matrix up to date.
        arrays: Addresses of the arrays of its mjData.
        layout: :class:`Layout`.
        out: Mass matrix. Shape is (dofs, dofs).
    """
    nv = layout.num_velocities
    full = np.empty((nv, nv))
    _mj_full_mass_matrix(model, data, full.ctypes.data)
    if layout.free_body >= 0:
        rotation, offset = _free_frame(arrays, layout.free_body)
        for i in range(nv):
            _to_isaac_lab(full[i], layout.free_dof, rotation, offset)
        for i in range(nv):
            _to_isaac_lab(full[:, i], layout.free_dof, rotation, offset)
    for i in range(layout.dofs.shape[0]):
        for j in range(layout.dofs.shape[0]):
            out[i, j] = full[layout.dofs[i], layout.dofs[j]]


class Wanted(NamedTuple):
    """What is wanted of an articulation: results that have rows.

    Attributes:
        layout: Where the articulation is in MuJoCo.
        link_jacobians: Jacobians of the links' origins. Shape is (num_rows or 0, links, 6, dofs).
        com_jacobians: Jacobians of the links' centres of mass. Shape is (num_rows or 0, links, 6, dofs).
        mass_matrices: Mass matrices. Shape is (num_rows or 0, dofs, dofs).
    """

    layout: Layout
    link_jacobians: np.ndarray
    com_jacobians: np.ndarray
    mass_matrices: np.ndarray


NOTHING_WANTED = Wanted(
    Layout(0, np.zeros(0, np.int32), np.zeros(0, np.int64), -1, -1, 0, 0),
    link_jacobians=np.zeros((0, 0, 6, 0), np.float32),
    com_jacobians=np.zeros((0, 0, 6, 0), np.float32),
    mass_matrices=np.zeros((0, 0, 0), np.float32),
)


@compiled
def write_wanted(model, data, arrays, world, wanted):
    """Write what is wanted of an articulation in the world that a thread's data holds.

    Args:
        model: Address of the thread's mjModel.
        data: Address of its mjData, with kinematics and mass matrix up to date.
        arrays: Addresses of the arrays of its mjData.
        world: The world.
        wanted: :class:`Wanted`.
    """
    row = wanted.layout.first + wanted.layout.stride * world
    if wanted.link_jacobians.shape[0] > 0:
        _write_jacobians(model, data, arrays, wanted.layout, False, wanted.link_jacobians[row])
    if wanted.com_jacobians.shape[0] > 0:
        _write_jacobians(model, data, arrays, wanted.layout, True, wanted.com_jacobians[row])
    if wanted.mass_matrices.shape[0] > 0:
        _write_mass_matrix(model, data, arrays, wanted.layout, wanted.mass_matrices[row])


@compiled
def _compute(table, thread, first, last, wanted):
    """Compute what follows from the present positions of worlds.

    Args:
        table: Table of worlds.
        thread: Number of this thread.
        first: First world.
        last: World after the last one.
        wanted: :class:`Wanted`.
    """
    arrays = table.arrays[thread]
    for world in range(first, last):
        model, data = load(table, thread, world)
        _mj_kinematics(model, data)
        _mj_com_pos(model, data)
        if wanted.mass_matrices.shape[0] > 0:
            _mj_make_mass_matrix(model, data)
        write_wanted(model, data, arrays, world, wanted)


class ArticulationDynamics:
    """Jacobians and mass matrices of a view's articulations.

    Args:
        view: View of articulations.
        solver: Solver that owns the worlds.
        state: State that the solver steps.
        links: Links of the Jacobian in the articulation's own numbering, in the order wanted.
        dofs: DOFs of the columns in the articulation's own numbering, in the order wanted.

    Attributes:
        read_since_step: Results that were read since the last physics step: "link", "com" and "mass".
    """

    def __init__(
        self, view: ArticulationView, solver: SolverMuJoCoWorlds, state: State, links: np.ndarray, dofs: np.ndarray
    ):
        self._solver = solver
        self._state = state
        ids = view.articulation_ids.numpy()
        self._layouts = [_make_layout(solver, ids[0], slot, links, dofs) for slot in range(ids.shape[1])]
        jacobian, mass = (ids.size, len(links), 6, len(dofs)), (ids.size, len(dofs), len(dofs))
        self._results = {
            name: ProxyArray(wp.zeros(shape, dtype=wp.float32, device="cpu"))
            for name, shape in (("link", jacobian), ("com", jacobian), ("mass", mass))
        }
        self._arrays = {name: result.warp.numpy() for name, result in self._results.items()}
        self._versions = dict.fromkeys(self._results, -1)
        self.read_since_step: set[str] = set()
        solver.readers.append(self)

    @classmethod
    def functions(
        cls, solver: SolverMuJoCoWorlds, state: State, view: ArticulationView, links: np.ndarray, dofs: np.ndarray
    ) -> Mapping[str, Callable[[], ProxyArray]] | None:
        """Return what serves the properties of Isaac Lab's articulation data, see :func:`compat.serve_dynamics`.

        None is returned for an articulation that is not part of the solver's model, whose rows need not be its
        worlds, and for one with a joint that is not supported, like a ball joint.
        """
        model = solver.model
        if view.model is not model:
            return None
        kinds = model.joint_type.numpy()
        starts, ends = model.articulation_start.numpy(), model.articulation_end.numpy()
        if any(
            not np.isin(kinds[starts[i] : ends[i]], _SUPPORTED_JOINTS).all() for i in view.articulation_ids.numpy()[0]
        ):
            return None
        dynamics = cls(view, solver, state, links, dofs)
        return {
            "body_link_jacobian_w": dynamics.link_jacobian,
            "body_com_jacobian_w": dynamics.com_jacobian,
            "mass_matrix": dynamics.mass_matrix,
        }

    def link_jacobian(self) -> ProxyArray:
        """Return Jacobians of the links' origins, shape (num_instances, num_links, 6, num_dofs)."""
        return self._fresh("link")

    def com_jacobian(self) -> ProxyArray:
        """Return Jacobians of the links' centres of mass, shape (num_instances, num_links, 6, num_dofs)."""
        return self._fresh("com")

    def mass_matrix(self) -> ProxyArray:
        """Return mass matrices, armature included, shape (num_instances, num_dofs, num_dofs)."""
        return self._fresh("mass")

    def jobs_after_step(self, version: int) -> list[Job]:
        """Return jobs that bring what was read since the last step up to date for the next one.

        Args:
            version: Version of the state when they have run, see :meth:`SolverMuJoCoWorlds.refresh`.
        """
        jobs = self._jobs(self.read_since_step)
        self._versions.update(dict.fromkeys(self.read_since_step, version))
        self.read_since_step.clear()
        return jobs

    def _jobs(self, names: Collection[str]) -> list[Job]:
        """Jobs that compute results."""
        return [(_compute, wanted) for wanted in self.wanted(names)]

    def wanted(self, names: Collection[str]) -> list[Wanted]:
        """Return where results go, for each articulation of a world.

        Args:
            names: Results, see :attr:`read_since_step`.
        """
        rows = [array if name in names else array[:0] for name, array in self._arrays.items()]
        return [Wanted(layout, *rows) for layout in self._layouts] if names else []

    def bring_up_to_date(self, names: Collection[str]) -> None:
        """Compute results that are not of the present state and model. They count as read.

        Args:
            names: Results, see :attr:`read_since_step`.
        """
        compat.apply_model_changes(self._solver)
        version = self._solver.refresh(self._state)
        old = [name for name in names if self._versions[name] != version]
        self._solver.worlds.run(*self._jobs(old))
        self._versions.update(dict.fromkeys(old, version))
        self.read_since_step.update(names)

    def _fresh(self, name: str) -> ProxyArray:
        self.bring_up_to_date((name,))
        return self._results[name]


def _make_layout(solver: SolverMuJoCoWorlds, ids: np.ndarray, slot: int, links: np.ndarray, dofs: np.ndarray) -> Layout:
    """Find the bodies and DOFs of an articulation in MuJoCo.

    Args:
        solver: Solver with the mappings between Newton and MuJoCo.
        ids: Articulations of the view in the first world.
        slot: Which of them.
        links: Links of the Jacobian.
        dofs: DOFs of the columns.
    """
    model = solver.model
    start = int(model.articulation_start.numpy()[ids[slot]])
    first_dof = int(model.joint_qd_start.numpy()[start])
    body_of = {newton: body for body, newton in enumerate(solver.mjc_body_to_newton.numpy()[0])}
    dof_of = {newton: dof for dof, newton in enumerate(solver.mjc_dof_to_newton_dof.numpy()[0])}
    children = model.joint_child.numpy()
    is_free = model.joint_type.numpy()[start] == JointType.FREE
    return Layout(
        num_velocities=solver.mj_model.nv,
        bodies=np.array([body_of[children[start + link]] for link in links], np.int32),
        dofs=np.array([dof_of[first_dof + dof] for dof in dofs], np.int64),
        free_body=int(body_of[children[start]]) if is_free else -1,
        free_dof=int(dof_of[first_dof]) if is_free else -1,
        first=slot,
        stride=len(ids),
    )
