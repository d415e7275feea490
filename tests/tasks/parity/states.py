# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Random physical states, written into the simulator without a step."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from isaaclab.assets import Articulation
from isaaclab.envs import ManagerBasedRLEnv
from isaaclab.utils.math import euler_xyz_from_quat, quat_apply, quat_from_euler_xyz
from isaaclab_tasks.contrib.factory import factory_utils

from tests.tasks.reference_env import ReferenceEnv


def random_states(env: ManagerBasedRLEnv, reference: ReferenceEnv, num_draws: int, seed: int) -> Iterator[None]:
    """Put both environments into the same random states, again and again.

    The arm bends and moves, the hand leans up to an angle of about a radian, the parts are turned all the way round and
    lean too. The fixed part stands where its tip is within reach of an action or beyond. The held part is far from its
    target, or on its way there, or within micrometres of a threshold; so is the yaw of the hand. Two actions have been
    smoothed and one environment step rewarded.

    Args:
        env: Our environment.
        reference: The reference's environment on the same scene.
        num_draws: Number of draws, each of one state per environment.
        seed: Seed of all that is random.
    """
    torch.manual_seed(seed)
    for _ in range(num_draws):
        move_arm(env, reference)
        place_parts(env, reference)
        env.command_manager.reset(torch.arange(env.num_envs))
        reference.take_goal(env)
        reference._compute_intermediate_values(env.physics_dt)
        target = torch.full((env.num_envs, 9), 0.02)
        env.scene["robot"].actuators.target_command.set_position_index(value=target)
        for _ in range(2):
            reference._get_rewards()
            action = 2.0 * torch.randn(env.num_envs, 6)
            reference._pre_physics_step(action)
            env.action_manager.process_action(action)
            env.common_step_counter += 1  # what has been compared in the step before is no longer true
        yield


def move_arm(env: ManagerBasedRLEnv, reference: ReferenceEnv) -> None:
    """Bend the arm at random, and let it have got there within a physics step."""
    robot = env.scene["robot"]
    joint_pos = robot.data.default_joint_pos.torch.clone()
    joint_pos[:, :7] = torch.tensor(reference.cfg.ctrl.reset_joints)
    joint_pos[:, :7] += uniform(env, [0.5] * 7)
    joint_pos = turn_hand(env, joint_pos, hand_yaw(env))
    joint_vel = torch.zeros_like(joint_pos)
    joint_vel[:, :7] = 0.5 * torch.randn(env.num_envs, 7)
    joint_vel[::8] *= 8.0  # fast enough that the torques reach their limit
    write_joints(robot, joint_pos - joint_vel * env.physics_dt, joint_vel)
    env.action_manager.apply_action()  # from here velocities are measured
    reference._compute_intermediate_values(env.physics_dt)
    write_joints(robot, joint_pos, joint_vel)


def write_joints(robot: Articulation, joint_pos: torch.Tensor, joint_vel: torch.Tensor) -> None:
    """Write joint positions in rad and m and velocities in rad/s and m/s. Both are of shape (num_envs, 9)."""
    robot.write_joint_position_to_sim_index(position=joint_pos)
    robot.write_joint_velocity_to_sim_index(velocity=joint_vel)


def turn_hand(env: ManagerBasedRLEnv, joint_pos: torch.Tensor, yaw: torch.Tensor) -> torch.Tensor:
    """Joint positions of the same posture with another yaw of the hand, which is then at rest there.

    Args:
        env: Our environment.
        joint_pos: Joint positions in rad and m. Shape is (num_envs, 9).
        yaw: Yaws of the hand in rad. Shape is (num_envs,).
    """
    robot, fingertip = env.scene["robot"], env.action_manager.get_term("arm").fingertip
    joint_pos, at_rest = joint_pos.clone(), torch.zeros_like(joint_pos)
    write_joints(robot, joint_pos, at_rest)
    # the first joint stands upright: it turns the hand by its own angle
    joint_pos[:, 0] += yaw - euler_xyz_from_quat(fingertip.quat_w)[2]
    write_joints(robot, joint_pos, at_rest)
    return joint_pos


def hand_yaw(env: ManagerBasedRLEnv) -> torch.Tensor:
    """Yaws in rad: in every second environment from -125 to 180 degrees, in the others near that of a success."""
    lowest, highest = math.radians(235.0 - 360.0), math.pi
    yaw = lowest + (highest - lowest) * torch.rand(env.num_envs)
    return torch.where(torch.arange(env.num_envs) % 2 == 0, yaw, near_zero(env, 2e-5, 1e-2))


def begin_with_reset_of_reference(env: ManagerBasedRLEnv, reference: ReferenceEnv, seed: int) -> None:
    """Start episodes in both environments with the reference's own reset, which steps the simulator.

    Args:
        env: Our environment.
        reference: The reference's environment on the same scene.
        seed: Seed of all that is random.
    """
    torch.manual_seed(seed)
    env_ids = torch.arange(env.num_envs)
    reference._reset_idx(env_ids)
    reference._reset_buffers(env_ids)
    env.episode_length_buf[:] = 0
    env.action_manager.reset(env_ids)
    env.command_manager.reset(env_ids)
    env.command_manager.get_term("assembly_goal").tip_noise_w[:] = reference.init_fixed_pos_obs_noise


def place_parts(env: ManagerBasedRLEnv, reference: ReferenceEnv) -> None:
    """Put the fixed part under the hand, and the held part somewhere about its target."""
    fixed = env.scene["fixed_asset"]
    goal = env.command_manager.get_term("assembly_goal").cfg
    quat = random_quat(env, tilt=0.1)
    tip = torch.tensor(goal.tip_offset).expand(env.num_envs, 3)
    pos = env.action_manager.get_term("arm").fingertip.pos_w + uniform(env, [0.07] * 3) - quat_apply(quat, tip)
    fixed.write_root_pose_to_sim_index(root_pose=torch.cat((pos, quat), dim=-1))

    far = torch.rand(env.num_envs, 1) < 0.2
    quat = torch.where(far, random_quat(env, tilt=0.5), random_quat(env, tilt=0.05))
    place_held_part(env, reference, torch.where(far, uniform(env, [0.1] * 3), near_target(env, goal)), quat)


def place_held_part(env: ManagerBasedRLEnv, reference: ReferenceEnv, offset: torch.Tensor, quat: torch.Tensor) -> None:
    """Put the held part beside where it should be on the fixed part, at rest.

    Args:
        env: Our environment.
        reference: The reference's environment, which knows where the part should be.
        offset: Positions of its base from there in m, world frame. Shape is (num_envs, 3).
        quat: Orientations of the part. Shape is (num_envs, 4).
    """
    held, fixed = env.scene["held_asset"], env.scene["fixed_asset"].data
    task = reference.cfg_task.name, reference.cfg_task.fixed_asset_cfg, env.num_envs, env.device
    fixed_pose = fixed.root_pos_w.torch, fixed.root_quat_w.torch
    target, _ = factory_utils.get_target_held_base_pose(*fixed_pose, *task)
    pos = target + offset - quat_apply(quat, factory_utils.get_held_base_pos_local(*task))
    held.write_root_pose_to_sim_index(root_pose=torch.cat((pos, quat), dim=-1))
    held.write_root_velocity_to_sim_index(root_velocity=torch.zeros(env.num_envs, 6))


def near_target(env: ManagerBasedRLEnv, goal) -> torch.Tensor:
    """Offsets in m of the held part from its target, about and near the thresholds of the goal. Shape is (N, 3)."""
    choice = torch.randint(4, (env.num_envs,))
    radius = 0.004 * torch.rand(env.num_envs)
    beside = goal.centering_tolerance + near_zero(env, 5e-6, 1e-4)
    radius = torch.where(choice == 0, beside, radius)
    height = goal.engaged_height * (1.2 * torch.rand(env.num_envs) - 0.1)
    height = torch.where(choice == 1, goal.success_height + near_zero(env, 5e-6, 1e-4), height)
    height = torch.where(choice == 2, goal.engaged_height + near_zero(env, 5e-6, 1e-4), height)
    height = torch.where(choice == 3, goal.success_height * torch.rand(env.num_envs), height)
    angle = uniform(env, [math.pi]).squeeze(-1)
    return torch.stack((radius * torch.cos(angle), radius * torch.sin(angle), height), dim=-1)


def near_zero(env: ManagerBasedRLEnv, smallest: float, largest: float) -> torch.Tensor:
    """Numbers of either sign between two sizes, uniform in their logarithm. Shape is (num_envs,)."""
    size = smallest * (largest / smallest) ** torch.rand(env.num_envs)
    return torch.where(torch.rand(env.num_envs) < 0.5, size, -size)


def random_quat(env: ManagerBasedRLEnv, tilt: float) -> torch.Tensor:
    """Orientations with any yaw, and roll and pitch up to an angle in rad. Shape is (num_envs, 4)."""
    return quat_from_euler_xyz(*uniform(env, [tilt, tilt, math.pi]).unbind(-1))


def uniform(env: ManagerBasedRLEnv, half_range: list[float]) -> torch.Tensor:
    """Uniform draws between minus and plus the half range. Shape is (num_envs, len(half_range))."""
    return (2.0 * torch.rand(env.num_envs, len(half_range)) - 1.0) * torch.tensor(half_range)
