# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configuration of the force limit of an episode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isaaclab.managers import CommandTermCfg
from isaaclab.utils import configclass

if TYPE_CHECKING:
    from .force_limit import ForceLimit


@configclass
class ForceLimitCfg(CommandTermCfg):
    """Configuration of :class:`ForceLimit`."""

    class_type: type[ForceLimit] | str = "{DIR}.force_limit:ForceLimit"

    resampling_time_range: tuple[float, float] = (1.0e9, 1.0e9)
    """A limit lasts for the whole episode: longer than any."""

    sensor_name: str = "wrist"
    """Name of the :class:`SmoothedJointWrenchSensorCfg` in the scene that feels the force."""

    force_range: tuple[float, float] = (5.0, 10.0)
    """Least and largest limit in N; ``contact_penalty_threshold_range`` of FORGE."""
