# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Rotations of batches of vectors by unit quaternions (x, y, z, w)."""

from __future__ import annotations

import torch


def rotate(quat: torch.Tensor, vector: torch.Tensor) -> torch.Tensor:
    """Vectors turned by quaternions. Shapes are (..., 4) and (..., 3)."""
    xyz = quat[..., :3]
    twice = 2.0 * torch.linalg.cross(xyz, vector)
    return vector + quat[..., 3:] * twice + torch.linalg.cross(xyz, twice)


def multiply(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Rotation by b, then by a. Shapes are (..., 4)."""
    (a_xyz, a_w), (b_xyz, b_w) = (torch.split(quat, (3, 1), dim=-1) for quat in (a, b))
    xyz = a_w * b_xyz + b_w * a_xyz + torch.linalg.cross(*torch.broadcast_tensors(a_xyz, b_xyz))
    return torch.cat((xyz, a_w * b_w - (a_xyz * b_xyz).sum(-1, keepdim=True)), dim=-1)


def from_rotation_vector(vector: torch.Tensor) -> torch.Tensor:
    """Quaternions of rotation vectors (rad). Shapes are (..., 3) and (..., 4)."""
    half = vector.norm(dim=-1, keepdim=True) / 2.0
    return torch.cat((vector * torch.sinc(half / torch.pi) / 2.0, half.cos()), dim=-1)


def to_matrix(quat: torch.Tensor) -> torch.Tensor:
    """Rotation matrices of quaternions. Shapes are (..., 4) and (..., 3, 3)."""
    axes = torch.eye(3, dtype=quat.dtype, device=quat.device).expand(*quat.shape[:-1], 3, 3)
    return rotate(quat[..., None, :].expand(*quat.shape[:-1], 3, 4), axes).transpose(-1, -2)
