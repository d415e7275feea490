# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""View of articulations that answers like ``omni.physics.tensors.impl.api.ArticulationView``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from ..engine import ARTICULATION_FIELDS, ArticulationGroup
from .base import FieldView, with_fields


@dataclass(frozen=True)
class ArticulationMetatype:
    """Structure that all articulations of a view share.

    Attributes:
        fixed_base: True where the base is fixed to the world.
        dof_names: Names of the degrees of freedom.
        link_names: Names of the links, base first.
    """

    fixed_base: bool
    dof_names: list[str]
    link_names: list[str]

    @property
    def dof_count(self) -> int:
        """Number of degrees of freedom."""
        return len(self.dof_names)

    @property
    def link_count(self) -> int:
        """Number of links."""
        return len(self.link_names)


@with_fields(ARTICULATION_FIELDS)
class ArticulationView(FieldView):
    """Articulations of one structure.

    Args:
        group: The group of the engine.
        prim_paths: Root prim path of each articulation.
        device: Device of the state tensors.
    """

    max_fixed_tendons = 0
    max_spatial_tendons = 0

    def __init__(self, group: ArticulationGroup, prim_paths: list[str], device: str):
        links, dofs = len(group.link_names), len(group.dof_names)
        sizes = {
            "links": links,
            "dofs": dofs,
            "shapes": group.max_shapes,
            "jacobian_links": links - 1 if group.fixed_base else links,
            "generalized_dofs": dofs if group.fixed_base else dofs + 6,
        }
        super().__init__(group, prim_paths, sizes, device)
        self.shared_metatype = ArticulationMetatype(group.fixed_base, group.dof_names, group.link_names)
        self.is_homogeneous = True
        self.max_links, self.max_dofs = links, dofs
        self.link_paths, self.dof_paths = group.link_paths, group.dof_paths
        self.jacobian_shape = self.field_shape("jacobians")[1:]
        self.generalized_mass_matrix_shape = self.field_shape("generalized_mass_matrices")[1:]

    def apply_forces_and_torques_at_position(
        self,
        force_data: torch.Tensor | None,
        torque_data: torch.Tensor | None,
        position_data: torch.Tensor | None,
        indices: Any,
        is_global: bool,
    ) -> bool:
        """Act on the links during the next physics step.

        Args:
            force_data: Forces (N), None for none. Shape is (count * links, 3).
            torque_data: Torques (N m), None for none. Shape is as for forces.
            position_data: Points of application (m), None for the centres of mass. Shape is as for forces.
            indices: The articulations to act on.
            is_global: True for vectors and points in the world frame, False for the frame of each link.
        """
        return self._apply_wrench(force_data, torque_data, position_data, indices, is_global, self.max_links)
