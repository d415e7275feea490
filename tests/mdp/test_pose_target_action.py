# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""FORGE's action: poses around the noisy tip, where an episode starts, and the predicted success."""

import math

import pytest
import torch

from isaaclab_factory import mdp
from isaaclab_factory.controllers import pointing_down_quat, yaw_from_quat
from isaaclab_factory.testing import term_env
from tests.mdp.forge_env import ARM, forge_env

TIP = torch.tensor([0.6, 0.0, 0.075])
"""Tip of the hole where it stands by default, environment frame."""


@pytest.fixture
def env():
    """Four rows whose hand is above the hole, each turned differently."""
    torch.manual_seed(0)
    env = forge_env()
    env.command_manager.get_term("assembly_goal").tip_noise_w[:] = 0.001 * torch.randn(4, 3)
    yaw = torch.tensor([0.0, 0.5, -0.5, 1.0])
    env.place_fingertip(TIP + torch.tensor([0.01, -0.02, 0.03]), pointing_down_quat(yaw))
    env.action_manager.reset(slice(None))
    return env


@pytest.fixture
def arm(env):
    return env.action_manager.get_term("arm")


def set_torques(arm):
    arm.apply_actions()
    return arm.target_pose_w


def test_an_episode_starts_with_the_action_that_keeps_the_hand_where_it_is(env, arm):
    start = arm.processed_actions.clone()
    assert torch.equal(start, arm.previous_processed_actions)
    assert start[:, 3:5].abs().max() == 0.0
    assert (start[:, 6] == -1.0).all()
    arm.process_actions(start)
    target = set_torques(arm)
    torch.testing.assert_close(target[:, :3], arm.fingertip.pos_w, atol=1e-5, rtol=0.0)
    torch.testing.assert_close(yaw_from_quat(target[:, 3:]), yaw_from_quat(arm.fingertip.quat_w), atol=1e-5, rtol=0.0)
    assert arm.goal_offset_w.abs().max() < 1e-5


def test_only_the_episodes_that_begin_start_anew(env, arm):
    arm.process_actions(torch.ones(4, 7))
    before = arm.processed_actions.clone()
    env.place_fingertip(TIP + torch.tensor([0.0, 0.0, 0.04]))
    arm.reset(torch.tensor([1, 3]))
    after = arm.processed_actions
    assert torch.equal(after[[0, 2]], before[[0, 2]])
    tip = env.command_manager.get_term("assembly_goal").noisy_tip_pos_w
    expected = (arm.fingertip.pos_w - tip)[[1, 3]] / 0.05
    torch.testing.assert_close(after[[1, 3], :3], expected)


def test_the_goal_is_relative_to_the_noisy_tip_and_smoothed(env, arm):
    start, action = arm.processed_actions.clone(), torch.tensor([0.4, -0.2, 0.6, 0.3, 0.3, -0.5, 0.8]).repeat(4, 1)
    arm.ema_factor[:] = torch.tensor([[0.1], [0.5], [1.0], [0.025]])
    arm.process_actions(action)
    smoothed = start + arm.ema_factor * (action - start)
    torch.testing.assert_close(arm.processed_actions, smoothed)
    set_torques(arm)
    tip = env.command_manager.get_term("assembly_goal").noisy_tip_pos_w
    torch.testing.assert_close(arm.goal_offset_w[:, :3], tip + 0.05 * smoothed[:, :3] - arm.fingertip.pos_w)
    # -1 is half a turn, 1 is a quarter turn the other way, as the reference's -180 + 270 (a + 1) / 2 degrees
    yaw = -(math.radians(-180.0) + math.radians(270.0) * (smoothed[:, 5] + 1.0) / 2.0)
    torch.testing.assert_close(arm.goal_offset_w[:, 3], yaw - yaw_from_quat(arm.fingertip.quat_w), atol=1e-5, rtol=0.0)


def test_the_target_is_no_further_than_the_limits(env, arm):
    arm.ema_factor.fill_(1.0)
    arm.position_limit[0] = 0.005
    arm.process_actions(torch.tensor([1.0, -1.0, 1.0, 0.0, 0.0, 1.0, 0.0]).repeat(4, 1))
    target = set_torques(arm)
    moved = (target[:, :3] - arm.fingertip.pos_w).abs()
    torch.testing.assert_close(moved[0], torch.full((3,), 0.005), atol=1e-6, rtol=0.0)
    assert moved.max() == pytest.approx(0.02, abs=1e-6)
    turned = (yaw_from_quat(target[:, 3:]) - yaw_from_quat(arm.fingertip.quat_w)).abs()
    torch.testing.assert_close(turned, torch.full((4,), 0.097), atol=1e-5, rtol=0.0)


def test_the_predicted_success_is_the_seventh_action_from_zero_to_one(env, arm):
    assert (arm.predicted_success == 0.0).all()
    arm.ema_factor.fill_(0.25)
    action = arm.processed_actions.clone()
    action[:, 6] = 1.0
    arm.process_actions(action)
    torch.testing.assert_close(arm.predicted_success, torch.full((4,), 0.25))
    without = forge_env(predicts_success=False).action_manager.get_term("arm")
    assert without.action_dim == 6
    with pytest.raises(ValueError, match="predicts_success=True"):
        _ = without.predicted_success


def test_the_description_has_what_a_robot_needs(arm):
    description = arm.description
    assert len(description["axes"]) == len(description["units"]) == arm.action_dim == 7
    assert description["stiffness"] == list(ARM["stiffness"])
    assert {"goal yaw", "target position", "wrench", "joint torques"} <= description["laws"].keys()
    for name in ("yaw_range", "position_limit", "rotation_limit", "position_bounds", "dead_zone"):
        assert description[name] == list(getattr(arm.cfg, name))


def test_torque_actions_that_a_task_does_not_have_are_named():
    with pytest.raises(ValueError, match="must name an action of type PoseTargetTorqueAction"):
        mdp.goal_distance(term_env(num_envs=1))


def test_both_torque_actions_have_what_events_write_to():
    for env in (forge_env(), term_env()):
        arm = env.action_manager.get_term("arm")
        assert isinstance(arm, mdp.TorqueAction)
        assert arm.stiffness.shape == arm.dead_zone.shape == (env.num_envs, 6)
        assert arm.ema_factor.shape == (env.num_envs, 1)


def test_isaac_lab_makes_the_term(env):
    mdp.PoseTargetTorqueAction(env.action_manager.get_term("arm").cfg, env)
    with pytest.raises(TypeError, match="abstract"):
        mdp.TorqueAction(env.action_manager.get_term("arm").cfg, env)
