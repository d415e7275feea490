# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""How an assembly episode starts: the offset of the part in the hand, of the observed tip, and of the hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from isaaclab.utils.math import quat_apply, wrap_to_pi

from isaaclab_factory.learning.evaluation.grasp import Grasp

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv
    from isaaclab.managers import CommandTerm

NUM_BINS = 4
"""Number of bins, all of one width, for quantities that are drawn uniformly."""

_MM = 1.0e3


@dataclass(frozen=True)
class Quantity:
    """A quantity of the start, and the bins that episodes are sorted into by it."""

    read: Callable[[], torch.Tensor]
    """Returns its values, zero or more, in environments that have just been reset. Shape is (num_envs,)."""
    edges: list[float]
    """Bounds of the bins, rising from zero; the last may be infinite."""


def start_conditions(env: ManagerBasedRLEnv, goal: CommandTerm, grasp: Grasp) -> dict[str, Quantity]:
    """Returns the quantities over which the configured noise spreads the starts.

    Args:
        env: An assembly environment, unwrapped.
        goal: Its assembly goal.
        grasp: Its part in its hand.

    Returns:
        Quantities by name. The name ends with the unit.
    """
    terms = env.event_manager.active_terms.get("reset", [])
    params = {name: env.event_manager.get_term_cfg(name).params for name in terms}
    scale = params.get("start_noise", {}).get("scale", 1.0)
    found = _observed_tip(goal, scale) | _part_in_hand(grasp, scale, **params["held_part"])
    if "hand" in params:
        found |= _hand(grasp, goal, **params["hand"])
    return {name: quantity for name, quantity in found.items() if quantity.edges[-1] > 0.0}


def _observed_tip(goal: Any, scale: float) -> dict[str, Quantity]:
    """Horizontal distance of the observed tip from the fixed part's: bins of half a standard deviation."""
    std = _MM * scale * max(goal.cfg.tip_noise_std[:2])
    edges = [0.5 * number * std for number in range(5)]
    last = [math.inf] if std > 0.0 else []
    return {"tip_noise_mm": Quantity(lambda: _sideways(goal.noisy_tip_pos_w - goal.tip_pos_w), edges + last)}


def _part_in_hand(
    grasp: Grasp, scale: float, grasp_offset: Any, position_noise: Any, **others: Any
) -> dict[str, Quantity]:
    """Offset of the part in the hand along each axis of its own frame."""

    def offset(axis: int) -> Callable[[], torch.Tensor]:
        return lambda: _MM * (grasp.fingertip_in_part()[:, axis] - grasp_offset[axis]).abs()

    return {
        f"part_in_hand_{name}_mm": Quantity(offset(axis), _even_bins(_MM * scale * position_noise[axis]))
        for axis, name in enumerate("xyz")
    }


def _hand(
    grasp: Grasp, goal: Any, position: Any, position_noise: Any, yaw: float, yaw_noise: float, **others: Any
) -> dict[str, Quantity]:
    """Horizontal distance of the hand from the fixed part's tip, and its yaw from the middle of the range."""
    farthest = _MM * math.hypot(*(abs(position[axis]) + position_noise[axis] for axis in (0, 1)))
    return {
        "hand_distance_mm": Quantity(
            lambda: _sideways(grasp.hand_pose_w[:, :3] - goal.tip_pos_w), _even_bins(farthest)
        ),
        "hand_yaw_deg": Quantity(lambda: _yaw_from(yaw, grasp.hand_pose_w[:, 3:]), _even_bins(math.degrees(yaw_noise))),
    }


def _sideways(offset: torch.Tensor) -> torch.Tensor:
    """Horizontal part in mm of offsets in m."""
    return _MM * torch.linalg.vector_norm(offset[:, :2], dim=-1)


def _yaw_from(middle: float, quat: torch.Tensor) -> torch.Tensor:
    """Angle in degrees between a yaw in rad and that of the x axis of upright hands."""
    x_axis = quat_apply(quat, torch.tensor((1.0, 0.0, 0.0), device=quat.device).expand(len(quat), 3))
    return torch.rad2deg(wrap_to_pi(torch.atan2(x_axis[:, 1], x_axis[:, 0]) - middle).abs())


def _even_bins(largest: float) -> list[float]:
    return [largest * number / NUM_BINS for number in range(NUM_BINS + 1)]
