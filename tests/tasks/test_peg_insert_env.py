# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The peg insertion environment on its engine."""

import pytest
import torch

from isaaclab_factory.learning.episodes import SUCCESS_METRIC
from tests.tasks.scripted_agents import insert_peg
from tests.tasks.task_env import open_env

NUM_ENVS = 4


@pytest.fixture(scope="module")
def env():
    """Four environments of the task."""
    with open_env("PegInsert", NUM_ENVS, seed=0) as env:
        yield env


def test_measured_velocity_is_near_the_simulators(env):
    env.reset(seed=1)
    for _ in range(5):
        env.step(torch.randn(NUM_ENVS, 6))
    # an environment does not accelerate much within one physics step
    action, critic = env.action_manager.get_term("arm"), env.obs_buf["critic"]
    torch.testing.assert_close(action.fingertip.measured_lin_vel_w, critic[:, 7:10], atol=0.02, rtol=0.0)
    torch.testing.assert_close(action.fingertip.measured_ang_vel_w, critic[:, 10:13], atol=0.2, rtol=0.0)


def test_reset_starts_at_rest_with_the_peg_in_the_hand_above_the_hole(env):
    env.reset(seed=2)
    assert not env.scene["robot"].root_physx_view.get_dof_velocities().any()
    assert not env.scene["held_asset"].root_physx_view.get_velocities().any()
    goal = env.command_manager.get_term("assembly_goal")
    policy, critic = env.obs_buf["policy"], env.obs_buf["critic"]
    assert policy[:, 7:].abs().max() < 1e-6  # velocities and actions
    offset = critic[:, :3] + env.scene.env_origins - goal.tip_pos_w - torch.tensor([0.0, 0.0, 0.047])
    assert (offset.abs() <= torch.tensor([0.02, 0.02, 0.01]) + 1e-4).all()
    # the peg's lower end hangs below the fingertips by what the pads do not hold
    below = critic[:, 20:23] - critic[:, :3] + torch.tensor([0.0, 0.0, 0.050 - 0.017608])
    assert below.norm(dim=-1).max() < 0.003 * 2**0.5 + 1e-4


def test_peg_stays_in_the_hand(env):
    env.reset(seed=3)
    hand_to_peg = []
    for _ in range(15):
        env.step(torch.zeros(NUM_ENVS, 6))
        critic = env.obs_buf["critic"]
        hand_to_peg.append(critic[:, 20:23] - critic[:, :3])
    assert (hand_to_peg[-1] - hand_to_peg[0]).norm(dim=-1).max() < 0.001


def test_the_task_can_be_done_within_an_episode(env):
    env.reset(seed=6)
    goal = env.command_manager.get_term("assembly_goal")
    returns = torch.zeros(NUM_ENVS)
    for _ in range(env.max_episode_length - 1):
        returns += env.step(insert_peg(env))[1]
    assert goal.success.all()
    assert goal.metrics["first_success_time"].max() < 8.0
    # all five reward terms at their best are 1/6 + 1/4 + 1/2 + 1 + 1 per step
    assert (returns > 200.0).all()
    extras = env.step(insert_peg(env))[4]
    assert extras["log"][SUCCESS_METRIC] == 1.0


def test_episode_ends_by_time_alone_and_logs_the_goal(env):
    env.reset(seed=4)
    env.episode_length_buf[:] = torch.tensor([148, 10, 10, 10])
    _, _, terminated, truncated, extras = env.step(torch.zeros(NUM_ENVS, 6))
    assert not truncated.any()
    _, _, terminated, truncated, extras = env.step(torch.zeros(NUM_ENVS, 6))
    assert truncated.tolist() == [True, False, False, False]
    assert not terminated.any()
    names = {"success", "ever_success", "engaged", "first_success_time", "keypoint_distance"}
    assert names <= {key.removeprefix("Metrics/assembly_goal/") for key in extras["log"]}
    assert env.episode_length_buf.tolist() == [0, 12, 12, 12]


def test_same_seed_gives_the_same_rollout_bit_for_bit(env):
    def rollout():
        torch.manual_seed(5)
        env.reset(seed=5)
        rows = []
        for _ in range(10):
            obs, reward, *_ = env.step(torch.randn(NUM_ENVS, 6))
            rows.append(torch.cat((obs["policy"], obs["critic"], reward.unsqueeze(-1)), dim=-1).clone())
        return torch.stack(rows)

    assert torch.equal(rollout(), rollout())


def test_io_descriptors_can_be_exported(env):
    descriptors = env.get_IO_descriptors
    assert [term["name"] for term in descriptors["actions"]] == ["operational_space_torque_action"]
    policy = {term["name"]: term for term in descriptors["observations"]["policy"]}
    assert list(policy) == [
        "fingertip_pos_rel_noisy_tip",
        "fingertip_quat",
        "measured_fingertip_lin_vel",
        "measured_fingertip_ang_vel",
        "smoothed_actions",
    ]
    assert tuple(policy["fingertip_quat"]["shape"]) == (4,)
