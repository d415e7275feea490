# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configuration of the goal of threading."""

from __future__ import annotations

import math
from dataclasses import MISSING

from isaaclab.managers import CommandTerm
from isaaclab.utils import configclass

from .commands_cfg import AssemblyGoalCfg
from .thread_goal import ThreadGoal


@configclass
class ThreadGoalCfg(AssemblyGoalCfg):
    """Configuration of :class:`ThreadGoal`."""

    class_type: type[CommandTerm] = ThreadGoal

    robot_name: str = MISSING
    """Name of the robot."""

    body_name: str = MISSING
    """Name of the body of the robot's hand."""

    thread_pitch: float = MISSING
    """Pitch of the right-handed thread in m."""

    success_yaw: float = 0.0
    """The nut is threaded only where the hand's yaw is less than this, in rad."""

    yaw_unwrap: float = math.radians(235.0)
    """Largest yaw of the hand in rad; greater ones count as a turn less, as in the reference."""

    seated_play: float = 0.0002
    """Largest distance in m along the axis between a nut on the thread and the helix."""

    seated_offset: float = 0.0005
    """Largest distance in m of a nut on the thread from the bolt's axis."""

    seated_tilt: float = math.radians(3.0)
    """Largest angle in rad between the axes of a nut on the thread and of the bolt."""
