# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The rotation conversions that :mod:`isaaclab.utils.math` lacks. Quaternions are (x, y, z, w)."""

from __future__ import annotations

import torch


def quat_from_rotvec(rotvec: torch.Tensor) -> torch.Tensor:
    """Quaternion of a rotation vector (unit axis times angle in rad).

    The inverse is :func:`isaaclab.utils.math.axis_angle_from_quat`.

    Args:
        rotvec: Rotation vectors. Shape is (..., 3).

    Returns:
        Unit quaternions. Shape is (..., 4).
    """
    half = 0.5 * torch.linalg.vector_norm(rotvec, dim=-1, keepdim=True)
    # torch.sinc(x) is sin(pi x) / (pi x), finite at zero
    return torch.cat((0.5 * torch.sinc(half / torch.pi) * rotvec, torch.cos(half)), dim=-1)


def yaw_from_quat(quat: torch.Tensor) -> torch.Tensor:
    """Yaw of the roll-pitch-yaw (extrinsic xyz) angles.

    Args:
        quat: Unit quaternions. Shape is (..., 4).

    Returns:
        Yaw in rad, in (-pi, pi]. Shape is (...).
    """
    x, y, z, w = quat.unbind(-1)
    return torch.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))


def pointing_down_quat(yaw: torch.Tensor) -> torch.Tensor:
    """Quaternion of roll pi, pitch zero and the given yaw: the tool's z axis points straight down.

    Args:
        yaw: Yaw in rad. Shape is (...).

    Returns:
        Unit quaternions. Shape is (..., 4).
    """
    half, zero = 0.5 * yaw, torch.zeros_like(yaw)
    return torch.stack((torch.cos(half), torch.sin(half), zero, zero), dim=-1)
