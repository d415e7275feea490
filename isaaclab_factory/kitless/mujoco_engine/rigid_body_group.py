# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A list of rigid bodies in a batch of worlds, in the conventions of :mod:`isaaclab_factory.kitless.engine`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from .body_frames import DerivedBodies, FreeBodies, MocapBodies
from .body_properties import BodyProperties
from .shape_properties import ShapeProperties

if TYPE_CHECKING:
    from .engine import MujocoEngine


class RigidBodyGroup:
    """Rigid bodies by prim path; links of articulations can be read but not moved.

    Args:
        engine: The engine.
        paths: Prim paths, one per element.

    Raises:
        ValueError: If the bodies do not have the same number of colliders.
    """

    def __init__(self, engine: MujocoEngine, paths: list[str]):
        sim = engine.sim
        self._engine, self._paths = engine, paths
        self.count = len(paths)
        self._worlds, templates = engine.layout.locate(paths)
        self._bodies = torch.tensor([sim.model.body(path).id for path in templates], dtype=torch.long)
        self._offsets = engine.layout.offsets[self._worlds]
        self._derived = DerivedBodies(sim, self._worlds, self._bodies, self._offsets)
        self._parts = self._sort_by_kind()
        self._properties = BodyProperties(sim, self._worlds, self._bodies)
        self._shapes = ShapeProperties(engine.materials, self._worlds, self._bodies[:, None], paths)
        self.max_shapes = self._shapes.max_shapes
        # bodies of a single kind are read from the state, which never needs a forward pass
        self._frames = self._parts[0][1] if len(self._parts) == 1 else self._derived

    def _sort_by_kind(self) -> list[tuple[torch.Tensor, FreeBodies | MocapBodies | DerivedBodies]]:
        """Elements on free joints, moved by the user, and links, each with what reads and writes them."""
        model = self._engine.sim.model
        bodies = self._bodies.numpy()
        # a free joint is the only one with six degrees of freedom
        is_free = model.body_dofnum[bodies] == 6
        is_mocap = model.body_mocapid[bodies] >= 0
        kinds = ((is_free, FreeBodies), (is_mocap, MocapBodies), (~is_free & ~is_mocap, DerivedBodies))
        parts = []
        for mask, kind in kinds:
            rows = torch.from_numpy(np.flatnonzero(mask))
            if len(rows):
                frames = kind(self._engine.sim, self._worlds[rows], self._bodies[rows], self._offsets[rows])
                parts.append((rows, frames))
        return parts

    # -- reading

    def read(self, field: str, out: torch.Tensor) -> None:
        """Fill out with a field of all elements; see :class:`isaaclab_factory.kitless.engine.BodyGroup`."""
        if field == "transforms":
            self._frames.read_pose(out)
        elif field == "velocities":
            self._frames.read_velocity(out)
        elif field == "accelerations":
            self._engine.read_accelerations(self._derived, out)
        elif self._shapes.knows(field):
            self._shapes.read(field, out)
        else:
            self._properties.read(field, out)

    # -- writing

    def write(self, field: str, data: torch.Tensor, indices: torch.Tensor) -> None:
        """Write a field of some elements; see :class:`isaaclab_factory.kitless.engine.BodyGroup`."""
        if field in ("transforms", "velocities"):
            self._write_frames(field, data, indices)
        elif self._shapes.knows(field):
            self._shapes.write(field, data, indices)
        else:
            self._properties.write(field, data.view(self.count, -1)[indices], indices)
            self._engine.gravity_changed(field)

    def _write_frames(self, field: str, data: torch.Tensor, indices: torch.Tensor) -> None:
        for rows, frames in self._parts:
            chosen = torch.isin(rows, indices) if len(self._parts) > 1 else None
            local = indices if chosen is None else chosen.nonzero().flatten()
            values = data[indices] if chosen is None else data[rows[local]]
            if isinstance(frames, DerivedBodies):
                if len(local):
                    raise NotImplementedError(
                        f"{self._paths[int(rows[local[0]])]}: a link of an articulation cannot be moved as a rigid body"
                    )
            elif field == "transforms":
                frames.write_pose(values, local)
            else:
                frames.write_velocity(values, local)

    def apply_wrench(
        self,
        force: torch.Tensor | None,
        torque: torch.Tensor | None,
        position: torch.Tensor | None,
        indices: torch.Tensor,
        is_global: bool,
    ) -> None:
        """Act on some elements; see :class:`isaaclab_factory.kitless.engine.BodyGroup`."""
        self._engine.wrenches.apply(
            self._derived, self._worlds, self._bodies, self._offsets, force, torque, position, indices, is_global
        )
