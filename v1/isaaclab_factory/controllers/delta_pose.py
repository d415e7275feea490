# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""From a 6-D delta action to the pose that the tool should reach."""

from __future__ import annotations

import torch
from isaaclab.utils.math import quat_mul

from .rotations import pointing_down_quat, yaw_from_quat


def delta_pose_target(
    pos: torch.Tensor,
    quat: torch.Tensor,
    delta_pos: torch.Tensor,
    delta_quat: torch.Tensor,
    center: torch.Tensor,
    bounds: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Target pose of an upright tool: current pose plus a delta, kept in a box around a center.

    The rotation is about the axes of the frame of ``pos``. Only the yaw of the result is kept: roll is pi and pitch is
    zero, so the tool points straight down (``_apply_action`` of Isaac Lab's ``FactoryEnv``).

    Args:
        pos: Current position of the tool in m. Shape is (N, 3).
        quat: Current orientation of the tool (x, y, z, w). Shape is (N, 4).
        delta_pos: Position delta in m, in the frame of ``pos``. Shape is (N, 3).
        delta_quat: Rotation delta (x, y, z, w), multiplied from the left. Shape is (N, 4).
        center: Center of the allowed box in m, in the frame of ``pos``. Shape is (N, 3).
        bounds: Half extents of the allowed box in m. Shape is (3,).

    Returns:
        Target position in m (N, 3) and target orientation (N, 4).
    """
    target_pos = center + torch.clamp(pos + delta_pos - center, -bounds, bounds)
    target_quat = pointing_down_quat(yaw_from_quat(quat_mul(delta_quat, quat)))
    return target_pos, target_quat
