# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Lists of articulations, bodies and contact sensors; see :mod:`isaaclab_factory.kitless.engine`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from ..engine import ContactPoints
from .state import TreeState

if TYPE_CHECKING:
    from .engine import KinematicEngine, Place

_BODY_FIELDS = {
    "transforms": "link_transforms",
    "velocities": "link_velocities",
    "accelerations": "link_accelerations",
}
"""What a field of a body is called in the tree that it is a link of."""

_SHAPE_FIELDS = ("material_properties", "contact_offsets", "rest_offsets")
_ROOT_FIELDS = {"transforms": "root_transforms", "velocities": "root_velocities"}


@dataclass
class _Part:
    """Elements of a group that share a tree of the template.

    Attributes:
        state: The tree.
        link: Link that the elements are; 0 in groups of articulations.
        rows: Their numbers in the group. Shape is (n,).
        worlds: Their worlds. Shape is (n,).
    """

    state: TreeState
    link: int
    rows: torch.Tensor
    worlds: torch.Tensor


class _Group:
    """What groups of articulations and of bodies share."""

    def __init__(self, engine: KinematicEngine, paths: list[str]) -> None:
        self._engine = engine
        self.count = len(paths)
        places = [engine.place(path) for path in paths]
        self._parts = list(_parts(engine, places))
        self.max_shapes = max((self._shapes(part).stop - self._shapes(part).start for part in self._parts), default=0)

    def _shapes(self, part: _Part) -> slice:
        """Colliders of a tree that belong to the elements of a part."""
        return slice(0, len(part.state.colliders))

    def _read_shapes(self, field: str, out: torch.Tensor) -> None:
        """Fill out with a field of colliders; elements with fewer than others repeat their last one."""
        for part in self._parts:
            own = self._shapes(part)
            columns = torch.arange(own.start, own.start + self.max_shapes).clamp(max=own.stop - 1)
            if own.stop > own.start:
                out[part.rows] = part.state.fields[field][part.worlds][:, columns].to(out.dtype)
            else:
                out[part.rows] = 0.0

    def _write_shapes(self, field: str, data: torch.Tensor, indices: torch.Tensor) -> None:
        for part, rows, worlds in self._chosen(indices):
            own = self._shapes(part)
            part.state.write(field, data[rows][:, : own.stop - own.start], worlds, own)

    def apply_wrench(
        self,
        force: torch.Tensor | None,
        torque: torch.Tensor | None,
        position: torch.Tensor | None,
        indices: torch.Tensor,
        is_global: bool,
    ) -> None:
        """Forces move nothing in this engine."""

    def _chosen(self, indices: torch.Tensor) -> Iterator[tuple[_Part, torch.Tensor, torch.Tensor]]:
        """The parts, and the rows and worlds of their elements that are among the indices."""
        indices = indices.to(self._parts[0].rows.device) if self._parts else indices
        for part in self._parts:
            chosen = torch.isin(part.rows, indices)
            yield part, part.rows[chosen], part.worlds[chosen]


class ArticulationGroup(_Group):
    """Articulations by the path of their root.

    Args:
        engine: The engine.
        paths: Root prim paths, one per element.

    Raises:
        ValueError: If they do not have the same structure.
    """

    def __init__(self, engine: KinematicEngine, paths: list[str]) -> None:
        super().__init__(engine, paths)
        scene = engine.scene
        described = [scene.articulations[engine.place(path).tree] for path in paths]
        first = described[0]
        self.fixed_base = first.fixed_base
        self.link_names, self.dof_names = _names(first.links), _names(first.joints)
        for path, other in zip(paths, described, strict=True):
            found = (other.fixed_base, _names(other.links), _names(other.joints))
            if found != (self.fixed_base, self.link_names, self.dof_names):
                raise ValueError(f"{path}: its links or joints differ from those of {paths[0]}")
        worlds = [engine.place(path).world for path in paths]
        self.link_paths = [
            [scene.path_in_world(link, world) for link in articulation.links]
            for articulation, world in zip(described, worlds, strict=True)
        ]
        self.dof_paths = [
            [scene.path_in_world(joint, world) for joint in articulation.joints]
            for articulation, world in zip(described, worlds, strict=True)
        ]

    def read(self, field: str, out: torch.Tensor) -> None:
        """Fill out with a field of all elements; see :class:`isaaclab_factory.kitless.engine.BodyGroup`."""
        if field in _SHAPE_FIELDS:
            self._read_shapes(field, out)
            return
        for part in self._parts:
            table = part.state.read(field, self._engine.gravity)
            out[part.rows] = table[part.worlds].to(out.dtype).reshape(-1, *out.shape[1:])

    def write(self, field: str, data: torch.Tensor, indices: torch.Tensor) -> None:
        """Write a field of some elements; see :class:`isaaclab_factory.kitless.engine.BodyGroup`."""
        if field in _SHAPE_FIELDS:
            self._write_shapes(field, data, indices)
            return
        for part, rows, worlds in self._chosen(indices):
            part.state.write(field, data[rows], worlds)


class RigidBodyGroup(_Group):
    """Bodies by their path; links of articulations can be read but not moved."""

    def _shapes(self, part: _Part) -> slice:
        return slice(*part.state.shape_starts[part.link : part.link + 2])

    def read(self, field: str, out: torch.Tensor) -> None:
        """Fill out with a field of all elements; see :class:`isaaclab_factory.kitless.engine.BodyGroup`."""
        if field in _SHAPE_FIELDS:
            self._read_shapes(field, out)
            return
        for part in self._parts:
            table = part.state.read(_BODY_FIELDS.get(field, field), self._engine.gravity)
            out[part.rows] = table[part.worlds, part.link].to(out.dtype).reshape(-1, *out.shape[1:])

    def write(self, field: str, data: torch.Tensor, indices: torch.Tensor) -> None:
        """Write a field of some elements; see :class:`isaaclab_factory.kitless.engine.BodyGroup`.

        Raises:
            NotImplementedError: If a link of an articulation would have to move.
        """
        if field in _SHAPE_FIELDS:
            self._write_shapes(field, data, indices)
            return
        for part, rows, worlds in self._chosen(indices):
            if field not in _ROOT_FIELDS:
                part.state.write(field, data[rows], worlds, slice(part.link, part.link + 1))
            elif part.state.is_articulation:
                raise NotImplementedError("a link of an articulation cannot be moved as a rigid body")
            else:
                part.state.write(_ROOT_FIELDS[field], data[rows], worlds)


class ContactGroup:
    """Contact sensors that never feel anything: bodies of this engine pass through each other.

    Args:
        engine: The engine.
        sensor_paths: Sensor bodies.
        filter_paths: Bodies or static colliders to report one by one, for each sensor.
    """

    def __init__(self, engine: KinematicEngine, sensor_paths: list[str], filter_paths: list[list[str]]) -> None:
        for path in sensor_paths:
            engine.place(path)
        self.sensor_count = len(sensor_paths)
        self.filter_count = len(filter_paths[0]) if filter_paths else 0

    def read_net_forces(self, out: torch.Tensor) -> None:
        """Fill out with zeros."""
        out.zero_()

    def read_force_matrix(self, out: torch.Tensor) -> None:
        """Fill out with zeros."""
        out.zero_()

    def contact_points(self) -> ContactPoints:
        """No points."""
        vectors, numbers = torch.zeros(0, 3), torch.zeros(0)
        none = torch.zeros(self.sensor_count, self.filter_count, dtype=torch.long)
        return ContactPoints(vectors, vectors, numbers, vectors, numbers, none, none.clone())


def _parts(engine: KinematicEngine, places: list[Place]) -> Iterator[_Part]:
    """Sort the elements of a group by tree and link."""
    for tree, link in dict.fromkeys((place.tree, place.link) for place in places):
        rows = [row for row, place in enumerate(places) if (place.tree, place.link) == (tree, link)]
        worlds = [places[row].world for row in rows]
        state = engine.states[tree]
        yield _Part(state, link, torch.tensor(rows), torch.tensor(worlds))


def _names(paths: list[str]) -> list[str]:
    return [path.rsplit("/", 1)[-1] for path in paths]
