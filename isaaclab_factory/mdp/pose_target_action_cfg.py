# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configuration of the torque action whose actions are poses."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from isaaclab.utils import configclass

from .actions_cfg import TorqueActionCfg

if TYPE_CHECKING:
    from .pose_target_action import PoseTargetTorqueAction


@configclass
class PoseTargetTorqueActionCfg(TorqueActionCfg):
    """Configuration of :class:`PoseTargetTorqueAction`.

    The defaults of the fields that :class:`TorqueActionCfg` does not have are the numbers of ``ForgeCtrlCfg`` in
    ``isaaclab_tasks/contrib/forge``. There ``position_limit`` and ``rotation_limit`` are called action thresholds.
    """

    class_type: type[PoseTargetTorqueAction] | str = "{DIR}.pose_target_action:PoseTargetTorqueAction"

    yaw_range: tuple[float, float] = (math.pi, -0.5 * math.pi)
    """Yaw of the tool in rad at an action of -1 and of 1. The Franka's last joint ends outside, at -125 degrees."""

    position_limit: tuple[float, float, float] = (0.02, 0.02, 0.02)
    """Largest distance in m of the target from the tool along each axis of the world."""

    rotation_limit: tuple[float, float, float] = (0.097, 0.097, 0.097)
    """Largest change of roll, pitch and yaw in rad from the tool to the target."""

    predicts_success: bool = True
    """Whether a seventh action says how likely the policy finds it that the parts are assembled, from -1 to 1."""
