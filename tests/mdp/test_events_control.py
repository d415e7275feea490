# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""How the control of the arm differs from episode to episode, and what the critic sees of it."""

import pytest
import torch
from isaaclab_tasks.contrib.forge.forge_env_cfg import ForgeCtrlCfg
from isaaclab_tasks.contrib.forge.forge_utils import get_random_prop_gains

from isaaclab_factory import mdp
from isaaclab_factory.testing import term_env
from tests.mdp.forge_env import forge_env

NUM_ENVS = 4000
HALF = torch.arange(0, NUM_ENVS, 2)
OTHERS = torch.arange(1, NUM_ENVS, 2)


@pytest.fixture(scope="module")
def wide_env():
    return forge_env(num_envs=NUM_ENVS)


@pytest.fixture
def arm(wide_env):
    torch.manual_seed(0)
    arm = wide_env.action_manager.get_term("arm")
    arm.stiffness[:] = torch.tensor(arm.cfg.stiffness)
    arm.dead_zone.zero_()
    return arm


def quantiles(values):
    return torch.quantile(values, torch.linspace(0.0, 1.0, 9), dim=0)


def test_stiffness_is_distributed_as_in_the_reference(wide_env, arm):
    ctrl = ForgeCtrlCfg()
    for _ in range(2):  # the second time it does not start from what was drawn before
        mdp.randomize_stiffness(wide_env, HALF, (0.41,) * 6)
    default = torch.tensor(ctrl.default_task_prop_gains).repeat(NUM_ENVS, 1)
    theirs = get_random_prop_gains(default, ctrl.task_prop_gains_noise_level, NUM_ENVS, "cpu")
    torch.testing.assert_close(quantiles(arm.stiffness[HALF]), quantiles(theirs), rtol=0.03, atol=0.0)
    assert torch.equal(arm.stiffness[OTHERS], default[OTHERS])
    assert torch.equal(mdp.stiffness(wide_env), arm.stiffness)
    # components are drawn on their own
    assert torch.corrcoef(arm.stiffness[HALF].T).fill_diagonal_(0.0).abs().max() < 0.1


def test_limits_of_the_target_are_distributed_as_in_the_reference(wide_env, arm):
    ctrl = ForgeCtrlCfg()
    mdp.randomize_target_limits(wide_env, None, (0.25,) * 3, (0.29,) * 3)
    limits = ((arm.position_limit, "pos"), (arm.rotation_limit, "rot"))
    for ours, name in limits:
        default = torch.tensor(getattr(ctrl, f"{name}_action_threshold")).repeat(NUM_ENVS, 1)
        theirs = get_random_prop_gains(default, getattr(ctrl, f"{name}_threshold_noise_level"), NUM_ENVS, "cpu")
        torch.testing.assert_close(quantiles(ours), quantiles(theirs), rtol=0.03, atol=0.0)
    assert torch.equal(mdp.position_limit(wide_env), arm.position_limit)
    assert torch.equal(mdp.rotation_limit(wide_env), arm.rotation_limit)


def test_smoothing_is_uniform(wide_env, arm):
    arm.ema_factor.fill_(0.2)
    mdp.randomize_ema_factor(wide_env, HALF, (0.025, 0.1))
    expected = torch.linspace(0.025, 0.1, 9).unsqueeze(-1)
    torch.testing.assert_close(quantiles(arm.ema_factor[HALF]), expected, atol=3e-3, rtol=0.0)
    assert (arm.ema_factor[OTHERS] == 0.2).all()
    assert torch.equal(mdp.ema_factor(wide_env), arm.ema_factor)


def test_the_dead_zone_is_uniform_from_zero(wide_env, arm):
    largest = torch.tensor([5.0, 5.0, 5.0, 1.0, 1.0, 1.0])
    mdp.randomize_dead_zone(wide_env, HALF, tuple(largest.tolist()))
    expected = torch.linspace(0.0, 1.0, 9).unsqueeze(-1) * largest
    torch.testing.assert_close(quantiles(arm.dead_zone[HALF]), expected, atol=0.2, rtol=0.0)
    assert (arm.dead_zone[OTHERS] == 0.0).all()
    assert torch.equal(mdp.dead_zone(wide_env), arm.dead_zone)


def test_factorys_action_can_be_varied_too():
    env = term_env()
    arm = env.action_manager.get_term("arm")
    before = arm.stiffness.clone()
    mdp.randomize_stiffness(env, torch.tensor([1]), (0.4,) * 6)
    assert (arm.stiffness != before).any(dim=-1).tolist() == [False, True, False, False]
    with pytest.raises(ValueError, match="PoseTargetTorqueAction"):
        mdp.randomize_target_limits(env, None, (0.25,) * 3, (0.29,) * 3)


def test_roll_and_pitch_of_the_actions_are_not_observed():
    env = forge_env()
    arm = env.action_manager.get_term("arm")
    arm.process_actions(torch.ones(4, 7))
    observed = mdp.smoothed_pose_actions(env)
    assert (observed[:, 3:5] == 0.0).all()
    assert (arm.processed_actions[:, 3:5] != 0.0).all()
    rest = [0, 1, 2, 5, 6]
    assert torch.equal(observed[:, rest], arm.processed_actions[:, rest])
