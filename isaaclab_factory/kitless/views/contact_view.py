# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""View of contact forces that answers like ``omni.physics.tensors.impl.api.RigidContactView``."""

from __future__ import annotations

import torch

from ..engine import ContactGroup


class RigidContactView:
    """Contact forces on sensor bodies, in total and from each filter body.

    The engine reports forces. The time step that the methods take turns impulses into forces in omni.physics.tensors;
    here it has no effect.

    Args:
        group: The group of the engine.
        sensor_paths: Prim path of each sensor body.
        filter_paths: Prim paths of the filters of each sensor.
        max_contact_data_count: Capacity for contact points.
        device: Device of the tensors.
        report: False to read zero forces.
    """

    def __init__(
        self,
        group: ContactGroup,
        sensor_paths: list[str],
        filter_paths: list[list[str]],
        max_contact_data_count: int,
        device: str,
        report: bool = True,
    ):
        self._group = group
        self._backend = group
        self._report = report
        self.sensor_count, self.filter_count = group.sensor_count, group.filter_count
        self.sensor_paths, self.filter_paths = sensor_paths, filter_paths
        self.sensor_names = [path.rsplit("/", 1)[-1] for path in sensor_paths]
        self.filter_names = [[path.rsplit("/", 1)[-1] for path in row] for row in filter_paths]
        self.max_contact_data_count = max_contact_data_count
        self._net_forces = torch.zeros(self.sensor_count, 3, device=device)
        self._force_matrix = torch.zeros(self.sensor_count, self.filter_count, 3, device=device)

    def check(self) -> bool:
        """Whether the view is valid."""
        return True

    def get_net_contact_forces(self, dt: float) -> torch.Tensor:
        """Total contact force on each sensor body (N). Shape is (sensor_count, 3).

        Args:
            dt: Length of the physics step (s), above zero.
        """
        if self._report:
            self._group.read_net_forces(self._net_forces)
        return self._net_forces

    def get_contact_force_matrix(self, dt: float) -> torch.Tensor:
        """Contact force on each sensor body from each of its filters (N). Shape is (sensor_count, filter_count, 3).

        Args:
            dt: Length of the physics step (s), above zero.
        """
        if self._report:
            self._group.read_force_matrix(self._force_matrix)
        return self._force_matrix

    def get_contact_data(self, dt: float) -> tuple[torch.Tensor, ...]:
        """Single contact points between sensors and filters.

        Args:
            dt: Length of the physics step (s), above zero.

        Returns:
            Normal forces (C, 1), points (C, 3), normals (C, 3), separations (C, 1), and for each sensor and filter the
            number of points and the index of the first one (sensor_count, filter_count).
        """
        points = self._group.contact_points()
        return (
            points.normal_forces[:, None],
            points.positions,
            points.normals,
            points.separations[:, None],
            points.counts,
            points.starts,
        )

    def get_friction_data(self, dt: float) -> tuple[torch.Tensor, ...]:
        """Friction forces at the contact points between sensors and filters.

        Args:
            dt: Length of the physics step (s), above zero.

        Returns:
            Forces (C, 3), points (C, 3), and for each sensor and filter the number of points and the index of the first
            one (sensor_count, filter_count).
        """
        points = self._group.contact_points()
        return points.friction_forces, points.positions, points.counts, points.starts
