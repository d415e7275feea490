# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Whether the parts of a task fit, and the held one starts above the others, wherever their dimensions come from."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
from isaaclab.assets import AssetBaseCfg

from isaaclab_factory.assets import part_of
from isaaclab_factory.geometry import Part, require_fit

_HAND, _HELD = {"position", "position_noise"}, {"grasp_offset", "position_noise"}
"""Parameters of the events that place the hand above the fixed part, and the part in the hand."""


def require_fitting_parts(cfg: Any) -> None:
    """Refuse a configuration whose held part does not go into or onto the fixed part.

    ``use_parts`` refuses such parts, but an override or a user's own configuration may have changed one afterwards.
    Nothing is checked where a part's dimensions are not known, or neither part knows its clearance to the other.

    Args:
        cfg: Configuration of an assembly task, with its presets resolved.

    Raises:
        ValueError: If they do not fit.
    """
    held, fixed = (_part(cfg, name) for name in ("held_asset", "fixed_asset"))
    if held is None or fixed is None:
        return
    for part, other in ((held, fixed), (fixed, held)):
        with contextlib.suppress(TypeError):  # of parts that do not belong together
            require_fit(part, other)


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
    part = _part(cfg, name)
    if part is None:
        return ()
    heights = part.mesh().vertices[:, 2]
    return float(np.min(heights)), float(np.max(heights))


def _part(cfg: Any, name: str) -> Part | None:
    """A part of the scene, None where its dimensions are not known."""
    asset = getattr(cfg.scene, name, None)
    if not isinstance(asset, AssetBaseCfg):
        return None
    try:
        part = part_of(asset)
    except ValueError:
        return None
    part.check()
    return part
