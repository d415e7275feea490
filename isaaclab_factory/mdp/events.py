# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Event terms: how an episode starts.

No term steps the simulator, and no term touches an environment that it was not asked to reset. They build on one
another in this order: :func:`sample_start_noise_scale`, :func:`reset_fixed_part`, :class:`reset_hand_above_fixed_part`,
:func:`reset_part_in_grasp`. :func:`reset_part_on_fixed_part` comes anywhere after :func:`reset_fixed_part`.

What is set once at startup has terms in Isaac Lab: :class:`isaaclab.envs.mdp.randomize_rigid_body_inertia` and
:class:`isaaclab.envs.mdp.randomize_rigid_body_material`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from isaaclab.assets import Articulation, RigidObject
from isaaclab.managers import EventTermCfg, ManagerTermBase, SceneEntityCfg
from isaaclab.utils.math import (
    quat_apply,
    quat_error_magnitude,
    quat_from_euler_xyz,
    quat_mul,
    subtract_frame_transforms,
)

from isaaclab_factory.controllers import franka_chain, pointing_down_quat, solve_ik

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

    from .commands import AssemblyGoal


def sample_start_noise_scale(
    env: ManagerBasedRLEnv,
    env_ids: torch.Tensor | slice | None,
    scale: float = 1.0,
    reduced_scale: float = 1.0,
    reduced_share: float = 0.0,
    command_name: str = "assembly_goal",
) -> None:
    """Choose how much of the start noise an episode gets: of the part's place in the hand and of the observed tip.

    The noise is multiplied by ``scale * reduced_scale`` with the probability ``reduced_share``, otherwise by ``scale``.
    By default every episode gets all of it, as in the reference. A curriculum may raise the reduced scale.

    Args:
        env: The environment.
        env_ids: Indices of the environments.
        scale: Factor on the start noise of every episode, without unit; 0 switches it off.
        reduced_scale: Further factor on the start noise of the reduced episodes, from 0 to 1.
        reduced_share: Probability that an episode is a reduced one.
        command_name: Name of the assembly goal, which keeps the factor.
    """
    goal: AssemblyGoal = env.command_manager.get_term(command_name)
    env_ids = _as_indices(env, env_ids)
    reduced = torch.rand(len(env_ids), device=env.device) < reduced_share
    goal.reduced_noise[env_ids] = reduced
    goal.noise_scale[env_ids] = scale * torch.where(reduced, reduced_scale, 1.0)


def reset_fixed_part(
    env: ManagerBasedRLEnv,
    env_ids: torch.Tensor | slice | None,
    position_noise: tuple[float, float, float],
    yaw_range: tuple[float, float],
    asset_cfg: SceneEntityCfg,
) -> None:
    """Place the fixed part upright around its default position with a random yaw.

    Position and yaw are uniform: ``p = p_default + U(-position_noise, position_noise)``, ``yaw = U(yaw_range)``.

    Args:
        env: The environment.
        env_ids: Indices of the environments.
        position_noise: Largest offset from the default position along each axis in m.
        yaw_range: Least and largest yaw in rad.
        asset_cfg: The fixed part.
    """
    part: RigidObject | Articulation = env.scene[asset_cfg.name]
    env_ids = _as_indices(env, env_ids)
    pos_w = part.data.default_root_pose.torch[env_ids, :3] + env.scene.env_origins[env_ids]
    pos_w += _uniform(len(env_ids), position_noise, env.device)
    yaw = torch.empty(len(env_ids), device=env.device).uniform_(*yaw_range)
    zero = torch.zeros_like(yaw)
    pose_w = torch.cat((pos_w, quat_from_euler_xyz(zero, zero, yaw)), dim=-1)
    part.write_root_pose_to_sim_index(root_pose=pose_w, env_ids=env_ids)


def reset_part_on_fixed_part(
    env: ManagerBasedRLEnv,
    env_ids: torch.Tensor | slice | None,
    asset_cfg: SceneEntityCfg,
    fixed_cfg: SceneEntityCfg,
) -> None:
    """Put another part, at rest, at the pose of the fixed part, in whose frame it is modelled.

    Args:
        env: The environment.
        env_ids: Indices of the environments.
        asset_cfg: The part to place.
        fixed_cfg: The fixed part.
    """
    fixed: RigidObject | Articulation = env.scene[fixed_cfg.name]
    env_ids = _as_indices(env, env_ids)
    _place_at_rest(env.scene[asset_cfg.name], fixed.data.root_link_pose_w.torch[env_ids], env_ids)


class reset_hand_above_fixed_part(ManagerTermBase):
    """Put the closed hand, upright and at rest, above the tip of the fixed part, by inverse kinematics on tensors.

    Position and yaw of the fingertip are uniform, ``p = p_tip + position + U(-position_noise, position_noise)`` in the
    axes of the world and ``yaw + U(-yaw_noise, yaw_noise)``. A pose out of the arm's reach is drawn again, ten times at
    most.
    """

    MAX_ATTEMPTS = 10
    """How often a hand pose is drawn."""

    def __init__(self, cfg: EventTermCfg, env: ManagerBasedRLEnv):
        """Resolve the joints, and compare the kinematics with the robot's.

        Args:
            cfg: The configuration of the term.
            env: The environment.

        Raises:
            ValueError: If the robot's tool is not where the Franka's kinematics put it.
        """
        super().__init__(cfg, env)
        asset_cfg: SceneEntityCfg = cfg.params["asset_cfg"]
        self._asset: Articulation = env.scene[asset_cfg.name]
        self._arm_joint_ids = self._asset.find_joints(cfg.params["arm_joint_names"])[0]
        self._gripper_joint_ids = self._asset.find_joints(cfg.params["gripper_joint_names"])[0]
        self._body_id = self._asset.find_bodies(cfg.params["body_name"])[0][0]
        self._chain = franka_chain(device=self.device)
        self._check_kinematics()
        self._seed = torch.tensor(cfg.params["seed_joint_pos"], device=self.device)
        self._joint_limits = self._asset.data.joint_pos_limits.torch[0, self._arm_joint_ids]

    def __call__(
        self,
        env: ManagerBasedRLEnv,
        env_ids: torch.Tensor | slice | None,
        position: tuple[float, float, float],
        position_noise: tuple[float, float, float],
        yaw: float,
        yaw_noise: float,
        gripper_joint_pos: float,
        seed_joint_pos: Sequence[float],
        asset_cfg: SceneEntityCfg,
        arm_joint_names: str,
        gripper_joint_names: str,
        body_name: str,
        command_name: str = "assembly_goal",
    ) -> None:
        """Place the hand.

        Args:
            env: The environment.
            env_ids: Indices of the environments.
            position: Position of the fingertip above the fixed part's tip in m.
            position_noise: Largest offset from it along each axis in m.
            yaw: Yaw of the fingertip in rad.
            yaw_noise: Largest offset from it in rad.
            gripper_joint_pos: Position in m of each gripper joint: half the part's width, less what the contact yields.
            seed_joint_pos: Arm joint positions in rad from which the inverse kinematics starts.
            asset_cfg: The robot.
            arm_joint_names: Names of the arm's joints.
            gripper_joint_names: Names of the gripper's joints.
            body_name: Name of the fingertip's body.
            command_name: Name of the assembly goal, which knows the tip.

        Raises:
            RuntimeError: If no reachable hand pose was found.
        """
        goal: AssemblyGoal = env.command_manager.get_term(command_name)
        env_ids = _as_indices(env, env_ids)
        above_tip_w = goal.tip_pos_w[env_ids] + _constant(tuple(position), self.device)
        arm_joint_pos = self._seed.new_empty(len(env_ids), len(self._seed))
        failed = torch.arange(len(env_ids), device=self.device)
        for _ in range(self.MAX_ATTEMPTS):
            pos_w = above_tip_w[failed] + _uniform(len(failed), position_noise, self.device)
            quat_w = pointing_down_quat(yaw + _uniform(len(failed), (yaw_noise,), self.device).squeeze(-1))
            arm_joint_pos[failed], reached = self._solve(env_ids[failed], pos_w, quat_w)
            failed = failed[~reached]
            if len(failed) == 0:
                break
        else:
            raise RuntimeError(
                f"No reachable hand pose in {self.MAX_ATTEMPTS} draws for environments {env_ids[failed].tolist()}:"
                f" hand position {position} +- {position_noise} m above the fixed part's tip."
            )
        self._write_joints(env_ids, arm_joint_pos, gripper_joint_pos)

    def _solve(
        self, env_ids: torch.Tensor, pos_w: torch.Tensor, quat_w: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        root_pose_w = self._asset.data.root_link_pose_w.torch[env_ids]
        pos_b, quat_b = subtract_frame_transforms(root_pose_w[:, :3], root_pose_w[:, 3:], pos_w, quat_w)
        seed = self._seed.expand(len(env_ids), -1)
        return solve_ik(self._chain, pos_b, quat_b, seed, self._joint_limits)

    def _write_joints(self, env_ids: torch.Tensor, arm_joint_pos: torch.Tensor, gripper_joint_pos: float) -> None:
        joint_pos = self._asset.data.default_joint_pos.torch[env_ids]
        joint_pos[:, self._arm_joint_ids] = arm_joint_pos
        joint_pos[:, self._gripper_joint_ids] = gripper_joint_pos
        zero = torch.zeros_like(joint_pos)
        self._asset.write_joint_state_to_sim_index(position=joint_pos, velocity=zero, env_ids=env_ids)
        target_command = self._asset.actuators.target_command
        target_command.set_effort_index(value=zero, env_ids=env_ids)
        target_command.set_velocity_index(value=zero, env_ids=env_ids)
        joint_pos[:, self._gripper_joint_ids] = 0.0
        target_command.set_position_index(value=joint_pos, env_ids=env_ids)

    def _check_kinematics(self) -> None:
        data = self._asset.data
        tool_pose_w = data.body_link_pose_w.torch[:1, self._body_id]
        root_pose_w = data.root_link_pose_w.torch[:1]
        pos_b, quat_b = subtract_frame_transforms(
            root_pose_w[:, :3], root_pose_w[:, 3:], tool_pose_w[:, :3], tool_pose_w[:, 3:]
        )
        pos, quat = self._chain.forward(data.joint_pos.torch[:1, self._arm_joint_ids])
        distance = torch.linalg.vector_norm(pos - pos_b).item()
        angle = quat_error_magnitude(quat, quat_b).item()
        if distance > 1e-3 or angle > 1e-2:
            raise ValueError(
                f"The tool of '{self._asset.cfg.prim_path}' is {distance * 1e3:.2f} mm and {angle:.3f} rad from where"
                " the Franka's kinematics put it: reset_hand_above_fixed_part cannot place this robot."
            )


def reset_part_in_grasp(
    env: ManagerBasedRLEnv,
    env_ids: torch.Tensor | slice | None,
    grasp_offset: tuple[float, float, float],
    position_noise: tuple[float, float, float],
    asset_cfg: SceneEntityCfg,
    robot_cfg: SceneEntityCfg,
    grasp_yaw: float = 0.0,
    command_name: str = "assembly_goal",
) -> None:
    """Put the held part, at rest, between the fingers.

    The part stands upright under the hand: its frame is the fingertip's, turned by half a turn about the fingertip's y
    axis, along which the fingers close, and then by the yaw of the grasp. In the part's frame the fingertip is at
    ``grasp_offset - s U(-position_noise, position_noise)``, uniform, with the noise scale s of the episode.

    Args:
        env: The environment.
        env_ids: Indices of the environments.
        grasp_offset: Position of the fingertip in the part's frame in m, without noise.
        position_noise: Largest offset of the part along each axis of its frame in m, at a noise scale of one.
        asset_cfg: The held part.
        robot_cfg: The robot, with the fingertip as its one body.
        grasp_yaw: Yaw in rad of the grasp in the part's frame.
        command_name: Name of the assembly goal, which keeps the noise scale.
    """
    goal: AssemblyGoal = env.command_manager.get_term(command_name)
    env_ids = _as_indices(env, env_ids)
    tip_pose_w = env.scene[robot_cfg.name].data.body_link_pose_w.torch[:, robot_cfg.body_ids].squeeze(1)[env_ids]
    # half a turn about y, then minus the yaw about the new z
    turn = _constant((-math.sin(0.5 * grasp_yaw), math.cos(0.5 * grasp_yaw), 0.0, 0.0), env.device)
    quat_w = quat_mul(tip_pose_w[:, 3:], turn.expand(len(env_ids), 4))
    noise = goal.noise_scale[env_ids].unsqueeze(-1) * _uniform(len(env_ids), position_noise, env.device)
    offset = noise - _constant(tuple(grasp_offset), env.device)
    pos_w = tip_pose_w[:, :3] + quat_apply(quat_w, offset)
    _place_at_rest(env.scene[asset_cfg.name], torch.cat((pos_w, quat_w), dim=-1), env_ids)


def _as_indices(env: ManagerBasedRLEnv, env_ids: torch.Tensor | slice | None) -> torch.Tensor:
    """Indices of the environments. Isaac Lab passes a slice where it resets all of them."""
    if isinstance(env_ids, torch.Tensor):
        return env_ids
    return torch.arange(env.num_envs, device=env.device)[slice(None) if env_ids is None else env_ids]


def _uniform(count: int, half_range: Sequence[float], device: str) -> torch.Tensor:
    """Uniform draws between minus and plus the half range. Shape is (count, len(half_range))."""
    unit = 2.0 * torch.rand(count, len(half_range), device=device) - 1.0
    return unit * _constant(tuple(half_range), device)


@functools.lru_cache
def _constant(values: tuple[float, ...], device: str) -> torch.Tensor:
    """A vector on the device. It is copied there once and shared: never write to it. Shape is (len(values),)."""
    return torch.tensor(values, device=device)


def _place_at_rest(part: RigidObject | Articulation, pose_w: torch.Tensor, env_ids: torch.Tensor) -> None:
    """Write poses of a part and no velocity. The shape of the poses is (len(env_ids), 7)."""
    part.write_root_pose_to_sim_index(root_pose=pose_w, env_ids=env_ids)
    part.write_root_velocity_to_sim_index(root_velocity=torch.zeros_like(pose_w[:, :6]), env_ids=env_ids)
