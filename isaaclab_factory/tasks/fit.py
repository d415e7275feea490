# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Refuses a task whose parts do not fit, before an agent is trained on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from isaaclab_factory.geometry import Gear, GearBase, Hole, MetricBolt, MetricNut, Peg, require_fit

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedEnv

_PAIRS = ((Hole, Peg), (MetricNut, MetricBolt), (GearBase, Gear))
"""Kinds of parts of which the first knows how the second fits."""


def require_parts_to_fit(
    env: ManagerBasedEnv,
    env_ids: torch.Tensor | None,
    held_asset_name: str = "held_asset",
    fixed_asset_name: str = "fixed_asset",
) -> None:
    """Event term for the startup: the held part must go into or onto the fixed one.

    The functions that make an assembly check it too, but an override of one part's dimensions comes after them. Parts
    of other kinds, such as meshes, do not know how they fit and are let pass.

    Args:
        env: The environment.
        env_ids: Indices of the environments; the parts are the same in all.
        held_asset_name: Name of the part in the gripper.
        fixed_asset_name: Name of the part that it is assembled with.

    Raises:
        ValueError: If the parts do not fit.
    """
    held, fixed = (getattr(env.scene[name].cfg.spawn, "part", None) for name in (held_asset_name, fixed_asset_name))
    for outer, inner in ((held, fixed), (fixed, held)):
        if any(isinstance(outer, knows) and isinstance(inner, fits) for knows, fits in _PAIRS):
            require_fit(outer, inner)
