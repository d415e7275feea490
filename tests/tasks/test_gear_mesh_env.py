# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What is GearMesh's alone on the engine: the other gears, and that meshed gears turn each other."""

import math

import numpy as np
import pytest
import torch

from isaaclab_factory.agents.scripted import mesh_gear, yaw_on_fixed_part
from tests.tasks.task_env import open_env

NUM_ENVS = 4
OTHER_GEARS = ("small_gear", "large_gear")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def env():
    """Four environments of the task."""
    with open_env("GearMesh", NUM_ENVS, seed=0) as env:
        yield env


def test_the_other_gears_start_at_rest_on_the_base_and_stay_there(env):
    env.reset(seed=3)
    base = env.scene["fixed_asset"].data.root_link_pose_w.torch.clone()
    for name in OTHER_GEARS:
        assert torch.equal(env.scene[name].data.root_link_pose_w.torch, base)
        assert not env.scene[name].data.root_com_vel_w.torch.any()
    for _ in range(15):
        env.step(torch.zeros(NUM_ENVS, 6))
    for name in OTHER_GEARS:
        moved = env.scene[name].data.root_link_pose_w.torch - base
        assert moved[:, :3].norm(dim=-1).max() < 5e-6
        assert yaw_on_fixed_part(env, name).abs().max() < 1e-4


def test_the_gear_is_held_up_to_three_millimetres_above_its_teeth_and_never_lower(env):
    """The reference lowers the gear in the hand by up to 3 mm, but never lifts it."""
    height = []
    for seed in range(8):
        env.reset(seed=seed)
        held, fingertip = env.scene["held_asset"].data, env.action_manager.get_term("arm").fingertip
        # the gear's face ends 15 mm above the origin of its frame; the reference's grasp is 16.5 mm above it
        height.append(fingertip.pos_w[:, 2] - held.root_link_pose_w.torch[:, 2] - 0.0165)
    height = torch.cat(height)
    assert ((height > -1e-5) & (height < 0.003 + 1e-5)).all()
    assert height.max() - height.min() > 0.0015


@pytest.mark.slow
def test_the_task_can_be_done_within_an_episode_and_the_gears_then_turn_each_other(env):
    env.reset(seed=6)
    goal = env.command_manager.get_term("assembly_goal")
    for _ in range(110):
        env.step(mesh_gear(env))
    assert goal.success.all()
    assert goal.metrics["first_success_time"].max() < 8.0

    def drive(twist: float, num_steps: int) -> np.ndarray:
        """Angles of the held, small and large gear in rad. Shape is (num_steps, 3, num_envs)."""
        angles = []
        for _ in range(num_steps):
            action = mesh_gear(env)
            action[:, 5] = twist
            env.step(action)
            angles.append(torch.stack([yaw_on_fixed_part(env, name) for name in ("held_asset", *OTHER_GEARS)]))
        return np.unwrap(torch.stack(angles).numpy(), axis=0)

    drive(-0.7, 30)
    # the play of the teeth is taken up before the angles count
    angles = drive(0.7, 75)[20:]
    held, small, large = angles[-1] - angles[0]
    assert (held > math.radians(20.0)).all()
    np.testing.assert_allclose(small / held, -40 / 20, rtol=0.03)
    np.testing.assert_allclose(large / held, -40 / 60, rtol=0.03)
    assert goal.success.all()
