# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Agents that nobody trained: they see the true poses of the parts, and show that a task can be done.

An agent maps an environment to its next actions, of shape (num_envs, 6). It acts through the task's own actions, with
their smoothing, limits and noisy bounds; only its eyes are better than those of a policy. A task names its agent in the
``scripted_agent_entry_point`` of its ``kwargs``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from isaaclab.utils.math import euler_xyz_from_quat, quat_apply, wrap_to_pi

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv
    from isaaclab.managers import CommandTerm

POSITION_GAINS = (110.0, 32.0, 2.5)
"""Actions per metre of distance, per m/s of speed, and per smoothed action that still acts: the hand does not swing."""

YAW_GAINS = (20.0, 5.0, 1.0)
"""The same per rad and rad/s."""

LOWER, LOWER_FIRMLY, LOWER_GENTLY = -0.3, -0.5, -0.15
"""Actions along z that let a part down."""


def goal_of(env: ManagerBasedRLEnv) -> CommandTerm:
    """The task's goal."""
    return env.command_manager.get_term("assembly_goal")


def yaw_on_fixed_part(env: ManagerBasedRLEnv, name: str) -> torch.Tensor:
    """Yaw of a part against that of the fixed part in rad. Shape is (num_envs,)."""
    part, fixed = (euler_xyz_from_quat(env.scene[asset].data.root_quat_w.torch)[2] for asset in (name, "fixed_asset"))
    return wrap_to_pi(part - fixed)


def held_base_pos_w(env: ManagerBasedRLEnv) -> torch.Tensor:
    """Position of the base of the held part in m, world frame, at this moment. Shape is (num_envs, 3)."""
    pos_w, quat_w = env.scene["held_asset"].data.root_link_pose_w.torch.split((3, 4), dim=-1)
    return pos_w + quat_apply(quat_w, pos_w.new_tensor(goal_of(env).cfg.held_base_offset))


def servo(env: ManagerBasedRLEnv, offset: torch.Tensor, height: float) -> torch.Tensor:
    """Position actions that bring a part onto the axis, to some height (m). Shape is (num_envs, 3)."""
    arm = env.action_manager.get_term("arm")
    gain, damping, counter = POSITION_GAINS
    above = offset.new_tensor([0.0, 0.0, height])
    return gain * (above - offset) - damping * arm.fingertip.measured_lin_vel_w - counter * arm.processed_actions[:, :3]


def servo_yaw(env: ManagerBasedRLEnv, turn: torch.Tensor) -> torch.Tensor:
    """The yaw actions that turn the hand by some angle in rad. Shape is (num_envs,)."""
    arm = env.action_manager.get_term("arm")
    gain, damping, counter = YAW_GAINS
    return gain * turn - damping * arm.fingertip.measured_ang_vel_w[:, 2] - counter * arm.processed_actions[:, 5]


def is_centered(env: ManagerBasedRLEnv, offset: torch.Tensor, tolerance: float, speed: float) -> torch.Tensor:
    """Whether a part is near the axis (m) and the hand hardly moves sideways (m/s). Shape is (num_envs,)."""
    velocity = env.action_manager.get_term("arm").fingertip.measured_lin_vel_w
    return (offset[:, :2].norm(dim=-1) < tolerance) & (velocity[:, :2].norm(dim=-1) < speed)


def as_actions(position: torch.Tensor, yaw: torch.Tensor | float) -> torch.Tensor:
    """Six actions without tilt, limited as those of a policy. Shape is (num_envs, 6)."""
    actions = position.new_zeros(len(position), 6)
    actions[:, :3], actions[:, 5] = position, yaw
    return actions.clamp_(-1.0, 1.0)


def insert_peg(env: ManagerBasedRLEnv, sides: int | None = None) -> torch.Tensor:
    """Center the peg above the hole, turn it until its sides face those of the hole, lower it.

    Args:
        env: The environment.
        sides: Sides of the peg; None for a round one, which need not be turned.

    Returns:
        Actions. Shape is (num_envs, 6).
    """
    offset = held_base_pos_w(env) - goal_of(env).tip_pos_w
    position = servo(env, offset, height=0.003)
    ready = is_centered(env, offset, tolerance=0.0003, speed=0.003)
    yaw = 0.0
    if sides is not None:
        turn = wrap_to_pi(-yaw_on_fixed_part(env, "held_asset") * sides) / sides
        ready &= turn.abs() < math.radians(0.3)
        yaw = servo_yaw(env, turn)
    in_hole = offset[:, 2] < -0.001
    position[:, 2] = torch.where(ready | in_hole, LOWER, position[:, 2])
    return as_actions(position, yaw)


def insert_square_peg(env: ManagerBasedRLEnv) -> torch.Tensor:
    """The same for a square peg.

    Args:
        env: The environment.

    Returns:
        Actions. Shape is (num_envs, 6).
    """
    return insert_peg(env, sides=4)


def mesh_gear(env: ManagerBasedRLEnv) -> torch.Tensor:
    """Center the gear above its shaft, turn it until its teeth face gaps, lower it.

    The hand turns the gear to the nearest such angle at which the fingers pass by the hubs of the other gears.

    Args:
        env: The environment.

    Returns:
        Actions. Shape is (num_envs, 6).
    """
    tooth = math.radians(9.0)
    offset = held_base_pos_w(env) - goal_of(env).target_pos_w
    # the hand holds the gear half a turn away from how it is modelled
    heading = wrap_to_pi(yaw_on_fixed_part(env, "held_asset") - math.pi)
    turn = (heading / tooth).round().clamp(-3.0, 3.0) * tooth - heading
    aligned, on_shaft = turn.abs() < math.radians(0.3), offset[:, 2] < 0.0195
    position = servo(env, offset, height=0.023)
    above = is_centered(env, offset, tolerance=0.0003, speed=0.003) & aligned
    lower = torch.where(on_shaft, torch.where(aligned, LOWER_FIRMLY, LOWER_GENTLY), LOWER)
    position[:, 2] = torch.where(above | on_shaft, lower, position[:, 2])
    return as_actions(position, servo_yaw(env, turn))


def thread_nut(env: ManagerBasedRLEnv) -> torch.Tensor:
    """Center the nut above the bolt, lower it, and turn it until it is down far enough.

    The yaw of the task turns one way only: its action rests at -1.

    Args:
        env: The environment.

    Returns:
        Actions. Shape is (num_envs, 6).
    """
    goal = goal_of(env)
    offset = held_base_pos_w(env) - goal.tip_pos_w
    position = servo(env, offset, height=0.002)
    ready = is_centered(env, offset, tolerance=0.001, speed=0.005)
    on_tip = offset[:, 2] < 0.25 * goal.cfg.thread_pitch
    position[:, 2] = torch.where(ready | on_tip, LOWER, position[:, 2])
    # a little deeper than what counts as a success
    done = goal.success & (offset[:, 2] < -1.3 * goal.cfg.thread_pitch)
    return as_actions(position, torch.where(on_tip & ~done, 1.0, -1.0))
