# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Event terms: what is set once at startup and how an episode starts.

No term steps the simulator, and no term touches an environment that it was not asked to reset. The reset terms build on
one another in this order: ``sample_start_noise_scale``, ``reset_fixed_part``, ``reset_hand_above_fixed_part``,
``reset_part_in_grasp``; ``reset_part_on_fixed_part`` comes anywhere after ``reset_fixed_part``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import isaaclab.utils.math as math_utils
import torch
from isaaclab.assets import Articulation, RigidObject
from isaaclab.managers import EventTermCfg, ManagerTermBase, SceneEntityCfg

from isaaclab_factory.controllers import franka_chain, solve_ik
from isaaclab_factory.controllers.rotations import pointing_down_quat

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedEnv, ManagerBasedRLEnv


def add_link_inertia(
    env: ManagerBasedEnv, env_ids: torch.Tensor | None, inertia: float, asset_cfg: SceneEntityCfg
) -> None:
    """Add a constant to the diagonal of every link's inertia tensor: ``I <- I + inertia * 1``.

    It steadies the torque law at 120 Hz on the light links of the wrist, as the armature of Isaac Gym's Factory did.

    Args:
        env: The environment.
        env_ids: Indices of the environments. All if None.
        inertia: Added moment of inertia in kg m^2.
        asset_cfg: The robot.
    """
    view = env.scene[asset_cfg.name].root_physx_view
    inertias = view.get_inertias().clone()
    rows = _cpu_ids(env, env_ids)
    for diagonal in (0, 4, 8):
        inertias[rows, ..., diagonal] += inertia
    view.set_inertias(inertias, rows)


def set_friction(
    env: ManagerBasedEnv, env_ids: torch.Tensor | None, friction: float, asset_cfg: SceneEntityCfg
) -> None:
    """Give all shapes of an asset the same static and dynamic friction.

    Args:
        env: The environment.
        env_ids: Indices of the environments. All if None.
        friction: Friction coefficient.
        asset_cfg: The asset.
    """
    view = env.scene[asset_cfg.name].root_physx_view
    materials = view.get_material_properties().clone()
    rows = _cpu_ids(env, env_ids)
    materials[rows, :, :2] = friction
    view.set_material_properties(materials, rows)


def sample_start_noise_scale(
    env: ManagerBasedRLEnv,
    env_ids: torch.Tensor,
    scale: float = 1.0,
    reduced_scale: float = 1.0,
    reduced_share: float = 0.0,
    command_name: str = "assembly_goal",
) -> None:
    """Choose how much of the start noise an episode gets: of the part's place in the hand and of the observed tip.

    Its noise is multiplied by ``scale * reduced_scale`` with the probability ``reduced_share``, by ``scale`` otherwise.
    By default every episode gets all of it, as in the reference. A curriculum may raise the reduced scale.

    Args:
        env: The environment.
        env_ids: Indices of the environments.
        scale: Factor on the start noise of every episode, without unit; 0 switches it off.
        reduced_scale: Further factor on the start noise of the reduced episodes, from 0 to 1.
        reduced_share: Probability that an episode is a reduced one.
        command_name: Name of the assembly goal, which keeps the factor.
    """
    goal = env.command_manager.get_term(command_name)
    reduced = torch.rand(len(env_ids), device=env.device) < reduced_share
    goal.reduced_noise[env_ids] = reduced
    goal.noise_scale[env_ids] = scale * torch.where(reduced, reduced_scale, 1.0)


def reset_fixed_part(
    env: ManagerBasedEnv,
    env_ids: torch.Tensor,
    position_noise: tuple[float, float, float],
    yaw_range: tuple[float, float],
    asset_cfg: SceneEntityCfg,
) -> None:
    """Place the fixed part upright around its default position with a random yaw.

    Position and yaw are drawn evenly: ``p = p_default + U(-position_noise, position_noise)``, ``yaw = U(yaw_range)``.

    Args:
        env: The environment.
        env_ids: Indices of the environments.
        position_noise: Largest offset from the default position along each axis in m.
        yaw_range: Range of the yaw in rad.
        asset_cfg: The fixed part.
    """
    asset: RigidObject = env.scene[asset_cfg.name]
    pos = asset.data.default_root_state[env_ids, :3] + env.scene.env_origins[env_ids]
    pos += _uniform(len(env_ids), position_noise, env.device)
    yaw = torch.empty(len(env_ids), device=env.device).uniform_(*yaw_range)
    quat = math_utils.quat_from_euler_xyz(torch.zeros_like(yaw), torch.zeros_like(yaw), yaw)
    asset.write_root_pose_to_sim(torch.cat((pos, quat), dim=-1), env_ids=env_ids)


def reset_part_on_fixed_part(
    env: ManagerBasedEnv, env_ids: torch.Tensor, asset_cfg: SceneEntityCfg, fixed_cfg: SceneEntityCfg
) -> None:
    """Put another part, at rest, at the pose of the fixed part, in whose frame it is modelled.

    Args:
        env: The environment.
        env_ids: Indices of the environments.
        asset_cfg: The part to place.
        fixed_cfg: The fixed part.
    """
    part: RigidObject = env.scene[asset_cfg.name]
    part.write_root_pose_to_sim(env.scene[fixed_cfg.name].data.root_pose_w[env_ids], env_ids=env_ids)
    part.write_root_velocity_to_sim(torch.zeros(len(env_ids), 6, device=env.device), env_ids=env_ids)


class reset_hand_above_fixed_part(ManagerTermBase):
    """Put the closed hand, upright and at rest, above the tip of the fixed part, by inverse kinematics on tensors.

    Position and yaw of the fingertip are drawn evenly, ``p = p_tip + position + U(-position_noise, position_noise)`` in
    the axes of the world and ``yaw + U(-yaw_noise, yaw_noise)``, until the arm reaches them, ten times at most.
    """

    MAX_ATTEMPTS = 10
    """How often a hand pose out of the arm's reach is drawn again."""

    def __init__(self, cfg: EventTermCfg, env: ManagerBasedRLEnv):
        """Resolve the joints and compare the kinematics with the robot's.

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
        self._joint_limits = self._asset.data.joint_pos_limits[0, self._arm_joint_ids]

    def __call__(
        self,
        env: ManagerBasedRLEnv,
        env_ids: torch.Tensor,
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
            gripper_joint_pos: Position in m of each gripper joint: the part's half width less what the contact yields.
            seed_joint_pos: Arm joint positions in rad from which the inverse kinematics starts.
            asset_cfg: The robot.
            arm_joint_names: Names of the arm's joints.
            gripper_joint_names: Names of the gripper's joints.
            body_name: Name of the fingertip's body.
            command_name: Name of the assembly goal, which knows the tip.

        Raises:
            RuntimeError: If no reachable hand pose was found.
        """
        goal = env.command_manager.get_term(command_name)
        above_tip = goal.compute_tip_pos_w(env_ids) + torch.tensor(position, device=self.device)
        arm_joint_pos = self._seed.repeat(len(env_ids), 1)
        failed = torch.arange(len(env_ids), device=self.device)
        for _ in range(self.MAX_ATTEMPTS):
            pos_w = above_tip[failed] + _uniform(len(failed), position_noise, self.device)
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
        root = self._asset.data.root_pose_w[env_ids]
        pos_b, quat_b = math_utils.subtract_frame_transforms(root[:, :3], root[:, 3:], pos_w, quat_w)
        seed = self._seed.expand(len(env_ids), -1)
        return solve_ik(self._chain, pos_b, quat_b, seed, self._joint_limits)

    def _write_joints(self, env_ids: torch.Tensor, arm_joint_pos: torch.Tensor, gripper_joint_pos: float) -> None:
        joint_pos = self._asset.data.default_joint_pos[env_ids].clone()
        joint_pos[:, self._arm_joint_ids] = arm_joint_pos
        joint_pos[:, self._gripper_joint_ids] = gripper_joint_pos
        zero = torch.zeros_like(joint_pos)
        self._asset.write_joint_state_to_sim(joint_pos, zero, env_ids=env_ids)
        self._asset.set_joint_effort_target(zero, env_ids=env_ids)
        self._asset.set_joint_velocity_target(zero, env_ids=env_ids)
        joint_pos[:, self._gripper_joint_ids] = 0.0
        self._asset.set_joint_position_target(joint_pos, env_ids=env_ids)

    def _check_kinematics(self) -> None:
        data = self._asset.data
        tool = data.body_link_pose_w[:1, self._body_id]
        root = data.root_pose_w[:1]
        pos_b, quat_b = math_utils.subtract_frame_transforms(root[:, :3], root[:, 3:], tool[:, :3], tool[:, 3:])
        pos, quat = self._chain.forward(data.joint_pos[:1, self._arm_joint_ids])
        distance = torch.linalg.vector_norm(pos - pos_b).item()
        angle = math_utils.quat_error_magnitude(quat, quat_b).item()
        if distance > 1e-3 or angle > 1e-2:
            raise ValueError(
                f"The tool of '{self._asset.cfg.prim_path}' is {distance * 1e3:.2f} mm and {angle:.3f} rad from where"
                " the Franka's kinematics put it: reset_hand_above_fixed_part cannot place this robot."
            )


def reset_part_in_grasp(
    env: ManagerBasedRLEnv,
    env_ids: torch.Tensor,
    grasp_offset: tuple[float, float, float],
    position_noise: tuple[float, float, float],
    asset_cfg: SceneEntityCfg,
    robot_cfg: SceneEntityCfg,
    command_name: str = "assembly_goal",
    grasp_yaw: float = 0.0,
) -> None:
    """Put the held part, at rest, between the fingers.

    The part stands upright under the hand: its frame is the fingertip's turned by half a turn about the fingertip's y
    axis, which is the axis along which the fingers close, and then by the yaw of the grasp. In the part's frame the
    fingertip is at ``grasp_offset - s U(-position_noise, position_noise)``, evenly drawn, with the noise scale s of the
    episode.

    Args:
        env: The environment.
        env_ids: Indices of the environments.
        grasp_offset: Position of the fingertip in the part's frame in m, without noise.
        position_noise: Largest offset of the part along each axis of its frame in m, at a noise scale of one.
        asset_cfg: The held part.
        robot_cfg: The robot, with the fingertip as its one body.
        command_name: Name of the assembly goal, which keeps the noise scale.
        grasp_yaw: Yaw in rad, in the part's frame, of the grasp.
    """
    part: RigidObject = env.scene[asset_cfg.name]
    goal = env.command_manager.get_term(command_name)
    fingertip = env.scene[robot_cfg.name].data.body_link_pose_w[env_ids, robot_cfg.body_ids[0]]
    # half a turn about y, then minus the yaw about the new z
    half_yaw = 0.5 * grasp_yaw
    turn = torch.tensor((0.0, -math.sin(half_yaw), math.cos(half_yaw), 0.0), device=env.device)
    quat = math_utils.quat_mul(fingertip[:, 3:], turn.expand(len(env_ids), 4))
    noise = goal.noise_scale[env_ids].unsqueeze(-1) * _uniform(len(env_ids), position_noise, env.device)
    offset = noise - torch.tensor(grasp_offset, device=env.device)
    pos = fingertip[:, :3] + math_utils.quat_apply(quat, offset)
    part.write_root_pose_to_sim(torch.cat((pos, quat), dim=-1), env_ids=env_ids)
    part.write_root_velocity_to_sim(torch.zeros(len(env_ids), 6, device=env.device), env_ids=env_ids)


def _uniform(count: int, half_range: Sequence[float], device: str) -> torch.Tensor:
    """Uniform draws between minus and plus the half range. Shape is (count, len(half_range))."""
    unit = 2.0 * torch.rand(count, len(half_range), device=device) - 1.0
    return unit * torch.tensor(half_range, device=device)


def _cpu_ids(env: ManagerBasedEnv, env_ids: torch.Tensor | None) -> torch.Tensor:
    """Indices on the CPU, where the simulator keeps the properties of its bodies."""
    return torch.arange(env.scene.num_envs) if env_ids is None else env_ids.cpu()
