# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The force at the wrist against known pushes and weights, on both of Newton's engines."""

from collections.abc import Iterator

import pytest
import torch
from isaaclab.envs import ManagerBasedRLEnv
from isaaclab.utils.math import quat_apply_inverse

from tests.tasks.task_env import open_env

pytestmark = pytest.mark.slow

TASK = "Isaac-Forge-PegInsert"
NUM_ENVS = 2
TOLERANCE = 0.03
"""In N. What is left of the motion of an arm that has settled."""


def quiet(cfg) -> None:
    """An arm that holds its hand where it is."""
    for name in ("stiffness", "target_limits", "ema_factor", "dead_zone", "changing_dead_zone", "held_mass"):
        setattr(cfg.events, name, None)
    cfg.events.hand.params |= {"yaw_noise": 0.5}


@pytest.fixture(scope="module", params=["newton_mujoco", pytest.param("newton_mjwarp", marks=pytest.mark.long)])
def env(request) -> Iterator[ManagerBasedRLEnv]:
    with open_env(TASK, NUM_ENVS, physics=request.param, seed=1, change=quiet) as env:
        yield env


def settle(env, force_w=(0.0, 0.0, 0.0), steps=40) -> torch.Tensor:
    """Hold the hand against a force on it and return the smoothed force at the wrist. Shape is (num_envs, 3)."""
    env.reset(seed=1)
    robot, arm = env.scene["robot"], env.action_manager.get_term("arm")
    hand = robot.find_bodies("panda_hand")[0]
    robot.permanent_wrench_composer.set_forces_and_torques_index(
        forces=torch.tensor(force_w).repeat(NUM_ENVS, 1, 1), body_ids=hand, is_global=True
    )
    action = arm.processed_actions.clone()
    for _ in range(steps):
        env.step(action)
    robot.permanent_wrench_composer.reset()
    return env.scene["wrist"].smoothed_wrench_b[:, :3].clone()


def sensor_axes(env, vector_w) -> torch.Tensor:
    """A vector of the world along the axes of the sensor. Shape is (num_envs, 3)."""
    robot = env.scene["robot"]
    quat_w = robot.data.body_link_pose_w.torch[:, robot.find_bodies("force_sensor")[0][0], 3:]
    return quat_apply_inverse(quat_w, torch.tensor(vector_w).repeat(NUM_ENVS, 1))


def test_a_hand_in_the_air_that_holds_a_part_without_gravity_feels_nothing(env):
    assert settle(env).abs().max() < TOLERANCE


@pytest.mark.parametrize("push_w", [(0.0, 0.0, 5.0), (3.0, 0.0, 0.0), (0.0, -4.0, 2.0)])
def test_a_push_on_the_hand_is_felt_with_the_opposite_sign(env, push_w):
    felt = settle(env, push_w)
    expected = -sensor_axes(env, push_w)
    torch.testing.assert_close(felt, expected, atol=TOLERANCE, rtol=0.02)


def test_an_upward_push_is_a_positive_z(env):
    assert settle(env, (0.0, 0.0, 5.0))[:, 2].min() > 4.8


def test_the_force_forgets_with_the_smoothing_of_the_reference(env):
    settle(env)
    wrist = env.scene["wrist"]
    wrist.smoothed_wrench_b[:] = 100.0
    env.step(env.action_manager.get_term("arm").processed_actions.clone())
    torch.testing.assert_close(
        wrist.smoothed_wrench_b[:, :3], torch.full((NUM_ENVS, 3), 100.0 * 0.75**8), atol=0.1, rtol=0.0
    )


def test_a_reset_forgets_the_force_of_its_environment_only(env):
    settle(env)
    wrist = env.scene["wrist"]
    wrist.smoothed_wrench_b[:] = 7.0
    wrist.reset(torch.tensor([1]))
    assert (wrist.smoothed_wrench_b[1] == 0.0).all()
    assert (wrist.smoothed_wrench_b[0] == 7.0).all()
