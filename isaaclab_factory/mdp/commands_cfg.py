# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configuration of the goals of assembly."""

from __future__ import annotations

import math
from dataclasses import MISSING
from typing import TYPE_CHECKING

from isaaclab.managers import CommandTermCfg
from isaaclab.utils import configclass

if TYPE_CHECKING:
    from .commands import AssemblyGoal
    from .commands_thread import ThreadGoal


@configclass
class AssemblyGoalCfg(CommandTermCfg):
    """Configuration of :class:`AssemblyGoal`."""

    class_type: type[AssemblyGoal] | str = "{DIR}.commands:AssemblyGoal"

    resampling_time_range: tuple[float, float] = (1.0e9, 1.0e9)
    """A goal lasts for the whole episode: longer than any."""

    held_asset_name: str = "held_asset"
    """Name of the part in the gripper."""

    fixed_asset_name: str = "fixed_asset"
    """Name of the part that it is assembled with."""

    tip_offset: tuple[float, float, float] = MISSING
    """The tip of the fixed part, which is what the policy observes of it, in m, in the frame of the fixed part."""

    target_offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Where the held part's base ends when assembled, in m, in the frame of the fixed part."""

    held_base_offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Base of the held part in m, in the frame of the held part."""

    tip_noise_std: tuple[float, float, float] = (0.001, 0.001, 0.001)
    """Standard deviation in m of the tip's observed position. One draw per episode."""

    num_keypoints: int = 4
    """Number of keypoints along the z axis of each part."""

    keypoint_length: float = 0.15
    """Distance in m between the first and the last keypoint, which are centered at the part's base."""

    success_height: float = MISSING
    """The parts are assembled when the held base is less than this above its target, in m."""

    engaged_height: float = MISSING
    """The parts are engaged when the held base is less than this above its target, in m."""

    centering_tolerance: float = 0.0025
    """Largest horizontal distance in m between held base and target for both."""


@configclass
class ThreadGoalCfg(AssemblyGoalCfg):
    """Configuration of :class:`ThreadGoal`."""

    class_type: type[ThreadGoal] | str = "{DIR}.commands_thread:ThreadGoal"

    robot_name: str = MISSING
    """Name of the robot."""

    body_name: str = MISSING
    """Name of the body of the robot's hand."""

    thread_pitch: float = MISSING
    """Pitch of the right-handed thread in m."""

    success_yaw: float = 0.0
    """The nut is threaded only where the hand's yaw is less than this, in rad."""

    yaw_unwrap: float = math.radians(235.0)
    """Largest yaw of the hand in rad. A greater one counts as a turn less, as in the reference."""

    seated_play: float = 0.0002
    """Largest distance in m along the axis between a nut on the thread and the helix."""

    seated_offset: float = 0.0005
    """Largest distance in m of a nut on the thread from the bolt's axis."""

    seated_tilt: float = math.radians(3.0)
    """Largest angle in rad between the axes of a nut on the thread and of the bolt."""
