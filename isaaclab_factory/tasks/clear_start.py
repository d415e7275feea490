# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Whether the held part starts above the other parts, wherever their dimensions come from."""

from __future__ import annotations

from typing import Any

import numpy as np
from isaaclab.assets import AssetBaseCfg

from isaaclab_factory.assets import part_of

_HAND, _HELD = {"position", "position_noise"}, {"grasp_offset", "position_noise"}
"""Parameters of the events that place the hand above the fixed part, and the part in the hand."""


def require_clear_start(cfg: Any) -> None:
    """Refuse a configuration in which the held part may start below the top of another part.

    ``use_parts`` derives the height of the hand from the dimensions of the parts. A part that an override or a user's
    own configuration has changed may no longer fit that height. The engine would throw it out of the other part.

    All parts stand upright at a reset, so heights are enough. Nothing is checked where the events that place hand and
    part are not those of this package, or a part's dimensions are not known.

    Args:
        cfg: Configuration of an assembly task, with its presets resolved.

    Raises:
        ValueError: If the hand starts too low, with the least height.
    """
    hand, held = (getattr(getattr(cfg.events, name, None), "params", {}) for name in ("hand", "held_part"))
    goal = getattr(cfg.commands, "assembly_goal", None)
    if goal is None or not (hand.keys() >= _HAND and held.keys() >= _HELD):
        return
    others = [height for name in ("fixed_asset", *_parts_on_it(cfg)) for height in _heights(cfg, name)]
    own = _heights(cfg, "held_asset")
    if not others or not own:
        return
    below_fingertip = held["grasp_offset"][2] + held["position_noise"][2] - min(own)
    least = max(others) - goal.tip_offset[2] + hand["position_noise"][2] + below_fingertip
    if hand["position"][2] < least - 1e-9:
        raise ValueError(
            f"events.hand.params['position'] must be at least {least:.6f} m high, so that the held part starts above"
            f" the others, got {hand['position'][2]}."
        )


def _parts_on_it(cfg: Any) -> list[str]:
    """Names of the parts that a reset event puts on the fixed part, in whose frame they are modelled."""
    params = [event.params for event in vars(cfg.events).values() if hasattr(event, "params")]
    return [each["asset_cfg"].name for each in params if {"asset_cfg", "fixed_cfg"} <= each.keys()]


def _heights(cfg: Any, name: str) -> tuple[float, ...]:
    """Lowest and highest point of a part in its frame in m, nothing where its dimensions are not known."""
    asset = getattr(cfg.scene, name, None)
    if not isinstance(asset, AssetBaseCfg):
        return ()
    try:
        part = part_of(asset)
    except ValueError:
        return ()
    part.check()
    heights = part.mesh().vertices[:, 2]
    return float(np.min(heights)), float(np.max(heights))
