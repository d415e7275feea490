# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Observation terms. Quaternions are (w, x, y, z), with the sign that the simulator gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import isaaclab.utils.math as math_utils
import torch
from isaaclab.managers import SceneEntityCfg

from .descriptors import describe

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

    from .actions import OperationalSpaceTorqueAction
    from .commands import AssemblyGoal
    from .fingertip import FingertipState
    from .search_motion import SearchMotionTorqueAction


@describe(units="m", axes=["X", "Y", "Z"], frame="environment", observation_type="BodyState")
def fingertip_pos(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Position of the fingertip in the environment frame.

    Args:
        env: The environment.
        action_name: Name of the torque action, which knows the fingertip's body.

    Returns:
        Positions in m. Shape is (num_envs, 3).
    """
    return _fingertip(env, action_name).pos_w - env.scene.env_origins


@describe(
    units="m", axes=["X", "Y", "Z"], frame="axes of the world, origin at the noisy tip", observation_type="BodyState"
)
def fingertip_pos_rel_noisy_tip(
    env: ManagerBasedRLEnv, action_name: str = "arm", command_name: str = "assembly_goal"
) -> torch.Tensor:
    """Position of the fingertip relative to the fixed part's tip, as wrongly as the policy knows the tip.

    It is ``p - (t + n)``, with the fingertip p, the tip t and the noise n of the episode, in the axes of the world.

    Args:
        env: The environment.
        action_name: Name of the torque action, which knows the fingertip's body.
        command_name: Name of the assembly goal, which draws the noise.

    Returns:
        Relative positions in m. Shape is (num_envs, 3).
    """
    return _fingertip(env, action_name).pos_w - _goal(env, command_name).noisy_tip_pos_w


@describe(
    units="m", axes=["X", "Y"], frame="axes of the fingertip, origin at the noisy tip", observation_type="BodyState"
)
def fingertip_pos_rel_noisy_tip_b(
    env: ManagerBasedRLEnv, action_name: str = "arm", command_name: str = "assembly_goal"
) -> torch.Tensor:
    """Position of :func:`fingertip_pos_rel_noisy_tip` along the x and y axes of the fingertip.

    Along these axes the part sits askew in the hand, so they are those of the area that has to be searched. It is not
    in the reference.

    Args:
        env: The environment.
        action_name: Name of the torque action, which knows the fingertip's body.
        command_name: Name of the assembly goal, which draws the noise.

    Returns:
        Relative positions in m. Shape is (num_envs, 2).
    """
    position = fingertip_pos_rel_noisy_tip(env, action_name, command_name)
    return math_utils.quat_apply_inverse(_fingertip(env, action_name).quat_w, position)[:, :2]


@describe(units="1", axes=["time"], observation_type="Command")
def episode_time(env: ManagerBasedRLEnv) -> torch.Tensor:
    """Share of the episode that is behind, not in the reference's observations.

    A search at the end of an episode looks elsewhere than at its beginning (time as an observation: arXiv:1712.00378).

    Args:
        env: The environment.

    Returns:
        Shares from 0 to 1. Shape is (num_envs, 1).
    """
    return (env.episode_length_buf / env.max_episode_length).unsqueeze(-1)


@describe(units="unit", axes=["W", "X", "Y", "Z"], frame="world", observation_type="BodyState")
def fingertip_quat(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Orientation of the fingertip in the world frame.

    Args:
        env: The environment.
        action_name: Name of the torque action, which knows the fingertip's body.

    Returns:
        Unit quaternions (w, x, y, z). Shape is (num_envs, 4).
    """
    return _fingertip(env, action_name).quat_w


@describe(units="m/s", axes=["X", "Y", "Z"], frame="world", observation_type="BodyState")
def measured_fingertip_lin_vel(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Linear velocity of the fingertip as a robot measures it, by finite differences, in the world frame.

    It is ``(p - p') / dt``, with the position p' of one physics step before and the physics step dt. It is zero from a
    reset until the first physics step.

    Args:
        env: The environment.
        action_name: Name of the torque action, which remembers the pose before.

    Returns:
        Velocities in m/s. Shape is (num_envs, 3).
    """
    return _fingertip(env, action_name).measured_lin_vel_w


@describe(units="rad/s", axes=["X", "Y", "Z"], frame="world", observation_type="BodyState")
def measured_fingertip_ang_vel(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Angular velocity of the fingertip as a robot measures it, by finite differences, in the world frame.

    It is ``log(q q'*) / dt``: the rotation vector from the orientation q' of one physics step before to the present
    one, by the physics step dt. It is zero from a reset until the first physics step.

    Args:
        env: The environment.
        action_name: Name of the torque action, which remembers the pose before.

    Returns:
        Angular velocities in rad/s. Shape is (num_envs, 3).
    """
    return _fingertip(env, action_name).measured_ang_vel_w


@describe(units="m/s", axes=["X", "Y", "Z"], frame="world", observation_type="BodyState")
def fingertip_lin_vel(env: ManagerBasedRLEnv, asset_cfg: SceneEntityCfg) -> torch.Tensor:
    """Linear velocity of one body of the robot, from the simulator, in the world frame.

    Args:
        env: The environment.
        asset_cfg: The robot, with the fingertip as its one body.

    Returns:
        Velocities in m/s of the body's centre of mass. Shape is (num_envs, 3).
    """
    return env.scene[asset_cfg.name].data.body_lin_vel_w[:, asset_cfg.body_ids].squeeze(1)


@describe(units="rad/s", axes=["X", "Y", "Z"], frame="world", observation_type="BodyState")
def fingertip_ang_vel(env: ManagerBasedRLEnv, asset_cfg: SceneEntityCfg) -> torch.Tensor:
    """Angular velocity of one body of the robot, from the simulator, in the world frame.

    Args:
        env: The environment.
        asset_cfg: The robot, with the fingertip as its one body.

    Returns:
        Angular velocities in rad/s. Shape is (num_envs, 3).
    """
    return env.scene[asset_cfg.name].data.body_ang_vel_w[:, asset_cfg.body_ids].squeeze(1)


@describe(units="m", axes=["X", "Y", "Z"], frame="axes of the world, origin at the tip", observation_type="RootState")
def part_pos_rel_tip(
    env: ManagerBasedRLEnv, asset_cfg: SceneEntityCfg, command_name: str = "assembly_goal"
) -> torch.Tensor:
    """Position of a part's frame relative to the exact tip of the fixed part, in the axes of the world.

    Args:
        env: The environment.
        asset_cfg: The part.
        command_name: Name of the assembly goal, which knows the tip.

    Returns:
        Relative positions in m. Shape is (num_envs, 3).
    """
    return env.scene[asset_cfg.name].data.root_pos_w - _goal(env, command_name).tip_pos_w


@describe(observation_type="Action")
def smoothed_actions(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """The action that is at work: the moving average of the actions, not the last one given.

    Args:
        env: The environment.
        action_name: Name of the torque action, which smooths them.

    Returns:
        Smoothed actions without unit, before scaling. Shape is (num_envs, 6).
    """
    return env.action_manager.get_term(action_name).processed_actions


@describe(units="m", axes=["X", "Y", "Z"], frame="axes of the world", observation_type="Action")
def search_delta(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Position delta by which the search motion moves the fingertip, not in the reference.

    Args:
        env: The environment.
        action_name: Name of the :class:`SearchMotionTorqueAction`.

    Returns:
        Position deltas in m. Shape is (num_envs, 3).
    """
    return _search_motion(env, action_name).delta_w


@describe(units="1", axes=["share"], observation_type="Action")
def search_followed(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """How much of its path the search motion has behind it, not in the reference.

    Args:
        env: The environment.
        action_name: Name of the :class:`SearchMotionTorqueAction`.

    Returns:
        Shares from 0 to 1. Shape is (num_envs, 1).
    """
    return _search_motion(env, action_name).followed.unsqueeze(-1)


def _fingertip(env: ManagerBasedRLEnv, action_name: str) -> FingertipState:
    term: OperationalSpaceTorqueAction = env.action_manager.get_term(action_name)
    return term.fingertip


def _goal(env: ManagerBasedRLEnv, command_name: str) -> AssemblyGoal:
    return env.command_manager.get_term(command_name)


def _search_motion(env: ManagerBasedRLEnv, action_name: str) -> SearchMotionTorqueAction:
    return env.action_manager.get_term(action_name)
