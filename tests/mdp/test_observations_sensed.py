# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What a real robot measures: the pose of its hand with errors, and the force at its wrist."""

import math

import pytest
import torch
from isaaclab.managers import ObservationTermCfg

from isaaclab_factory import mdp
from isaaclab_factory.controllers import pointing_down_quat, yaw_from_quat
from tests.mdp.forge_env import forge_env

PARAMS = {"position_noise": 0.00025, "rotation_noise": math.radians(0.1)}
YAW = 0.3


@pytest.fixture(scope="module")
def env():
    env = forge_env(num_envs=2000)
    env.command_manager.get_term("assembly_goal").tip_noise_w[:] = torch.tensor([0.001, -0.002, 0.003])
    env.place_fingertip((0.59, 0.02, 0.12), pointing_down_quat(torch.full((2000,), YAW)))
    return env


def observe(env, **changes):
    torch.manual_seed(0)
    params = PARAMS | changes
    term = mdp.sensed_fingertip(ObservationTermCfg(func=mdp.sensed_fingertip, params=params), env)
    term.reset()
    return term, term(env, **params)


def test_without_noise_it_is_the_pose_relative_to_the_noisy_tip_at_rest(env):
    _, values = observe(env, position_noise=0.0, rotation_noise=0.0)
    fingertip = env.action_manager.get_term("arm").fingertip
    pos, quat, lin_vel, ang_vel = values.split((3, 4, 3, 3), dim=-1)
    torch.testing.assert_close(pos, mdp.fingertip_pos_rel_noisy_tip(env))
    torch.testing.assert_close(quat[:, :2].abs(), fingertip.quat_w[:, :2].abs(), atol=1e-5, rtol=0.0)
    assert (quat[:, 2:] == 0.0).all()
    assert lin_vel.abs().max() == 0.0
    assert ang_vel.abs().max() < 1e-3


def test_errors_have_the_given_sizes_and_the_velocities_those_of_two_poses(env):
    _, values = observe(env)
    pos, quat, lin_vel, ang_vel = values.split((3, 4, 3, 3), dim=-1)
    errors = pos - mdp.fingertip_pos_rel_noisy_tip(env)
    assert errors.std() == pytest.approx(0.00025, rel=0.03)
    dt = env.physics_dt
    assert lin_vel.std() == pytest.approx(math.sqrt(2.0) * 0.00025 / dt, rel=0.03)
    # the velocity belongs to the measured position: half of its error is that of the present pose
    slope = (errors * lin_vel).sum() / errors.square().sum()
    assert slope == pytest.approx(1.0 / dt, rel=0.05)
    yaw_error = yaw_from_quat(quat * quat[:, :1].sign()) - YAW
    about_z = math.radians(0.1) / math.sqrt(3.0)
    assert yaw_error.std() == pytest.approx(about_z, rel=0.05)
    assert ang_vel[:, 2].std() == pytest.approx(math.sqrt(2.0) * about_z / dt, rel=0.05)
    assert (ang_vel[:, :2] == 0.0).all()


def test_the_sign_of_the_quaternion_is_drawn_for_each_episode(env):
    term, values = observe(env)
    signs = values[:, 3].sign()
    assert 0.45 < (signs > 0.0).float().mean() < 0.55
    assert torch.equal(term(env, **PARAMS)[:, 3].sign(), signs)
    rows = torch.arange(1000)
    term.reset(rows)
    after = term(env, **PARAMS)[:, 3].sign()
    assert 0.4 < (after[:1000] != signs[:1000]).float().mean() < 0.6
    assert torch.equal(after[1000:], signs[1000:])


def test_the_magnified_position_is_that_of_the_same_measurement(env):
    _, values = observe(env)
    torch.manual_seed(0)
    params = PARAMS | {"distance": 0.002}
    term = mdp.magnified_sensed_fingertip(ObservationTermCfg(func=mdp.magnified_sensed_fingertip, params=params), env)
    term.reset()
    magnified = term(env, **params)
    assert torch.equal(magnified[:, :13], values)
    torch.testing.assert_close(magnified[:, 13:], torch.tanh(values[:, :3] / 0.002))
    assert len(mdp.magnified_sensed_fingertip.description.axes) == 16


def test_the_force_is_that_of_the_sensor(env):
    env.scene["wrist"].smoothed_wrench_b[:] = torch.arange(6.0)
    assert torch.equal(mdp.wrist_force(env), torch.arange(3.0).repeat(2000, 1))
