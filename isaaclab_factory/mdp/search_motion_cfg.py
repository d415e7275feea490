# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configuration of the torque action with a search motion."""

from __future__ import annotations

from dataclasses import MISSING
from typing import TYPE_CHECKING

from isaaclab.utils import configclass

from .actions_cfg import OperationalSpaceTorqueActionCfg

if TYPE_CHECKING:
    from .search_motion import SearchMotionTorqueAction


@configclass
class SearchMotionTorqueActionCfg(OperationalSpaceTorqueActionCfg):
    """Configuration of :class:`SearchMotionTorqueAction`."""

    class_type: type[SearchMotionTorqueAction] | str = "{DIR}.search_motion:SearchMotionTorqueAction"

    held_noise: tuple[float, float] = MISSING
    """Largest offset in m of the part in the hand along the hand's x and y axes. The path's lines are along x."""

    share: float = 0.99
    """Probability of all the places that the path passes."""

    line_spacing: float = 0.9e-3
    """Distance in m between neighbouring lines of the path: twice the radius within which a part falls in."""

    step: float = 0.2e-3
    """Largest distance in m between the points of the path."""

    lookahead: float = 1.0e-3
    """How far in m the target is ahead of the point that was reached. Twice that can be gained in one step."""

    tolerance: float = 1.2e-3
    """A point is reached when the fingertip is less than this beside it, in m."""

    speed: float = 0.014
    """Speed in m/s at which a pressing hand is pulled along the path, against ``friction``."""

    friction: float = 0.75
    """Friction coefficient of the parts, which the pull on a pressing hand compensates."""

    approach_rate: float = 4.0
    """Sideways speed per distance in 1/s of a hand that does not press, up to ``approach_speed``."""

    approach_speed: float = 0.05
    """Largest sideways speed in m/s of a hand that does not press."""

    descent_speed: float = 0.04
    """Downward speed in m/s of a hand that does not press."""

    press_force: float = 0.6
    """Downward force in N while the hand slides along the path."""

    stuck_force: float = 2.5
    """Downward force in N while the hand waits where it is stuck."""

    insert_force: float = 5.0
    """Downward force in N where the hand has found the place."""

    turn_angle: float = 0.2
    """Angle in rad by which the hand turns back and forth, to either side of the yaw that it started with.

    It turns while it waits and where it has found the place. A pitch of Factory's medium gear is 0.16 rad.
    """

    turn_period_s: float = 1.0
    """Time in s of one turn back and forth."""

    largest_delta: float = 0.05
    """Largest position delta in m of the motion along each axis of the world."""

    least_force: float = 0.2
    """A hand presses when it exerts more than this downwards, in N, and moves slower than ``largest_speed``."""

    largest_speed: float = 0.01
    """Largest vertical speed in m/s of a hand that presses."""

    stuck_speed: float = 0.0015
    """A pressing hand is stuck when it moves sideways slower than this along both axes of the world, in m/s."""

    patience_s: float = 0.2
    """Time in s after which a stuck hand waits, so that the part can slip in: it is not pulled for ``pause_s``."""

    pause_s: float = 0.5
    """Time in s for which a stuck hand waits."""

    skip: float = 2.0e-3
    """Length of the path in m that is left out after the hand has waited, because something may be in the way."""

    inside_depth: float = 0.001
    """A hand that is lower by this than where it slid, in m, has found the place."""
