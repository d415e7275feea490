# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The test environment next to the simulated one in the same state: what terms read and give is the same."""

import gymnasium as gym
import pytest
import torch

from isaaclab_factory.app import launch
from isaaclab_factory.testing import TermEnv

NUM_ENVS = 3

BODY_DATA = (
    "body_link_pose_w",
    "body_link_vel_w",
    "body_com_pos_w",
    "body_com_vel_w",
    "body_com_pos_b",
    "root_link_pose_w",
    "root_link_vel_w",
    "root_com_vel_w",
    "root_lin_vel_b",
    "root_ang_vel_b",
    "projected_gravity_b",
    "heading_w",
    "default_root_state",
    "default_mass",
    "default_inertia",
)
JOINT_DATA = (
    "joint_pos",
    "joint_vel",
    "joint_acc",
    "joint_pos_limits",
    "soft_joint_pos_limits",
    "joint_vel_limits",
    "joint_effort_limits",
    "joint_stiffness",
    "joint_damping",
    "joint_armature",
    "joint_friction_coeff",
    "default_joint_pos",
    "default_joint_vel",
)
VIEW_DATA = ("jacobians", "generalized_mass_matrices", "masses", "inertias")


@pytest.fixture(scope="module")
def envs():
    """The simulated environment and the test environment, with robot and parts in the same random state."""
    launch(headless=True)
    from isaaclab.sim.utils import create_new_stage

    from isaaclab_factory.tasks.peg_insert_env_cfg import PegInsertEnvCfg

    create_new_stage()
    cfg = PegInsertEnvCfg()
    cfg.scene.num_envs = NUM_ENVS
    cfg.seed = 0
    simulated = gym.make("Isaac-Factory-PegInsert-v0", cfg=cfg).unwrapped
    simulated.reset(seed=1)
    pair = simulated, TermEnv(cfg)

    lower, upper = simulated.scene["robot"].data.joint_pos_limits.unbind(-1)
    joint_pos = lower + (upper - lower) * torch.rand(NUM_ENVS, 9)
    joint_vel = torch.randn(NUM_ENVS, 9)
    for state in (joint_pos, joint_vel):
        state[:, 8] = state[:, 7]  # the fingers move together
    pose, velocity = simulated.scene["fixed_asset"].data.root_pose_w.clone(), torch.randn(NUM_ENVS, 6)
    pose[:, 2] += torch.tensor([0.0005, 0.01, 0.1])
    for env in pair:
        env.scene["robot"].write_joint_state_to_sim(joint_pos, joint_vel)
        env.scene["fixed_asset"].write_root_pose_to_sim(simulated.scene["fixed_asset"].data.root_pose_w)
        env.scene["held_asset"].write_root_pose_to_sim(pose)
        env.scene["held_asset"].write_root_velocity_to_sim(velocity)
    goals = [env.command_manager.get_term("assembly_goal") for env in pair]
    for goal in goals:
        goal.reset(torch.arange(NUM_ENVS))
    goals[1].noisy_tip_pos_w.copy_(goals[0].noisy_tip_pos_w)
    yield pair
    simulated.close()


def same_sign(actual: torch.Tensor, expected: torch.Tensor) -> torch.Tensor:
    """The actual quaternions at the end of poses, with the signs of the expected ones."""
    cosine = (actual[..., -4:] * expected[..., -4:]).sum(dim=-1, keepdim=True)
    return torch.cat((actual[..., :-4], actual[..., -4:] * torch.sign(cosine)), dim=-1)


@pytest.fixture
def compare(request, figures):
    """Compares two tensors; the largest difference of a test is noted."""
    differences = {}

    def compare(name: str, actual: torch.Tensor, expected: torch.Tensor, tolerance: float = 2e-6) -> None:
        assert actual.dtype == expected.dtype
        torch.testing.assert_close(
            actual, expected, atol=tolerance, rtol=2e-6, msg=lambda message: f"{name}: {message}"
        )
        differences[name] = (actual - expected).abs().max().item()

    yield compare
    largest = max(differences, key=differences.get)
    title = "Test environment against the simulated one: largest differences"
    figures(title, f"{request.node.name}: {differences[largest]:.1e} ({largest}) of {len(differences)} quantities")


@pytest.mark.parametrize("name", ["robot", "held_asset", "fixed_asset"])
def test_bodies(envs, compare, name):
    simulated, still = (env.scene[name] for env in envs)
    assert still.body_names == simulated.body_names
    for quantity in BODY_DATA:
        expected = getattr(simulated.data, quantity)
        actual = getattr(still.data, quantity)
        if quantity.endswith("link_pose_w"):
            actual = same_sign(actual, expected)
        compare(quantity, actual, expected)


def test_joints(envs, compare):
    simulated, still = (env.scene["robot"] for env in envs)
    assert still.joint_names == simulated.joint_names
    for quantity in JOINT_DATA:
        compare(quantity, getattr(still.data, quantity), getattr(simulated.data, quantity))


def test_jacobians_and_mass_matrices(envs, compare):
    simulated, still = (env.scene["robot"].root_physx_view for env in envs)
    for quantity in VIEW_DATA:
        compare(quantity, getattr(still, f"get_{quantity}")(), getattr(simulated, f"get_{quantity}")())


def test_environments_stand_in_the_same_places(envs, compare):
    simulated, still = envs
    compare("env_origins", still.scene.env_origins, simulated.scene.env_origins)
    assert (still.physics_dt, still.step_dt) == (simulated.physics_dt, simulated.step_dt)
    assert still.max_episode_length == simulated.max_episode_length


def test_rewards_of_the_task(envs, compare):
    rewards = []
    for env in envs:
        env.common_step_counter += 1
        rewards.append(env.reward_manager.compute(env.step_dt))
    compare("reward", rewards[1], rewards[0])
    assert rewards[0][0] > rewards[0][1] > rewards[0][2]


def test_observations_of_the_task(envs, compare):
    for env in envs:  # a physics step, over which the policy's velocities are measured
        robot = env.scene["robot"]
        env.action_manager.reset(torch.arange(NUM_ENVS))
        joint_pos = robot.data.joint_pos + env.physics_dt * robot.data.joint_vel
        robot.write_joint_state_to_sim(joint_pos, robot.data.joint_vel)
    managers = [env.observation_manager for env in envs]
    for group, names in managers[0].active_terms.items():
        assert managers[1].active_terms[group] == names
        terms = zip(names, *(manager._group_obs_term_cfgs[group] for manager in managers), strict=True)
        for name, *cfgs in terms:
            expected, actual = (cfg.func(env, **cfg.params) for env, cfg in zip(envs, cfgs, strict=True))
            # measured velocities are differences of float32 positions, times 120 Hz
            tolerance = 1e-4 if group == "policy" and "vel" in name else 2e-6
            actual = same_sign(actual, expected) if "quat" in name else actual
            compare(f"{group} {name}", actual, expected, tolerance)


def test_torques_of_the_action(envs, compare):
    torques = []
    for env in envs:
        action = env.action_manager.get_term("arm")
        action.reset()
        action.process_actions(torch.linspace(-1.0, 1.0, 18).view(3, 6))
        action.apply_actions()
        torques.append(env.scene["robot"].data.joint_effort_target[:, :7])
    compare("torque / 100 N m", torques[1] / 100.0, torques[0] / 100.0)
    assert torques[0].abs().max() > 1.0
