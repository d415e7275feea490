# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Rigid transforms as quaternions (w, x, y, z) and translations."""

from __future__ import annotations

import torch

from isaacsim.core.utils.torch.rotations import quat_apply, quat_conjugate, quat_mul


def tf_combine(
    q1: torch.Tensor, t1: torch.Tensor, q2: torch.Tensor, t2: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Transform 2 expressed in the frame of transform 1."""
    return quat_mul(q1, q2), quat_apply(q1, t2) + t1


def tf_inverse(q: torch.Tensor, t: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Inverse transform."""
    inverse = quat_conjugate(q)
    return inverse, -quat_apply(inverse, t)


def tf_apply(q: torch.Tensor, t: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Transform points."""
    return quat_apply(q, v) + t


def tf_vector(q: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Transform directions."""
    return quat_apply(q, v)


def get_basis_vector(q: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Transform directions."""
    return quat_apply(q, v)
