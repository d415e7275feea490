# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The few rotation conversions the controllers need. Quaternions are (w, x, y, z)."""

from __future__ import annotations

import torch


def quat_mul(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Hamilton product: the rotation ``b`` followed by the rotation ``a``.

    Args:
        a: Quaternions. Shape is (..., 4).
        b: Quaternions. Shape is (..., 4).

    Returns:
        The products. Shape is (..., 4).
    """
    aw, ax, ay, az = a.unbind(-1)
    bw, bx, by, bz = b.unbind(-1)
    return torch.stack(
        (
            aw * bw - ax * bx - ay * by - az * bz,
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
        ),
        dim=-1,
    )


def quat_conjugate(quat: torch.Tensor) -> torch.Tensor:
    """Inverse of a unit quaternion. Shapes are (..., 4)."""
    return torch.cat((quat[..., :1], -quat[..., 1:]), dim=-1)


def quat_from_rotvec(rotvec: torch.Tensor) -> torch.Tensor:
    """Quaternion of a rotation vector (unit axis times angle in rad).

    Args:
        rotvec: Rotation vectors. Shape is (..., 3).

    Returns:
        Unit quaternions. Shape is (..., 4).
    """
    half = 0.5 * torch.linalg.vector_norm(rotvec, dim=-1, keepdim=True)
    # torch.sinc(x) is sin(pi x) / (pi x), finite at zero
    return torch.cat((torch.cos(half), 0.5 * torch.sinc(half / torch.pi) * rotvec), dim=-1)


def rotvec_from_quat(quat: torch.Tensor) -> torch.Tensor:
    """Rotation vector of a unit quaternion, along the shorter way round (angle at most pi).

    Args:
        quat: Unit quaternions. Shape is (..., 4).

    Returns:
        Rotation vectors in rad. Shape is (..., 3).
    """
    w, xyz = quat[..., :1], quat[..., 1:]
    sin_half = torch.linalg.vector_norm(xyz, dim=-1, keepdim=True)
    half = torch.atan2(sin_half, w.abs())
    return xyz * torch.copysign(2.0 / torch.sinc(half / torch.pi), w)


def quat_from_matrix(matrix: torch.Tensor) -> torch.Tensor:
    """Quaternion of a rotation matrix, by its largest component so that no root is taken of a small difference.

    Args:
        matrix: Rotation matrices. Shape is (N, 3, 3).

    Returns:
        Unit quaternions; the sign of each is arbitrary. Shape is (N, 4).
    """
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = (row.unbind(-1) for row in matrix.unbind(-2))
    # row i of this symmetric matrix is 4 q_i * (w, x, y, z)
    rows = torch.stack(
        (
            torch.stack((1 + xx + yy + zz, zy - yz, xz - zx, yx - xy), dim=-1),
            torch.stack((zy - yz, 1 + xx - yy - zz, yx + xy, xz + zx), dim=-1),
            torch.stack((xz - zx, yx + xy, 1 - xx + yy - zz, zy + yz), dim=-1),
            torch.stack((yx - xy, xz + zx, zy + yz, 1 - xx - yy + zz), dim=-1),
        ),
        dim=-2,
    )
    largest = torch.diagonal(rows, dim1=-2, dim2=-1).argmax(dim=-1)
    return torch.nn.functional.normalize(rows[torch.arange(len(rows), device=rows.device), largest], dim=-1)


def yaw_from_quat(quat: torch.Tensor) -> torch.Tensor:
    """Yaw of the roll-pitch-yaw (extrinsic xyz) angles, in (-pi, pi]. Shapes are (..., 4) and (...)."""
    w, x, y, z = quat.unbind(-1)
    return torch.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))


def pointing_down_quat(yaw: torch.Tensor) -> torch.Tensor:
    """Quaternion of roll pi, pitch zero and the given yaw: the tool's z axis points straight down.

    Args:
        yaw: Yaw in rad. Shape is (...).

    Returns:
        Unit quaternions. Shape is (..., 4).
    """
    zero = torch.zeros_like(yaw)
    return torch.stack((zero, torch.cos(0.5 * yaw), torch.sin(0.5 * yaw), zero), dim=-1)
