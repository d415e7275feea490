# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A few rows of an environment without a simulator: just what the terms read."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

import isaaclab_factory
from isaaclab_factory.controllers import franka_chain

NUM_ENVS = 4


class Scene(dict):
    """Assets by name, and where the environments stand."""

    num_envs = NUM_ENVS
    env_origins = torch.tensor([[0.0, 0.0, 0.0], [2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [2.0, 2.0, 0.0]])


class Part:
    """A rigid body with a pose."""

    def __init__(self, pos: tuple[float, float, float]):
        pose = torch.tensor([*pos, 1.0, 0.0, 0.0, 0.0]).repeat(NUM_ENVS, 1)
        self.data = SimpleNamespace(
            default_root_state=torch.cat((pose, torch.zeros(NUM_ENVS, 6)), dim=-1), root_pose_w=pose.clone()
        )
        self.place(pose[:, :3] + Scene.env_origins, pose[:, 3:])
        self.velocity = torch.full((NUM_ENVS, 6), 7.0)

    def place(self, pos: torch.Tensor, quat: torch.Tensor, env_ids=slice(None)):
        self.data.root_pose_w[env_ids] = torch.cat((pos, quat), dim=-1)
        self.data.root_pos_w = self.data.root_pose_w[:, :3]
        self.data.root_quat_w = self.data.root_pose_w[:, 3:]

    def write_root_pose_to_sim(self, pose, env_ids):
        self.place(pose[:, :3], pose[:, 3:], env_ids)

    def write_root_velocity_to_sim(self, velocity, env_ids):
        self.velocity[env_ids] = velocity


class Franka:
    """Nine joints and, as its only body but the base, the fingertip, whose pose follows the arm joints."""

    is_fixed_base = True
    cfg = SimpleNamespace(prim_path="/World/envs/env_.*/Robot")
    joint_names = tuple([f"panda_joint{i}" for i in range(1, 8)] + ["panda_finger_joint1", "panda_finger_joint2"])
    body_names = ("panda_link0", "panda_fingertip_centered")

    def __init__(self):
        self._chain = franka_chain()
        limits = torch.tensor([[-2.9, 2.9]] * 9).repeat(NUM_ENVS, 1, 1)
        limits[:, 3] = torch.tensor([-3.07, -0.07])
        limits[:, 5] = torch.tensor([-0.01, 3.75])
        home = torch.tensor([0.0, -0.2, 0.0, -2.0, 0.0, 1.8, 0.8, 0.04, 0.04]).repeat(NUM_ENVS, 1)
        base = torch.tensor([0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]).repeat(NUM_ENVS, 1)
        base[:, :3] += Scene.env_origins
        self.data = SimpleNamespace(
            joint_pos_limits=limits,
            default_joint_pos=home.clone(),
            root_pose_w=base,
            body_com_pos_b=torch.zeros(NUM_ENVS, 2, 3),
            joint_pos_target=torch.full((NUM_ENVS, 9), 7.0),
            joint_vel_target=torch.full((NUM_ENVS, 9), 7.0),
            joint_effort_target=torch.full((NUM_ENVS, 9), 7.0),
            joint_pos=home.clone(),
            joint_vel=torch.zeros(NUM_ENVS, 9),
        )
        self.mass_matrix = torch.eye(9).repeat(NUM_ENVS, 1, 1)
        self.root_physx_view = SimpleNamespace(
            get_jacobians=lambda: self.jacobian, get_generalized_mass_matrices=lambda: self.mass_matrix
        )
        self.move(slice(None), home)

    def move(self, env_ids, joint_pos):
        """Set joint positions and what follows from them."""
        self.data.joint_pos[env_ids] = joint_pos
        pos, quat, jacobian = self._chain.forward_with_jacobian(self.data.joint_pos[:, :7])
        tip = torch.cat((pos + Scene.env_origins, quat), dim=-1)
        self.data.body_link_pose_w = torch.stack((self.data.root_pose_w, tip), dim=1)
        self.jacobian = torch.cat((jacobian, torch.zeros(NUM_ENVS, 6, 2)), dim=-1).unsqueeze(1)

    def find_joints(self, names):
        expressions = [names] if isinstance(names, str) else names
        from isaaclab.utils.string import resolve_matching_names

        return resolve_matching_names(expressions, self.joint_names)

    def find_bodies(self, name):
        return [self.body_names.index(name)], [name]

    def write_joint_state_to_sim(self, joint_pos, joint_vel, env_ids):
        self.data.joint_vel[env_ids] = joint_vel
        self.move(env_ids, joint_pos)

    def _set(self, buffer, value, joint_ids, env_ids):
        rows = slice(None) if env_ids is None else env_ids
        columns = slice(None) if joint_ids is None else joint_ids
        buffer[rows, columns] = value

    def set_joint_position_target(self, value, joint_ids=None, env_ids=None):
        self._set(self.data.joint_pos_target, value, joint_ids, env_ids)

    def set_joint_velocity_target(self, value, joint_ids=None, env_ids=None):
        self._set(self.data.joint_vel_target, value, joint_ids, env_ids)

    def set_joint_effort_target(self, value, joint_ids=None, env_ids=None):
        self._set(self.data.joint_effort_target, value, joint_ids, env_ids)


class Env(SimpleNamespace):
    """The attributes of a ``ManagerBasedRLEnv`` that the terms read."""

    def step(self):
        """What the environment does to its counters in a step."""
        self.common_step_counter += 1
        self.episode_length_buf += 1


@pytest.fixture
def env() -> Env:
    """An environment of four rows with a goal, a robot and two parts."""
    assert isaaclab_factory.__name__  # imported for its effect: it prepares the runtime
    from isaaclab_factory import mdp

    torch.manual_seed(0)
    scene = Scene(robot=Franka(), held_asset=Part((0.0, 0.4, 0.1)), fixed_asset=Part((0.6, 0.0, 0.05)))
    terms = {}
    manager = SimpleNamespace(get_term=terms.__getitem__)
    env = Env(
        num_envs=NUM_ENVS,
        device="cpu",
        scene=scene,
        sim=SimpleNamespace(is_playing=lambda: True),
        physics_dt=1.0 / 120.0,
        step_dt=8.0 / 120.0,
        common_step_counter=0,
        episode_length_buf=torch.zeros(NUM_ENVS, dtype=torch.long),
        command_manager=manager,
        action_manager=manager,
    )
    goal_cfg = mdp.AssemblyGoalCfg(
        held_asset_name="held_asset",
        fixed_asset_name="fixed_asset",
        tip_offset=(0.0, 0.0, 0.025),
        success_height=0.001,
        engaged_height=0.0225,
    )
    terms["assembly_goal"] = mdp.AssemblyGoal(goal_cfg, env)
    action_cfg = mdp.OperationalSpaceTorqueActionCfg(
        asset_name="robot",
        arm_joint_names=["panda_joint[1-7]"],
        gripper_joint_names=["panda_finger_joint[1-2]"],
        body_name="panda_fingertip_centered",
        command_name="assembly_goal",
    )
    terms["arm"] = mdp.OperationalSpaceTorqueAction(action_cfg, env)
    terms["assembly_goal"].reset(torch.arange(NUM_ENVS))
    return env


@pytest.fixture
def goal(env):
    """The goal of the environment."""
    return env.command_manager.get_term("assembly_goal")


@pytest.fixture
def action(env):
    """The action term of the environment."""
    return env.action_manager.get_term("arm")
