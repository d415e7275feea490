# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configuration of the command terms."""

from __future__ import annotations

from dataclasses import MISSING

from isaaclab.managers import CommandTerm, CommandTermCfg
from isaaclab.utils import configclass

from .commands import AssemblyGoal


@configclass
class AssemblyGoalCfg(CommandTermCfg):
    """Configuration of :class:`AssemblyGoal`."""

    class_type: type[CommandTerm] = AssemblyGoal

    resampling_time_range: tuple[float, float] = (1.0e9, 1.0e9)
    """A goal lasts for the whole episode: longer than any."""

    held_asset_name: str = "held_asset"
    """Name of the part in the gripper."""

    fixed_asset_name: str = "fixed_asset"
    """Name of the part that it is assembled with."""

    tip_offset: tuple[float, float, float] = MISSING
    """Observation frame of the fixed part (its tip) in m, in the frame of the fixed part."""

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
