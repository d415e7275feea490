# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Observation terms of how the arm is controlled in an episode, for the critic (``events_control.py`` varies it)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from .descriptions import describe
from .lookup import torque_action
from .pose_target_action_cfg import PoseTargetTorqueActionCfg

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

    from .pose_target_action import PoseTargetTorqueAction

POSE_AXES = ("X", "Y", "Z", "roll", "pitch", "yaw")


@describe(units="N/m, N m/rad", axes=POSE_AXES, frame="world")
def stiffness(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Task-space stiffness of the arm.

    Args:
        env: The environment.
        action_name: Name of the torque action.

    Returns:
        Three in N/m and three in N m/rad. Shape is (num_envs, 6).
    """
    return torque_action(env, action_name).stiffness


@describe(units="1", axes=("share",))
def ema_factor(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Share of the new action in the moving average of the actions.

    Args:
        env: The environment.
        action_name: Name of the torque action.

    Returns:
        Shares from 0 to 1. Shape is (num_envs, 1).
    """
    return torque_action(env, action_name).ema_factor


@describe(units="N, N m", axes=POSE_AXES, frame="world")
def dead_zone(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """How much of each component of the arm's wrench is lost.

    Args:
        env: The environment.
        action_name: Name of the torque action.

    Returns:
        Three in N and three in N m. Shape is (num_envs, 6).
    """
    return torque_action(env, action_name).dead_zone


@describe(units="m", axes=("X", "Y", "Z"), frame="world")
def position_limit(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Largest distance of the target from the fingertip.

    Args:
        env: The environment.
        action_name: Name of the :class:`PoseTargetTorqueAction`.

    Returns:
        Distances in m. Shape is (num_envs, 3).
    """
    return _pose_action(env, action_name).position_limit


@describe(units="rad", axes=("roll", "pitch", "yaw"), frame="world")
def rotation_limit(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Largest change of roll, pitch and yaw from the fingertip to the target.

    Args:
        env: The environment.
        action_name: Name of the :class:`PoseTargetTorqueAction`.

    Returns:
        Angles in rad. Shape is (num_envs, 3).
    """
    return _pose_action(env, action_name).rotation_limit


@describe(units="1", axes=("X", "Y", "Z", "roll (zero)", "pitch (zero)", "yaw", "predicted success"), frame="world")
def smoothed_pose_actions(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """The moving average of the actions, with zeros for roll and pitch, which move nothing.

    Args:
        env: The environment.
        action_name: Name of the :class:`PoseTargetTorqueAction`.

    Returns:
        Smoothed actions without unit, before scaling. Shape is (num_envs, 7), or (num_envs, 6) without the prediction.
    """
    actions = _pose_action(env, action_name).processed_actions.clone()
    actions[:, 3:5].zero_()
    return actions


def _pose_action(env: ManagerBasedRLEnv, action_name: str) -> PoseTargetTorqueAction:
    return torque_action(env, action_name, PoseTargetTorqueActionCfg)
