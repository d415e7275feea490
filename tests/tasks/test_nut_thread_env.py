# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The nut threading environment on its engine."""

import math

import pytest
import torch

from tests.tasks.scripted_agents import thread_nut
from tests.tasks.task_env import open_env

NUM_ENVS = 4
HEAD = 0.010
STEPS = 200
"""Environment steps after which the script has stopped turning."""


@pytest.fixture(scope="module")
def env():
    """Four environments of the task."""
    with open_env("NutThread", NUM_ENVS, seed=0) as env:
        yield env


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


def test_the_task_can_be_done_within_an_episode_and_the_nut_is_on_the_thread(env, goal):
    env.reset(seed=7)
    for _ in range(STEPS):
        env.step(thread_nut(env))
    assert goal.success.all()
    assert goal.metrics["first_success_time"].max() < 12.0
    assert (goal.metrics["seated"] > 1.1).all()
    held, fixed = env.scene["held_asset"].data, env.scene["fixed_asset"].data
    assert (held.root_pos_w - fixed.root_pos_w)[:, :2].norm(dim=-1).max() < 0.0003
