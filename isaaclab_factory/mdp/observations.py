# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Observation terms. Quaternions are (x, y, z, w), with the sign that the simulator gives them.

The terms of touch, :func:`exerted_force`, :func:`contact_point_w` and :func:`contact_point_b`, are not in the
reference. They need no sensor: at rest the arm exerts what its controller asks for, and the robot knows that. In the
reference the same is hidden in the last digits of the pose and the actions, where a network does not find it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from isaaclab.managers import SceneEntityCfg
from isaaclab.utils.math import quat_apply_inverse

from .descriptions import describe
from .lookup import assembly_goal, torque_action
from .search_motion_cfg import SearchMotionTorqueActionCfg

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

    from .search_motion import SearchMotionTorqueAction


@describe(units="m", axes=("X", "Y", "Z"), frame="environment")
def fingertip_pos(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Position of the fingertip in the environment frame.

    Args:
        env: The environment.
        action_name: Name of the torque action, which knows the fingertip's body.

    Returns:
        Positions in m. Shape is (num_envs, 3).
    """
    return torque_action(env, action_name).fingertip.pos_w - env.scene.env_origins


@describe(units="m", axes=("X", "Y", "Z"), frame="axes of the world, origin at the noisy tip")
def fingertip_pos_rel_noisy_tip(
    env: ManagerBasedRLEnv, action_name: str = "arm", command_name: str = "assembly_goal"
) -> torch.Tensor:
    """Position of the fingertip relative to the noisy tip of the fixed part.

    It is ``p - (t + n)``, with the fingertip p, the tip t and the noise n of the episode, in the axes of the world.

    Args:
        env: The environment.
        action_name: Name of the torque action, which knows the fingertip's body.
        command_name: Name of the assembly goal, which draws the noise.

    Returns:
        Relative positions in m. Shape is (num_envs, 3).
    """
    return torque_action(env, action_name).fingertip.pos_w - assembly_goal(env, command_name).noisy_tip_pos_w


@describe(units="m", axes=("X", "Y"), frame="axes of the fingertip, origin at the noisy tip")
def fingertip_pos_rel_noisy_tip_b(
    env: ManagerBasedRLEnv, action_name: str = "arm", command_name: str = "assembly_goal"
) -> torch.Tensor:
    """Position of :func:`fingertip_pos_rel_noisy_tip` along the x and y axes of the fingertip. Not in the reference.

    Along these axes the part is offset in the hand, so they are the axes of the area that has to be searched.

    Args:
        env: The environment.
        action_name: Name of the torque action, which knows the fingertip's body.
        command_name: Name of the assembly goal, which draws the noise.

    Returns:
        Relative positions in m. Shape is (num_envs, 2).
    """
    position = fingertip_pos_rel_noisy_tip(env, action_name, command_name)
    return quat_apply_inverse(torque_action(env, action_name).fingertip.quat_w, position)[:, :2]


@describe(units="1", axes=("share",))
def episode_time(env: ManagerBasedRLEnv) -> torch.Tensor:
    """Share of the episode that has passed. Not in the reference.

    A search at the end of an episode looks elsewhere than at its beginning. Time as an observation: arXiv:1712.00378.

    Args:
        env: The environment.

    Returns:
        Shares from 0 to 1. Shape is (num_envs, 1).
    """
    return (env.episode_length_buf / env.max_episode_length).unsqueeze(-1)


@describe(units="1", axes=("X", "Y", "Z", "W"), frame="world")
def fingertip_quat(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Orientation of the fingertip in the world frame, as a unit quaternion (x, y, z, w).

    Args:
        env: The environment.
        action_name: Name of the torque action, which knows the fingertip's body.

    Returns:
        Unit quaternions (x, y, z, w). Shape is (num_envs, 4).
    """
    return torque_action(env, action_name).fingertip.quat_w


@describe(units="m/s", axes=("X", "Y", "Z"), frame="world")
def measured_fingertip_lin_vel(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Linear velocity of the fingertip in the world frame as a robot measures it, by finite differences.

    It is ``(p - p') / dt``, with the position p' of one physics step before and the physics step dt. It is zero from a
    reset until the first physics step.

    Args:
        env: The environment.
        action_name: Name of the torque action, which remembers the pose before.

    Returns:
        Velocities in m/s. Shape is (num_envs, 3).
    """
    return torque_action(env, action_name).fingertip.measured_lin_vel_w


@describe(units="rad/s", axes=("X", "Y", "Z"), frame="world")
def measured_fingertip_ang_vel(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Angular velocity of the fingertip in the world frame as a robot measures it, by finite differences.

    It is ``log(q q'*) / dt``: the rotation vector from the orientation q' of one physics step before to the present
    one, by the physics step dt. It is zero from a reset until the first physics step.

    Args:
        env: The environment.
        action_name: Name of the torque action, which remembers the pose before.

    Returns:
        Angular velocities in rad/s. Shape is (num_envs, 3).
    """
    return torque_action(env, action_name).fingertip.measured_ang_vel_w


@describe(units="m/s", axes=("X", "Y", "Z"), frame="world")
def fingertip_lin_vel(env: ManagerBasedRLEnv, asset_cfg: SceneEntityCfg) -> torch.Tensor:
    """Linear velocity of one body of the robot in the world frame, from the simulator.

    Args:
        env: The environment.
        asset_cfg: The robot, with the fingertip as its one body.

    Returns:
        Velocities in m/s of the body's centre of mass. Shape is (num_envs, 3).
    """
    return _body_velocity(env, asset_cfg)[:, :3]


@describe(units="rad/s", axes=("X", "Y", "Z"), frame="world")
def fingertip_ang_vel(env: ManagerBasedRLEnv, asset_cfg: SceneEntityCfg) -> torch.Tensor:
    """Angular velocity of one body of the robot in the world frame, from the simulator.

    Args:
        env: The environment.
        asset_cfg: The robot, with the fingertip as its one body.

    Returns:
        Angular velocities in rad/s. Shape is (num_envs, 3).
    """
    return _body_velocity(env, asset_cfg)[:, 3:]


@describe(units="m", axes=("X", "Y", "Z"), frame="axes of the world, origin at the tip")
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
    return env.scene[asset_cfg.name].data.root_link_pose_w.torch[:, :3] - assembly_goal(env, command_name).tip_pos_w


@describe(units="1", axes=("X", "Y", "Z", "rotation about X", "rotation about Y", "rotation about Z"), frame="world")
def smoothed_actions(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """The moving average of the actions, which is what moves the arm, not the last action of the policy.

    Args:
        env: The environment.
        action_name: Name of the torque action, which smooths them.

    Returns:
        Smoothed actions without unit, before scaling. Shape is (num_envs, 6).
    """
    return torque_action(env, action_name).processed_actions


@describe(units="N", axes=("X", "Y", "Z"), frame="world")
def exerted_force(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Force that the fingertip exerts, smoothed, along the axes of the world. Not in the reference.

    It is the force that the torque action asks for. At rest it is the one exerted. In motion it includes what it takes
    to overcome the damping.

    Args:
        env: The environment.
        action_name: Name of the torque action, which smooths it over its ``touch_time_constant``.

    Returns:
        Forces in N. Shape is (num_envs, 3).
    """
    return torque_action(env, action_name).felt_wrench_w[:, :3]


@describe(units="m", axes=("X", "Y"), frame="axes of the world, origin at the fingertip")
def contact_point_w(
    env: ManagerBasedRLEnv,
    force_scale: float = 0.2,
    limit: float = 0.01,
    action_name: str = "arm",
    command_name: str = "assembly_goal",
) -> torch.Tensor:
    """Where the fingertip's force meets the plane of the noisy tip, relative to the fingertip. Not in the reference.

    The wrench that the fingertip exerts has the force f and the torque t about the fingertip. Its line of action meets
    the horizontal plane at the height h below the fingertip in the point (x, y) with ``t = (x, y, -h) × f``:

        x = -(t_y + h f_x) / f_z,     y = (t_x - h f_y) / f_z

    It is the centre of pressure of what the part in the hand touches on that plane: a part that half covers a hole
    stands on the other half. So that the point is zero where the hand does not push, ``1 / f_z`` is replaced by
    ``f_z / (f_z^2 + force_scale^2)``.

    Args:
        env: The environment.
        force_scale: Force in N below which the point fades to zero.
        limit: Largest absolute value in m of each coordinate.
        action_name: Name of the torque action, which knows the wrench.
        command_name: Name of the assembly goal, which knows the noisy tip.

    Returns:
        Points in m, along the axes of the world. Shape is (num_envs, 2).
    """
    arm = torque_action(env, action_name)
    height = arm.fingertip.pos_w[:, 2] - assembly_goal(env, command_name).noisy_tip_pos_w[:, 2]
    force_x, force_y, force_z, torque_x, torque_y, _ = arm.felt_wrench_w.unbind(-1)
    inverse = force_z / (force_z.square() + force_scale**2)
    point = torch.stack((-(torque_y + height * force_x) * inverse, (torque_x - height * force_y) * inverse), dim=-1)
    return point.clamp_(-limit, limit)


@describe(units="m", axes=("X", "Y"), frame="fingertip")
def contact_point_b(
    env: ManagerBasedRLEnv,
    force_scale: float = 0.2,
    limit: float = 0.01,
    action_name: str = "arm",
    command_name: str = "assembly_goal",
) -> torch.Tensor:
    """The point of :func:`contact_point_w` along the x and y axes of the fingertip. Not in the reference.

    Along these axes the part is offset in the hand.

    Args:
        env: The environment.
        force_scale: Force in N below which the point fades to zero.
        limit: Largest absolute value in m of each coordinate along the axes of the world.
        action_name: Name of the torque action, which knows the wrench.
        command_name: Name of the assembly goal, which knows the noisy tip.

    Returns:
        Points in m, along the axes of the fingertip. Shape is (num_envs, 2).
    """
    point = contact_point_w(env, force_scale, limit, action_name, command_name)
    quat_w = torque_action(env, action_name).fingertip.quat_w
    return quat_apply_inverse(quat_w, torch.nn.functional.pad(point, (0, 1)))[:, :2]


@describe(units="m", axes=("X", "Y", "Z"), frame="axes of the world")
def search_delta(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Position delta by which the search motion moves the fingertip. Not in the reference.

    Args:
        env: The environment.
        action_name: Name of the :class:`SearchMotionTorqueAction`.

    Returns:
        Position deltas in m. Shape is (num_envs, 3).
    """
    arm: SearchMotionTorqueAction = torque_action(env, action_name, SearchMotionTorqueActionCfg)
    return arm.delta_w


@describe(units="1", axes=("share",))
def search_followed(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Share of its path that the search motion has followed. Not in the reference.

    Args:
        env: The environment.
        action_name: Name of the :class:`SearchMotionTorqueAction`.

    Returns:
        Shares from 0 to 1. Shape is (num_envs, 1).
    """
    arm: SearchMotionTorqueAction = torque_action(env, action_name, SearchMotionTorqueActionCfg)
    return arm.followed.unsqueeze(-1)


def _body_velocity(env: ManagerBasedRLEnv, asset_cfg: SceneEntityCfg) -> torch.Tensor:
    """Velocity of one body's centre of mass, world frame. Shape is (num_envs, 6)."""
    return env.scene[asset_cfg.name].data.body_com_vel_w.torch[:, asset_cfg.body_ids].squeeze(1)
