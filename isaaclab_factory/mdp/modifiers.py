# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Modifiers of observation terms."""

from __future__ import annotations

import torch


def saturate(data: torch.Tensor, distance: float) -> torch.Tensor:
    """Magnify small positions: ``tanh(data / distance)``, linear near zero and between -1 and 1 everywhere.

    Args:
        data: Positions in m. Any shape.
        distance: Distance in m over which the values saturate: at this distance they are 0.76.

    Returns:
        Values without unit. Shape is that of the data.
    """
    return torch.tanh(data / distance)
