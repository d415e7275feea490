# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A list of articulations in a batch of worlds, in the conventions of :mod:`isaaclab_factory.kitless.engine`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from .body_frames import DerivedBodies, FreeBodies, MocapBodies
from .body_properties import BodyProperties
from .dynamics import ArticulationDynamics
from .joint_properties import JointProperties
from .joint_wrenches import JointWrenches
from .shape_properties import ShapeProperties

if TYPE_CHECKING:
    from .engine import MujocoEngine


class ArticulationGroup:
    """Articulations of the same structure by the prim path of their root.

    Args:
        engine: The engine.
        paths: Root prim paths, one per element.

    Raises:
        ValueError: If the articulations differ in their links, joints or kind of base.
    """

    def __init__(self, engine: MujocoEngine, paths: list[str]):
        sim, layout = engine.sim, engine.layout
        self._engine = engine
        self.count = len(paths)
        worlds, templates = layout.locate(paths)
        by_root = {articulation.root_path: articulation for articulation in layout.scene.articulations}
        described = [by_root[path] for path in templates]
        self._check_alike(described, paths)
        first = described[0]
        self.fixed_base = first.fixed_base
        self.link_names = [path.rsplit("/", 1)[-1] for path in first.links]
        self.dof_names = [path.rsplit("/", 1)[-1] for path in first.joints]
        in_world = layout.scene.path_in_world
        self.link_paths = [[in_world(p, w) for p in a.links] for a, w in zip(described, worlds.tolist(), strict=True)]
        self.dof_paths = [[in_world(p, w) for p in a.joints] for a, w in zip(described, worlds.tolist(), strict=True)]
        self._worlds = worlds
        self._links = _ids(described, "links", lambda path: sim.model.body(path).id)
        joints = _ids(described, "joints", lambda path: sim.model.joint(path).id)
        drives = _ids(described, "joints", engine.drives.index.__getitem__)
        self._link_worlds = worlds[:, None].expand_as(self._links).flatten()
        self._offsets = layout.offsets[self._link_worlds]
        flat_links = self._links.flatten()
        self._frames = DerivedBodies(sim, self._link_worlds, flat_links, self._offsets)
        root_kind = MocapBodies if self.fixed_base else FreeBodies
        self._root = root_kind(sim, worlds, self._links[:, 0], layout.offsets[worlds])
        self._joints = JointProperties(engine, worlds, joints, drives)
        self._bodies = BodyProperties(sim, self._link_worlds, flat_links)
        self._shapes = ShapeProperties(engine.materials, worlds, self._links, paths)
        self._dynamics = ArticulationDynamics(sim, worlds, self._links, joints, self.fixed_base)
        scene_joints = {joint.path: joint for joint in layout.scene.joints}
        self._wrenches = JointWrenches(sim, first, scene_joints, worlds, self._links)
        self.max_shapes = self._shapes.max_shapes

    @staticmethod
    def _check_alike(described: list, paths: list[str]) -> None:
        def structure(articulation):
            names = [[path.rsplit("/", 1)[-1] for path in part] for part in (articulation.links, articulation.joints)]
            return names, articulation.fixed_base

        for articulation, path in zip(described, paths, strict=True):
            if structure(articulation) != structure(described[0]):
                raise ValueError(f"{path}: its links, joints or base differ from those of {paths[0]} in the same view")

    # -- reading

    def read(self, field: str, out: torch.Tensor) -> None:
        """Fill out with a field of all elements; see :class:`isaaclab_factory.kitless.engine.BodyGroup`."""
        if field in _READERS:
            _READERS[field](self, out)
        elif self._joints.knows(field):
            self._joints.read(field, out)
        elif self._shapes.knows(field):
            self._shapes.read(field, out)
        else:
            self._bodies.read(field, out)

    def _read_link_transforms(self, out: torch.Tensor) -> None:
        self._frames.read_pose(out.view(-1, 7))

    def _read_link_velocities(self, out: torch.Tensor) -> None:
        self._frames.read_velocity(out.view(-1, 6))

    def _read_link_accelerations(self, out: torch.Tensor) -> None:
        self._engine.read_accelerations(self._frames, out.view(-1, 6))

    def _read_root_transforms(self, out: torch.Tensor) -> None:
        self._root.read_pose(out)

    def _read_root_velocities(self, out: torch.Tensor) -> None:
        self._root.read_velocity(out)

    def _read_incoming_joint_force(self, out: torch.Tensor) -> None:
        self._wrenches.read(out)

    def _read_jacobians(self, out: torch.Tensor) -> None:
        out.copy_(self._dynamics.jacobians())

    def _read_mass_matrices(self, out: torch.Tensor) -> None:
        out.copy_(self._dynamics.mass_matrices())

    def _read_gravity_compensation(self, out: torch.Tensor) -> None:
        out.copy_(self._dynamics.gravity_compensation())

    def _read_coriolis_compensation(self, out: torch.Tensor) -> None:
        out.copy_(self._dynamics.coriolis_compensation())

    # -- writing

    def write(self, field: str, data: torch.Tensor, indices: torch.Tensor) -> None:
        """Write a field of some elements; see :class:`isaaclab_factory.kitless.engine.BodyGroup`."""
        if field == "root_transforms":
            self._root.write_pose(data[indices], indices)
        elif field == "root_velocities":
            self._root.write_velocity(data[indices], indices)
        elif self._joints.knows(field):
            self._joints.write(field, data, indices)
        elif self._shapes.knows(field):
            self._shapes.write(field, data, indices)
        else:
            values = data.reshape(self.count, self._links.shape[1], -1)[indices].flatten(0, 1)
            self._bodies.write(field, values, self._link_rows(indices))
            self._engine.gravity_changed(field)

    def apply_wrench(
        self,
        force: torch.Tensor | None,
        torque: torch.Tensor | None,
        position: torch.Tensor | None,
        indices: torch.Tensor,
        is_global: bool,
    ) -> None:
        """Act on all links of some elements; see :class:`isaaclab_factory.kitless.engine.BodyGroup`."""
        rows = self._link_rows(indices)
        self._engine.wrenches.apply(
            self._frames, self._link_worlds, self._links.flatten(), self._offsets, force, torque, position, rows,
            is_global,
        )  # fmt: skip

    def _link_rows(self, indices: torch.Tensor) -> torch.Tensor:
        num_links = self._links.shape[1]
        return (indices[:, None] * num_links + torch.arange(num_links)).flatten()


_READERS = {
    "root_transforms": ArticulationGroup._read_root_transforms,
    "root_velocities": ArticulationGroup._read_root_velocities,
    "link_transforms": ArticulationGroup._read_link_transforms,
    "link_velocities": ArticulationGroup._read_link_velocities,
    "link_accelerations": ArticulationGroup._read_link_accelerations,
    "link_incoming_joint_force": ArticulationGroup._read_incoming_joint_force,
    "jacobians": ArticulationGroup._read_jacobians,
    "generalized_mass_matrices": ArticulationGroup._read_mass_matrices,
    "gravity_compensation_forces": ArticulationGroup._read_gravity_compensation,
    "coriolis_and_centrifugal_compensation_forces": ArticulationGroup._read_coriolis_compensation,
}


def _ids(described: list, part: str, number) -> torch.Tensor:
    """Numbers of the links or joints of each articulation. Shape is (count, links or joints)."""
    rows = [[number(path) for path in getattr(articulation, part)] for articulation in described]
    return torch.tensor(rows, dtype=torch.long).view(len(rows), -1)
