# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The nut threading environment on its engine."""

import math

import gymnasium as gym
import pytest
import torch

from isaaclab_factory.app import launch
from tests.tasks.scripted_agents import thread_nut

NUM_ENVS = 4
HEAD = 0.010
STEPS = 200
"""Environment steps after which the script has stopped turning."""


@pytest.fixture(scope="module")
def env():
    """Four environments of the task."""
    launch(headless=True)
    from isaaclab.sim.utils import create_new_stage

    from isaaclab_factory.tasks.nut_thread_env_cfg import NutThreadEnvCfg

    create_new_stage()
    cfg = NutThreadEnvCfg()
    cfg.scene.num_envs = NUM_ENVS
    cfg.seed = 0
    env = gym.make("Isaac-Factory-NutThread-v0", cfg=cfg).unwrapped
    yield env
    env.close()


@pytest.fixture
def goal(env):
    return env.command_manager.get_term("assembly_goal")


def rest() -> torch.Tensor:
    """The action that moves nothing: the yaw rests at -1."""
    action = torch.zeros(NUM_ENVS, 6)
    action[:, 5] = -1.0
    return action


def test_nut_starts_in_the_hand_as_in_the_reference_and_stays_there(env):
    from isaaclab.utils.math import quat_error_magnitude, quat_from_euler_xyz, quat_mul, subtract_frame_transforms

    env.reset(seed=5)
    tool = env.scene["robot"].find_bodies("panda_fingertip_centered")[0][0]

    def fingertip_in_nut() -> tuple[torch.Tensor, torch.Tensor]:
        held, hand = env.scene["held_asset"].data, env.scene["robot"].data.body_link_pose_w[:, tool]
        return subtract_frame_transforms(held.root_pos_w, held.root_quat_w, hand[:, :3], hand[:, 3:])

    pos, quat = fingertip_in_nut()
    noise = pos - torch.tensor([0.0, 0.0, HEAD])
    assert noise[:, 0].abs().max() < 1e-5
    assert (noise[:, 1:].abs() < 0.003 + 1e-5).all()
    assert (noise[:, 1:].abs().amax(dim=0) > 1e-4).all()
    # the hand points down, so its frame is turned by half a turn about the y axis of the unturned grasp
    yaw = torch.full((NUM_ENVS,), math.radians(-90.0))
    half_turn = torch.tensor([0.0, 0.0, 1.0, 0.0]).expand(NUM_ENVS, 4)
    expected = quat_mul(quat_from_euler_xyz(torch.zeros(NUM_ENVS), torch.zeros(NUM_ENVS), yaw), half_turn)
    assert quat_error_magnitude(quat, expected).max() < 1e-3
    for _ in range(15):
        env.step(rest())
    moved_pos, moved_quat = fingertip_in_nut()
    assert (moved_pos - pos).norm(dim=-1).max() < 0.001
    assert quat_error_magnitude(moved_quat, quat).max() < math.radians(1.0)


def test_reset_of_one_environment_leaves_the_others_bit_identical(env):
    env.reset(seed=6)
    for _ in range(5):
        env.step(thread_nut(env))
    before = {name: env.scene[name].root_physx_view.get_transforms().clone() for name in ("held_asset", "fixed_asset")}
    env._reset_idx(torch.tensor([2]))
    for name, value in before.items():
        after = env.scene[name].root_physx_view.get_transforms()
        assert torch.equal(after[[0, 1, 3]], value[[0, 1, 3]]), name
        assert not torch.equal(after[2], value[2]), name


def test_the_task_can_be_done_within_an_episode_and_the_nut_is_on_the_thread(env, goal):
    env.reset(seed=7)
    for _ in range(STEPS):
        env.step(thread_nut(env))
    assert goal.success.all()
    assert goal.metrics["first_success_time"].max() < 12.0
    assert (goal.metrics["seated"] > 1.1).all()
    held, fixed = env.scene["held_asset"].data, env.scene["fixed_asset"].data
    assert (held.root_pos_w - fixed.root_pos_w)[:, :2].norm(dim=-1).max() < 0.0003
