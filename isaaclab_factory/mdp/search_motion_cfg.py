# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configuration of the torque action that searches by itself."""

from __future__ import annotations

from dataclasses import MISSING

from isaaclab.managers import ActionTerm
from isaaclab.utils import configclass

from .actions_cfg import OperationalSpaceTorqueActionCfg
from .search_motion import SearchMotionTorqueAction


@configclass
class SearchMotionTorqueActionCfg(OperationalSpaceTorqueActionCfg):
    """Configuration of :class:`SearchMotionTorqueAction`."""

    class_type: type[ActionTerm] = SearchMotionTorqueAction

    held_noise: tuple[float, float] = MISSING
    """Largest offset in m of the part in the hand along the hand's x and y axes. The path's lines are along x."""

    share: float = 0.99
    """Probability of all the places that the path passes."""

    line_spacing: float = 0.9e-3
    """Distance in m between neighbouring lines of the path: twice the radius within which a part is caught."""

    step: float = 0.2e-3
    """Largest distance in m between the points of the path."""

    lookahead: float = 1.0e-3
    """How far in m the hand is drawn ahead of the point that was reached; twice that can be won in a step."""

    tolerance: float = 1.2e-3
    """A point is reached when the fingertip is less than this beside it, in m."""

    speed: float = 0.014
    """Speed in m/s at which the pressing hand is drawn along …"""

    friction: float = 0.75
    """… against the friction of the parts, of which this is the coefficient."""

    approach_rate: float = 4.0
    """Speed sideways per distance in 1/s of a hand that does not press …"""

    approach_speed: float = 0.05
    """… and the largest one, in m/s."""

    descent_speed: float = 0.04
    """Speed downwards in m/s of a hand that does not press."""

    press_force: float = 0.6
    """Force downwards in N while the hand slides along …"""

    stuck_force: float = 2.5
    """… while it waits where it is stuck …"""

    insert_force: float = 5.0
    """… and where it has found the place."""

    turn_angle: float = 0.2
    """In both the hand turns back and forth by this angle in rad to either side of the yaw that it started with, …"""

    turn_period_s: float = 1.0
    """… once in this time in s. A pitch of Factory's medium gear is 0.16 rad."""

    largest_delta: float = 0.05
    """Largest position delta in m of the motion along each axis of the world."""

    least_force: float = 0.2
    """The hand presses when it exerts more than this downwards, in N, …"""

    largest_speed: float = 0.01
    """… and moves up or down with less than this, in m/s."""

    stuck_speed: float = 0.0015
    """A pressing hand is stuck when it moves sideways with less than this along both axes, in m/s."""

    patience_s: float = 0.2
    """After being stuck for so long in s the hand waits, so that the part can slip in: it is not drawn along …"""

    pause_s: float = 0.5
    """… for so long in s. Then it is drawn again, …"""

    skip: float = 2.0e-3
    """… to a point that is this much further along the path, in m, since something may be in the way."""

    inside_depth: float = 0.001
    """A hand that is lower by this than where it slid, in m, has found the place."""
