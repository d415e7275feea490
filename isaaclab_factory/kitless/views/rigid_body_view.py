# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""View of rigid bodies that answers like ``omni.physics.tensors.impl.api.RigidBodyView``."""

from __future__ import annotations

from typing import Any

import torch

from ..engine import RIGID_BODY_FIELDS, RigidBodyGroup
from .base import FieldView, with_fields


@with_fields(RIGID_BODY_FIELDS)
class RigidBodyView(FieldView):
    """Rigid bodies, links of articulations included.

    Args:
        group: The group of the engine.
        prim_paths: Prim path of each body.
        device: Device of the state tensors.
    """

    def __init__(self, group: RigidBodyGroup, prim_paths: list[str], device: str):
        super().__init__(group, prim_paths, {"shapes": group.max_shapes}, device)

    def set_kinematic_targets(self, data: torch.Tensor, indices: Any = None) -> bool:
        """Put kinematic bodies where they shall be after the next step. Shape is (count, 7)."""
        return self._set("transforms", data, indices)

    def apply_forces_and_torques_at_position(
        self,
        force_data: torch.Tensor | None,
        torque_data: torch.Tensor | None,
        position_data: torch.Tensor | None,
        indices: Any,
        is_global: bool,
    ) -> bool:
        """Act on the bodies during the next physics step.

        Args:
            force_data: Forces (N), None for none. Shape is (count, 3).
            torque_data: Torques (N m), None for none. Shape is as for forces.
            position_data: Points of application (m), None for the centres of mass. Shape is as for forces.
            indices: The bodies to act on.
            is_global: True for vectors and points in the world frame, False for the frame of each body.
        """
        return self._apply_wrench(force_data, torque_data, position_data, indices, is_global, 1)

    def apply_forces(self, data: torch.Tensor, indices: Any = None, is_global: bool = True) -> bool:
        """Act with forces at the centres of mass during the next physics step. Shape is (count, 3)."""
        return self._apply_wrench(data, None, None, indices, is_global, 1)
