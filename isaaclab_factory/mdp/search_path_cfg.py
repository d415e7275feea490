# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configuration of the search path."""

from __future__ import annotations

from dataclasses import MISSING

from isaaclab.managers import CommandTerm, CommandTermCfg
from isaaclab.utils import configclass

from .search_path import SearchPath


@configclass
class SearchPathCfg(CommandTermCfg):
    """Configuration of :class:`SearchPath`."""

    class_type: type[CommandTerm] = SearchPath

    resampling_time_range: tuple[float, float] = (1.0e9, 1.0e9)
    """A path lasts for the whole episode: longer than any."""

    reach: tuple[float, float] = MISSING
    """Half the length in m of the area to search, along the x and y axes of the hand. The lines are along x."""

    line_spacing: float = 0.8e-3
    """Largest distance in m between neighbouring lines."""

    step: float = 0.2e-3
    """Largest distance in m between the points of the path."""

    lookahead: float = 1.0e-3
    """How far in m the command is ahead of the point that was reached; twice that can be won in a step."""

    tolerance: float = 0.6e-3
    """A point is reached when the fingertip is less than this beside it, in m."""

    least_force: float = 0.2
    """The hand presses when it exerts more than this downwards, in N, …"""

    largest_speed: float = 0.01
    """… and moves up or down with less than this, in m/s."""

    goal_name: str = "assembly_goal"
    """Name of the assembly goal, which knows the noisy tip. It comes before the path among the commands."""

    action_name: str = "arm"
    """Name of the torque action, which knows the fingertip and the force."""
