# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The environment of the reference in Isaac Lab, on the scene of ours."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch
from isaaclab.assets import AssetBase
from isaaclab.envs import ManagerBasedRLEnv
from isaaclab_tasks.contrib.factory import factory_env_cfg, factory_utils
from isaaclab_tasks.contrib.factory.factory_env import FactoryEnv


class ReferenceEnv(FactoryEnv):
    """The reference's environment, which works with the scene and the simulator of ours instead of its own.

    Nothing but the construction is replaced: observations, rewards, torques, episodes and resets are the reference's
    code, which reads the state of the robot and the parts from the simulator for itself. One departure of ours, in the
    actions of NutThread, would hide all others; :attr:`our_yaw` puts it into the reference.
    """

    our_yaw: bool
    """Whether a yaw that turns one way is mapped once from the smoothed action, as ours, instead of in place."""

    frictions: list[tuple[AssetBase, float]]
    """The assets whose friction the reference sets, and the coefficients. It sets them through PhysX only."""

    def __init__(self, env: ManagerBasedRLEnv, task: str, our_yaw: bool = True):
        """Take the scene of our environment instead of building one.

        Args:
            env: Our environment.
            task: Name of the task: "PegInsert", "GearMesh" or "NutThread".
            our_yaw: See the attribute.
        """
        self._is_closed = True  # there is nothing to close when this is deleted
        self.our_yaw = our_yaw
        self.cfg = self.make_cfg(task)
        self.cfg.scene.num_envs = env.num_envs
        self.cfg_task = self.cfg.task
        self.sim, self.scene = env.sim, env.scene
        self._robot, self._held_asset, self._fixed_asset = (
            env.scene[name] for name in ("robot", "held_asset", "fixed_asset")
        )
        if task == "GearMesh":
            self._small_gear_asset, self._large_gear_asset = env.scene["small_gear"], env.scene["large_gear"]

        self.extras = {}
        self.episode_length_buf = torch.zeros(self.num_envs, dtype=torch.long, device=self.device)
        self.reset_buf = torch.zeros(self.num_envs, dtype=torch.bool, device=self.device)
        self.actions = torch.zeros(self.num_envs, self.cfg.action_space, device=self.device)
        self.prev_actions = torch.zeros_like(self.actions)
        self._init_tensors()
        self.frictions = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(factory_utils, "set_friction", lambda asset, value, _: self.frictions.append((asset, value)))
            self._set_default_dynamics_parameters()
        self.task_prop_gains = self.default_gains
        self.task_deriv_gains = factory_utils.get_deriv_gains(self.default_gains)

    @staticmethod
    def make_cfg(task: str) -> factory_env_cfg.FactoryEnvCfg:
        """The reference's configuration of a task."""
        return getattr(factory_env_cfg, f"FactoryTask{task}Cfg")()

    def take_goal(self, env: ManagerBasedRLEnv) -> None:
        """Take the tip of the fixed part, and the error with which it is observed, from our environment."""
        goal = env.command_manager.get_term("assembly_goal")
        self.fixed_pos_obs_frame[:] = goal.tip_pos_w - self.scene.env_origins
        self.init_fixed_pos_obs_noise[:] = goal.tip_noise_w

    def begin_episode(self, env: ManagerBasedRLEnv) -> None:
        """Begin the episodes that our environment has begun: with its goal, at rest, without actions."""
        self.take_goal(env)
        self.actions[:], self.prev_actions[:] = 0.0, 0.0
        self._reset_buffers(torch.arange(self.num_envs, device=self.device))
        for _ in range(2):  # the second time nothing has moved
            self._compute_intermediate_values(self.physics_dt)

    def end_step(self, env: ManagerBasedRLEnv) -> None:
        """Do what comes after the physics of a step: ends of episodes and rewards."""
        self.episode_length_buf[:] = env.episode_length_buf
        self.time_outs, _ = self._get_dones()
        self.reset_buf[:] = env.termination_manager.dones
        self.reward_buf = self._get_rewards()

    def _apply_action(self) -> None:
        smoothed = self.actions.clone()
        super()._apply_action()
        if self.our_yaw:
            self.actions = smoothed

    def generate_ctrl_signals(
        self, ctrl_target_fingertip_midpoint_pos, ctrl_target_fingertip_midpoint_quat, ctrl_target_gripper_dof_pos
    ) -> None:
        """Note the targets."""
        self.target_pos, self.target_quat = ctrl_target_fingertip_midpoint_pos, ctrl_target_fingertip_midpoint_quat
        super().generate_ctrl_signals(self.target_pos, self.target_quat, ctrl_target_gripper_dof_pos)

    def _get_factory_rew_dict(self, curr_successes: torch.Tensor) -> tuple[dict, dict]:
        self.reward_terms, scales = super()._get_factory_rew_dict(curr_successes)
        return self.reward_terms, scales


@dataclass
class Control:
    """What the robot is commanded before a physics step."""

    target_pos: torch.Tensor
    """Position in m that the fingertip should reach, environment frame. Shape is (num_envs, 3)."""
    target_quat: torch.Tensor
    """Orientation that the fingertip should reach. Shape is (num_envs, 4)."""
    torque: torch.Tensor
    """Torques of the arm in N m, and forces of the fingers in N. Shape is (num_envs, 9)."""
    gripper_target: torch.Tensor
    """Position targets of the fingers in m. Shape is (num_envs, 2)."""


def our_control(env: ManagerBasedRLEnv) -> Control:
    """Apply the action in our environment."""
    arm = env.action_manager.get_term("arm")
    arm.apply_actions()
    target_pos_w, target_quat_w = arm.target_pose_w.clone().split((3, 4), dim=-1)
    command = env.scene["robot"].actuators.target_command
    return Control(
        target_pos_w - env.scene.env_origins,
        target_quat_w,
        command.effort.torch.clone(),
        command.position.torch[:, 7:].clone(),
    )


def their_control(reference: ReferenceEnv) -> Control:
    """Apply the action in the reference's environment, and leave the robot's targets as they were."""
    command = reference._robot.actuators.target_command
    effort, position = command.effort.torch.clone(), command.position.torch.clone()
    reference._apply_action()
    control = Control(
        reference.target_pos,
        reference.target_quat,
        command.effort.torch.clone(),
        command.position.torch[:, 7:].clone(),
    )
    command.set_effort_index(value=effort)
    command.set_position_index(value=position)
    return control


def step_both(env: ManagerBasedRLEnv, reference: ReferenceEnv, action: torch.Tensor) -> list[tuple[Control, Control]]:
    """Step our environment, and run the reference's code at the same moments of the step, in the same states.

    Args:
        env: Our environment.
        reference: The reference's environment on the same scene.
        action: Actions of the policy. Shape is (num_envs, 6).

    Returns:
        Our control and the reference's before each physics step.
    """
    controls = []
    compute_reward = env.reward_manager.compute

    def apply_both() -> None:
        theirs = their_control(reference)
        controls.append((our_control(env), theirs))

    def reward_both(dt: float) -> torch.Tensor:
        reference.end_step(env)
        return compute_reward(dt)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(env.action_manager, "apply_action", apply_both)
        patch.setattr(env.reward_manager, "compute", reward_both)
        reference._pre_physics_step(action)
        env.step(action)
    return controls
