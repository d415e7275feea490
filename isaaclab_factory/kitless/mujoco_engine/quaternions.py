# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Batched quaternions (x, y, z, w) on tensors."""

from __future__ import annotations

import torch

XYZW_FROM_WXYZ = (1, 2, 3, 0)
"""Where the entries of an (x, y, z, w) quaternion stand in MuJoCo's (w, x, y, z)."""


def rotate(quat: torch.Tensor, vector: torch.Tensor) -> torch.Tensor:
    """Vectors turned by unit quaternions (x, y, z, w). Shapes are (..., 4) and (..., 3)."""
    xyz = quat[..., :3]
    twice = 2.0 * torch.linalg.cross(xyz, vector)
    return vector + quat[..., 3:] * twice + torch.linalg.cross(xyz, twice)


def rotate_inverse(quat: torch.Tensor, vector: torch.Tensor) -> torch.Tensor:
    """Vectors turned by the inverse of unit quaternions (x, y, z, w)."""
    xyz = quat[..., :3]
    twice = 2.0 * torch.linalg.cross(xyz, vector)
    return vector - quat[..., 3:] * twice + torch.linalg.cross(xyz, twice)


def multiply(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    """Products of quaternions: first turned after second."""
    vector = first[..., 3:] * second[..., :3] + second[..., 3:] * first[..., :3]
    vector = vector + torch.linalg.cross(first[..., :3], second[..., :3])
    scalar = first[..., 3:] * second[..., 3:] - (first[..., :3] * second[..., :3]).sum(-1, keepdim=True)
    return torch.cat((vector, scalar), dim=-1)


def conjugate(quat: torch.Tensor) -> torch.Tensor:
    """Inverses of unit quaternions."""
    return torch.cat((-quat[..., :3], quat[..., 3:]), dim=-1)


def matrix_from_quat(quat: torch.Tensor) -> torch.Tensor:
    """Rotation matrices of unit quaternions (x, y, z, w). Shape is (B, 3, 3)."""
    x, y, z, w = quat.unbind(-1)
    rows = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
        (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
        (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
    )
    return torch.stack([torch.stack(row, dim=-1) for row in rows], dim=-2)


def quat_from_matrix(matrix: torch.Tensor) -> torch.Tensor:
    """Unit quaternions of rotation matrices, by the eigenvector of Bar-Itzhack's symmetric matrix.

    Itzhack Y. Bar-Itzhack, New Method for Extracting the Quaternion from a Rotation Matrix, 2000.
    """
    m = matrix
    out = torch.empty(*m.shape[:-2], 4, 4, dtype=m.dtype)
    out[..., 0, :] = torch.stack(
        (m[..., 0, 0] + m[..., 1, 1] + m[..., 2, 2], m[..., 2, 1] - m[..., 1, 2], m[..., 0, 2] - m[..., 2, 0],
         m[..., 1, 0] - m[..., 0, 1]), dim=-1)  # fmt: skip
    out[..., :, 0] = out[..., 0, :]
    symmetric = m + m.transpose(-1, -2)
    trace = m.diagonal(dim1=-2, dim2=-1).sum(-1)
    out[..., 1:, 1:] = symmetric - trace[..., None, None] * torch.eye(3, dtype=m.dtype)
    return torch.linalg.eigh(out / 3.0).eigenvectors[..., -1][..., XYZW_FROM_WXYZ]


def principal_axes(inertia: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Principal moments and axes; diagonal matrices keep the axes of the body.

    Args:
        inertia: Symmetric matrices. Shape is (B, 3, 3).
    """
    diagonal = inertia.diagonal(dim1=1, dim2=2)
    off_diagonal = (inertia - torch.diag_embed(diagonal)).abs().amax(dim=(1, 2))
    is_diagonal = off_diagonal <= 1e-7 * diagonal.abs().amax(dim=1)
    moments, axes = torch.linalg.eigh(inertia)
    axes = axes * torch.linalg.det(axes).sign()[:, None, None]
    quat = quat_from_matrix(axes)
    identity = torch.tensor([0.0, 0.0, 0.0, 1.0], dtype=inertia.dtype)
    return torch.where(is_diagonal[:, None], diagonal, moments), torch.where(is_diagonal[:, None], identity, quat)
