# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Contact forces on bodies, from contact sensors that are added to the model when they are first asked for.

Forces are the mean over the engine steps of the last physics step: its impulse over its length, as PhysX reports it.
Single contact points are those of the last engine step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import mujoco
import torch

from ..engine import ContactPoints

if TYPE_CHECKING:
    from .engine import MujocoEngine

MAX_POINTS = 32
"""Most contact points that are kept for one sensor and filter."""

_FORCE = 1 << int(mujoco.mjtConDataField.mjCONDATA_FORCE)
_POINT_FIELDS = ("FOUND", "FORCE", "DIST", "POS", "NORMAL", "TANGENT")
_POINT = sum(1 << int(getattr(mujoco.mjtConDataField, f"mjCONDATA_{name}")) for name in _POINT_FIELDS)
_POINT_SIZE = 14
_NET_FORCE, _ALL_POINTS = 3, 0


class ContactGroup:
    """Contact sensors on a list of bodies; see :class:`isaaclab_factory.kitless.engine.ContactGroup`.

    Args:
        engine: The engine.
        sensor_paths: Sensor bodies.
        filter_paths: Bodies or static colliders to report one by one, for each sensor.
        max_contacts: Capacity for contact points of all sensors together.
    """

    def __init__(self, engine: MujocoEngine, sensor_paths: list[str], filter_paths: list[list[str]], max_contacts: int):
        self._engine, self._sim = engine, engine.sim
        self.sensor_count = len(sensor_paths)
        self.filter_count = len(filter_paths[0]) if filter_paths else 0
        self._worlds, bodies = engine.layout.locate(sensor_paths)
        filters = [engine.layout.locate(row)[1] for row in filter_paths] if self.filter_count else []
        self._slots = min(MAX_POINTS, max(1, max_contacts // max(1, self.sensor_count))) if max_contacts else 0
        wanted = [(body, None, _NET_FORCE) for body in bodies]
        self._net_names = [_name(*key) for key in wanted]
        pairs = [(body, path) for body, row in zip(bodies, filters, strict=False) for path in row]
        wanted += [(body, path, _NET_FORCE) for body, path in pairs]
        self._pair_names = [_name(body, path, _NET_FORCE) for body, path in pairs]
        self._point_names = []
        if self._slots:
            wanted += [(body, path, _ALL_POINTS) for body, path in pairs]
            self._point_names = [_name(body, path, _ALL_POINTS) for body, path in pairs]
        self._pair_worlds = self._worlds.repeat_interleave(self.filter_count)
        self._add_sensors(wanted)
        self._generation = -1

    def _add_sensors(self, wanted: list[tuple[str, str | None, int]]) -> None:
        spec, added = self._sim.spec, set()
        for body, path, kind in wanted:
            name = _name(body, path, kind)
            if name in added or spec.sensor(name) is not None:
                continue
            added.add(name)
            sensor = spec.add_sensor(
                name=name,
                type=mujoco.mjtSensor.mjSENS_CONTACT,
                objtype=mujoco.mjtObj.mjOBJ_BODY,
                objname=body,
                intprm=[_POINT, kind, self._slots] if kind == _ALL_POINTS else [_FORCE, kind, 1],
            )
            if kind == _NET_FORCE:
                sensor.nsample = self._engine.engine_steps  # to take the mean of
            if path is not None:
                is_body = spec.body(path) is not None
                sensor.reftype = mujoco.mjtObj.mjOBJ_BODY if is_body else mujoco.mjtObj.mjOBJ_GEOM
                sensor.refname = path
        if added:
            self._sim.rebuild()
        self._sim.average_sensors()

    # -- forces

    def read_net_forces(self, out: torch.Tensor) -> None:
        """Fill out with the total contact force on each sensor body (N). Shape is (sensor_count, 3)."""
        self._update_indices()
        out.copy_(torch.take(self._sim.sensor_mean, self._net).neg_())

    def read_force_matrix(self, out: torch.Tensor) -> None:
        """Fill out with the force from each filter (N). Shape is (sensor_count, filter_count, 3)."""
        self._update_indices()
        out.copy_(torch.take(self._sim.sensor_mean, self._pair).neg_().view(out.shape))

    def contact_points(self) -> ContactPoints:
        """Single contact points between sensors and filters, sorted by sensor and filter.

        Raises:
            RuntimeError: If the group was made without capacity for contact points.
        """
        if not self._slots:
            raise RuntimeError("contact points were asked of a contact view made with max_contact_data_count = 0")
        self._update_indices()
        data = torch.take(self._sim.derived("sensordata"), self._points).view(-1, self._slots, _POINT_SIZE)
        found = data[..., 0] > 0
        counts = found.sum(dim=1)
        rows = data[found]
        worlds = self._pair_worlds[:, None].expand_as(found)[found]
        force, distance, position = rows[:, 1:4], rows[:, 4], rows[:, 5:8]
        normal, tangent = rows[:, 8:11], rows[:, 11:14]
        other = torch.linalg.cross(normal, tangent)
        # MuJoCo gives the force on the filter and the normal towards it
        friction = -(force[:, 1:2] * tangent + force[:, 2:3] * other)
        shape = (self.sensor_count, self.filter_count)
        return ContactPoints(
            positions=(position + self._engine.layout.offsets[worlds]).float(),
            normals=-normal.float(),
            normal_forces=force[:, 0].float(),
            friction_forces=friction.float(),
            separations=distance.float(),
            counts=counts.view(shape),
            starts=(counts.cumsum(0) - counts).view(shape),
        )

    def _update_indices(self) -> None:
        """Find the sensors in the present model, which grows when other contact groups are made."""
        if self._generation == self._sim.generation:
            return
        self._net = self._index(self._net_names, self._worlds, 3)
        self._pair = self._index(self._pair_names, self._pair_worlds, 3)
        self._points = self._index(self._point_names, self._pair_worlds, self._slots * _POINT_SIZE)
        self._generation = self._sim.generation

    def _index(self, names: list[str], worlds: torch.Tensor, size: int) -> torch.Tensor:
        model = self._sim.model
        starts = torch.tensor([model.sensor(name).adr[0] for name in names], dtype=torch.long)
        worlds = worlds[: len(starts)]
        return (worlds * model.nsensordata + starts)[:, None] + torch.arange(size)


def _name(body: str, path: str | None, kind: int) -> str:
    return f"contact {kind} {body} {path or 'anything'}"
