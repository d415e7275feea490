# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""View of a whole simulation that answers like ``omni.physics.tensors.impl.api.SimulationView``."""

from __future__ import annotations

from collections.abc import Sequence

from ..engine import Engine
from .articulation_view import ArticulationView
from .contact_view import RigidContactView
from .patterns import match_all, match_paths
from .rigid_body_view import RigidBodyView


class SimulationView:
    """Makes the views of the prims of a simulation.

    Args:
        engine: The engine that simulates them.
        report_contacts: False where contact forces are not reported: contact views then read zero, as with Kit's
            setting ``/physics/disableContactProcessing``.
    """

    def __init__(self, engine: Engine, report_contacts: bool = True):
        self._engine = engine
        self._report_contacts = report_contacts
        self._backend = _Backend()
        self.device = engine.device
        self.is_valid = True

    def create_articulation_view(self, pattern: str | Sequence[str]) -> ArticulationView:
        """View of the articulations whose root prim matches.

        Raises:
            ValueError: If nothing matches or the articulations differ in structure.
        """
        paths = match_all(pattern, self._engine.articulation_paths, "articulation")
        return ArticulationView(self._engine.articulation_group(paths), paths, self.device)

    def create_rigid_body_view(self, pattern: str | Sequence[str]) -> RigidBodyView:
        """View of the rigid bodies, links included, that match.

        Raises:
            ValueError: If nothing matches.
        """
        paths = match_all(pattern, self._engine.rigid_body_paths, "rigid body")
        return RigidBodyView(self._engine.rigid_body_group(paths), paths, self.device)

    def create_rigid_contact_view(
        self,
        pattern: str | Sequence[str],
        filter_patterns: Sequence[str] | Sequence[Sequence[str]] = (),
        max_contact_data_count: int = 0,
    ) -> RigidContactView:
        """View of the contacts of the rigid bodies that match.

        Args:
            pattern: The sensor bodies.
            filter_patterns: Bodies or static colliders whose contacts are reported one by one. A filter in another
                environment than the sensor is left out.
            max_contact_data_count: Capacity for single contact points, 0 if only forces are wanted.

        Raises:
            ValueError: If nothing matches, or a filter does not match equally many prims for every sensor.
        """
        sensors = match_all(pattern, self._engine.rigid_body_paths, "rigid body")
        filters = self._filters(sensors, _flat(filter_patterns))
        group = self._engine.contact_group(sensors, filters, max_contact_data_count)
        return RigidContactView(group, sensors, filters, max_contact_data_count, self.device, self._report_contacts)

    def _filters(self, sensors: list[str], patterns: list[str]) -> list[list[str]]:
        """Filter prims of each sensor: those in the world of the sensor and those that all worlds share."""
        candidates = [*self._engine.rigid_body_paths, *self._engine.static_collider_paths]
        world_of = self._engine.world_of_path
        filters: list[list[str]] = [[] for _ in sensors]
        for pattern in patterns:
            matches = match_paths(pattern, candidates)
            matches = matches or [path for path in candidates if match_paths(pattern + "/*", [_up(path, pattern)])]
            if not matches:
                raise ValueError(f"no rigid body or collider matches the filter pattern '{pattern}'")
            by_world: dict[int, list[str]] = {}
            for path in matches:
                by_world.setdefault(world_of[path], []).append(path)
            counts = set()
            for row, sensor in zip(filters, sensors, strict=True):
                own = by_world.get(-1, []) + (by_world.get(world_of[sensor], []) if world_of[sensor] >= 0 else [])
                counts.add(len(own))
                row += own
            if len(counts) > 1 or 0 in counts:
                raise ValueError(
                    f"the filter pattern '{pattern}' matches {sorted(counts)} prims for different sensors; it must"
                    " match equally many, at least one, for each"
                )
        return filters

    def get_gravity(self) -> tuple[float, float, float]:
        """Gravity of the scene (m/s2)."""
        return self._engine.gravity

    def set_gravity(self, gravity: Sequence[float]) -> bool:
        """Change the gravity of the scene (m/s2)."""
        self._engine.gravity = (float(gravity[0]), float(gravity[1]), float(gravity[2]))
        return True

    def update_articulations_kinematic(self) -> bool:
        """Make link poses and velocities agree with what was written since the last step."""
        self._engine.forward()
        return True

    def set_subspace_roots(self, pattern: str) -> bool:
        """Accepted for "/" only: tensors are always in the world frame.

        Raises:
            NotImplementedError: For any other pattern.
        """
        if pattern != "/":
            raise NotImplementedError(f"subspace roots '{pattern}': only '/' is supported")
        return True

    def check(self) -> bool:
        """Whether the view is valid."""
        return self.is_valid

    def invalidate(self) -> None:
        """Mark the view as invalid."""
        self.is_valid = False


class _Backend:
    """What Isaac Lab calls on the backend of a simulation view."""

    def initialize_kinematic_bodies(self) -> None:
        """Kinematic bodies are ready from the start."""


def _flat(patterns: Sequence[str] | Sequence[Sequence[str]]) -> list[str]:
    flat: list[str] = []
    for pattern in patterns:
        flat += [pattern] if isinstance(pattern, str) else list(pattern)
    return flat


def _up(path: str, pattern: str) -> str:
    """The part of a path that is one level below a pattern's depth, to match what lies under a prim."""
    return "/".join(path.split("/")[: pattern.count("/") + 2])
