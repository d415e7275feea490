# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Scaling and random numbers."""

from __future__ import annotations

from typing import Any

import torch


def to_torch(
    x: Any, dtype: torch.dtype = torch.float, device: str = "cpu", requires_grad: bool = False
) -> torch.Tensor:
    """Make a tensor of anything."""
    return torch.tensor(x, dtype=dtype, device=device, requires_grad=requires_grad)


def normalize(x: torch.Tensor, eps: float = 1e-9) -> torch.Tensor:
    """Vectors of unit length. Shape is (..., n)."""
    return x / x.norm(p=2, dim=-1, keepdim=True).clamp(min=eps)


def normalize_angle(x: torch.Tensor) -> torch.Tensor:
    """Angles in (-pi, pi] (rad)."""
    return torch.atan2(torch.sin(x), torch.cos(x))


def scale_transform(x: torch.Tensor, lower: torch.Tensor, upper: torch.Tensor) -> torch.Tensor:
    """Map [lower, upper] to [-1, 1]."""
    return (2.0 * x - upper - lower) / (upper - lower)


def unscale_transform(x: torch.Tensor, lower: torch.Tensor, upper: torch.Tensor) -> torch.Tensor:
    """Map [-1, 1] to [lower, upper]."""
    return 0.5 * (x * (upper - lower) + upper + lower)


scale, unscale = scale_transform, unscale_transform


def saturate(x: torch.Tensor, lower: torch.Tensor, upper: torch.Tensor) -> torch.Tensor:
    """Clip to [lower, upper]."""
    return torch.maximum(torch.minimum(x, upper), lower)


tensor_clamp = saturate


def torch_rand_float(lower: float, upper: float, shape: tuple[int, int], device: str) -> torch.Tensor:
    """Uniform random numbers in [lower, upper)."""
    return (upper - lower) * torch.rand(shape[0], shape[1], device=device) + lower


def torch_random_dir_2(shape: tuple[int, int], device: str) -> torch.Tensor:
    """Random unit vectors in the plane. Shape is (N, 2) for the shape (N, 1)."""
    angle = torch_rand_float(-torch.pi, torch.pi, shape, device).squeeze(-1)
    return torch.stack([torch.cos(angle), torch.sin(angle)], dim=-1)
