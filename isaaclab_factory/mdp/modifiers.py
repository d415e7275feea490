# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Modifiers of observation terms."""

from __future__ import annotations

import torch


def saturate(data: torch.Tensor, distance: float) -> torch.Tensor:
    """A position seen through a magnifying glass: linear near zero, between -1 and 1 everywhere.

    It is ``tanh(data / distance)``.

    Args:
        data: Positions in m. Any shape.
        distance: Distance in m that is seen at full scale.

    Returns:
        Values without unit. Shape is that of the data.
    """
    return torch.tanh(data / distance)
