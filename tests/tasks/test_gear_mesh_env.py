# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The gear meshing environment on its engine."""

import math

import numpy as np
import pytest
import torch

from tests.tasks.scripted_agents import mesh_gear, yaw_on_fixed_part
from tests.tasks.task_env import open_env

NUM_ENVS = 4
SHAFT_X = 0.02025


@pytest.fixture(scope="module")
def env():
    """Four environments of the task."""
    with open_env("GearMesh", NUM_ENVS, seed=0) as env:
        yield env


def run_script(env, num_steps: int) -> None:
    for _ in range(num_steps):
        env.step(mesh_gear(env))


def test_other_gears_start_at_rest_on_the_base_and_stay_there(env):
    env.reset(seed=3)
    for name in ("small_gear", "large_gear"):
        data, base = env.scene[name].data, env.scene["fixed_asset"].data
        assert torch.equal(data.root_pose_w, base.root_pose_w)
        assert not data.root_vel_w.any()
    for _ in range(15):
        env.step(torch.zeros(NUM_ENVS, 6))
    for name in ("small_gear", "large_gear"):
        data, base = env.scene[name].data, env.scene["fixed_asset"].data
        assert (data.root_pos_w - base.root_pos_w).norm(dim=-1).max() < 5e-6
        assert yaw_on_fixed_part(env, name).abs().max() < 1e-4


def test_gear_starts_in_the_hand_up_to_three_millimetres_lower_and_stays_in_it(env):
    env.reset(seed=5)

    def axis_in_hand() -> torch.Tensor:
        from isaaclab.utils.math import quat_apply, subtract_frame_transforms

        held = env.scene["held_asset"].data
        axis = torch.tensor([SHAFT_X, 0.0, 0.0165]).expand(NUM_ENVS, 3)
        tool = env.scene["robot"].find_bodies("panda_fingertip_centered")[0][0]
        hand = env.scene["robot"].data.body_link_pose_w[:, tool]
        point = held.root_pos_w + quat_apply(held.root_quat_w, axis)
        return subtract_frame_transforms(hand[:, :3], hand[:, 3:], point)[0]

    start = axis_in_hand()
    # the hand's z axis points down, so lower is more
    assert (start[:, 0].abs() < 0.003 + 1e-5).all()
    assert start[:, 1].abs().max() < 1e-5
    assert ((start[:, 2] > -1e-5) & (start[:, 2] < 0.003 + 1e-5)).all()
    for _ in range(15):
        env.step(torch.zeros(NUM_ENVS, 6))
    assert (axis_in_hand() - start).norm(dim=-1).max() < 0.001


@pytest.mark.slow
def test_the_task_can_be_done_within_an_episode_and_the_gears_then_turn_each_other(env):
    env.reset(seed=6)
    goal = env.command_manager.get_term("assembly_goal")
    run_script(env, 110)
    assert goal.success.all()
    assert goal.metrics["first_success_time"].max() < 8.0

    def drive(twist: float, num_steps: int) -> np.ndarray:
        """Angles of the held, small and large gear in rad. Shape is (num_steps, 3, num_envs)."""
        angles = []
        for _ in range(num_steps):
            action = mesh_gear(env)
            action[:, 5] = twist
            env.step(action)
            angles.append(
                torch.stack([yaw_on_fixed_part(env, name) for name in ("held_asset", "small_gear", "large_gear")])
            )
        return np.unwrap(torch.stack(angles).numpy(), axis=0)

    drive(-0.7, 30)
    # the play of the teeth is taken up before the angles count
    angles = drive(0.7, 75)[20:]
    held, small, large = angles[-1] - angles[0]
    assert (held > math.radians(20.0)).all()
    np.testing.assert_allclose(small / held, -40 / 20, rtol=0.03)
    np.testing.assert_allclose(large / held, -40 / 60, rtol=0.03)
    assert goal.success.all()
