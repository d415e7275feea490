# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What is compared, under which names, and how far float32 may lead two correct computations apart.

A float32 operation is wrong by at most 2^-24 of its result. What is allowed here is that error at the largest number
that the computation passes through, times the number of operations at that size, and carried on to the result.
"""

from __future__ import annotations

import math

import torch
from isaaclab.envs import ManagerBasedRLEnv

from tests.tasks.parity.table import Table
from tests.tasks.reference_env import Control, ReferenceEnv

ROUNDING = 2.0**-24

OBSERVATIONS = {
    "fingertip_pos_rel_tip": "fingertip_pos_rel_fixed",
    "fingertip_lin_vel": "ee_linvel",
    "fingertip_ang_vel": "ee_angvel",
    "held_pos_rel_tip": "held_pos_rel_fixed",
    "smoothed_actions": "prev_actions",
}
"""The reference's names of our observations, where they differ."""

REWARDS = {
    "keypoint_baseline": "kp_baseline",
    "keypoint_coarse": "kp_coarse",
    "keypoint_fine": "kp_fine",
    "engaged": "curr_engaged",
    "success": "curr_success",
    "action_rate_penalty": "action_grad_penalty",
}
"""The reference's names of our rewards. Its action penalty, one number for all environments, is a departure."""

UPRIGHT = math.pi - 3.14159
"""The reference writes 3.14159 for pi where it makes its targets upright, in rad."""


def position_error(env: ManagerBasedRLEnv) -> float:
    """Two operations on world coordinates, in m: the places of a part and of its target."""
    return 2 * ROUNDING * (env.scene.env_origins.abs().max().item() + 1.0)


def compare_observations(
    table: Table, env: ManagerBasedRLEnv, reference: ReferenceEnv, groups: dict[str, torch.Tensor]
) -> None:
    """Compare the observations of policy and critic, term by term and as a whole."""
    action = env.action_manager.get_term("arm").processed_actions.abs().max().item()
    position = (position_error(env), "m")
    # a difference of two positions in the environment frame, within 1 m, and of two quaternions
    lin_vel, ang_vel = (4 * ROUNDING / env.physics_dt, "m/s"), (16 * ROUNDING / env.physics_dt, "rad/s")
    allowed = {
        "policy/fingertip_pos_rel_tip": position,
        "policy/fingertip_lin_vel": lin_vel,
        "policy/fingertip_ang_vel": ang_vel,
        "policy/smoothed_actions": (8 * ROUNDING * action, ""),
        "critic/held_pos_rel_tip": position,
        "critic/smoothed_actions": (8 * ROUNDING * action, ""),
    }
    units = {"fingertip_pos": "m", "fingertip_lin_vel": "m/s", "fingertip_ang_vel": "rad/s", "joint_pos": "rad"}
    units |= {"held_pos": "m", "fixed_pos": "m"}

    manager = env.observation_manager
    dicts = reference._get_factory_obs_state_dict()
    wholes = reference._get_observations()
    for group, theirs in zip(("policy", "critic"), dicts, strict=True):
        sizes = [math.prod(shape) for shape in manager.group_obs_term_dim[group]]
        columns = groups[group].split(sizes, dim=-1)
        for name, ours in zip(manager.active_terms[group], columns, strict=True):
            limits = allowed.get(f"{group}/{name}", (0.0, units.get(name, "")))
            table.compare(f"{group}/{name}", ours, theirs[OBSERVATIONS.get(name, name)], *limits)
        largest = max(limit for name, (limit, _) in allowed.items() if name.startswith(group))
        table.compare(f"{group}/all in their order", groups[group], wholes[group], largest)


def compare_rewards(
    table: Table, env: ManagerBasedRLEnv, reference: ReferenceEnv, ours: torch.Tensor, theirs: torch.Tensor
) -> None:
    """Compare the rewards of the present step, term by term, and their weighted sum."""
    manager = env.reward_manager
    action = env.action_manager.get_term("arm").processed_actions.abs().max().item()
    total = 0.0
    for name, their_name in REWARDS.items():
        term = manager.get_term_cfg(name)
        allowed = 0.0
        if name.startswith("keypoint"):
            # the squashing function rises by sharpness / 4 per metre at most
            allowed = term.params["sharpness"] / 4 * position_error(env) + 4 * ROUNDING
            total += allowed
        elif name == "action_rate_penalty":
            allowed = 3 * 8 * ROUNDING * action
        table.compare(
            f"reward/{name}", term.func(env, **term.params), reference.reward_terms[their_name].float(), allowed
        )
    table.compare("reward/weighted sum", ours, theirs, total + 8 * ROUNDING * 4.0)


def compare_flags(table: Table, env: ManagerBasedRLEnv, reference: ReferenceEnv) -> None:
    """Compare success and engagement."""
    goal = env.command_manager.get_term("assembly_goal")
    table.compare("goal/success", goal.success, reference.reward_terms["curr_success"].bool())
    table.compare("goal/engaged", goal.engaged, reference.reward_terms["curr_engaged"].bool())


def compare_controls(table: Table, env: ManagerBasedRLEnv, ours: Control, theirs: Control) -> None:
    """Compare the targets and the torques."""
    position = position_error(env)
    table.compare("control/target position", ours.target_pos, theirs.target_pos, position, "m")
    # yaw from a quaternion of a hand that leans by a radian, and back to a quaternion
    quat = UPRIGHT / 2 + 32 * ROUNDING
    sign = (ours.target_quat * theirs.target_quat).sum(-1, keepdim=True).sign()
    table.compare("control/target orientation", sign * ours.target_quat, theirs.target_quat, quat)
    # 100 N/m and 30 N m/rad at levers up to 1 m, and null-space torques up to 220 N m before the limit, which the
    # reference takes through the inverse of a matrix of condition 300 at most
    torque = math.sqrt(3) * 100.0 * position + 30.0 * 2 * quat + 300 * ROUNDING * 220.0
    table.compare("control/torque", ours.torque, theirs.torque, torque, "N m")
    table.compare("control/gripper target", ours.gripper_target, theirs.gripper_target, 0.0, "m")
