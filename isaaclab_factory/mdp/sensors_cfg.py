# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configuration of the force and torque sensor at the wrist."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING
from typing import TYPE_CHECKING

from isaaclab.sensors import JointWrenchSensorCfg
from isaaclab.utils import configclass

if TYPE_CHECKING:
    from .sensors import SmoothedJointWrench


@configclass
class SmoothedJointWrenchSensorCfg(JointWrenchSensorCfg):
    """Configuration of Isaac Lab's joint wrench sensor with a low-pass filter, see :class:`SmoothedJointWrench`."""

    class_type: Callable[[SmoothedJointWrenchSensorCfg], SmoothedJointWrench] | str = (
        "{DIR}.sensors:smoothed_joint_wrench_sensor"
    )

    body_name: str = MISSING
    """Name of the body whose incoming joint is the sensor."""

    smoothing: float = 0.25
    """Share of the present wrench in the smoothed one, in every physics step; ``ft_smoothing_factor`` of FORGE."""
