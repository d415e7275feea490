# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""How hard the robot may press: drawn for each episode, told to the policy, and what it costs to press harder."""

import pytest
import torch
from isaaclab.managers import RewardTermCfg

from isaaclab_factory import mdp
from tests.mdp.forge_env import forge_env


@pytest.fixture
def env():
    torch.manual_seed(0)
    return forge_env(num_envs=64)


@pytest.fixture
def limit(env):
    return env.command_manager.get_term("force_limit")


def feel(env, force):
    env.scene["wrist"].smoothed_wrench_b[:] = 0.0
    env.scene["wrist"].smoothed_wrench_b[:, 1] = 0.6 * torch.as_tensor(force)
    env.scene["wrist"].smoothed_wrench_b[:, 2] = -0.8 * torch.as_tensor(force)


def test_limits_are_drawn_in_the_range_for_the_episodes_that_begin(env, limit):
    before = limit.command.clone()
    assert before.shape == (64, 1)
    assert 5.0 <= before.min() < 5.5
    assert 9.5 < before.max() <= 10.0
    env.command_manager.reset(torch.arange(32))
    assert (limit.command[:32] != before[:32]).all()
    assert torch.equal(limit.command[32:], before[32:])
    env.step()
    assert torch.equal(mdp.generated_commands(env, "force_limit")[32:], before[32:])


def test_only_the_force_above_the_limit_costs(env, limit):
    limit.command[:] = 7.0
    feel(env, torch.arange(64.0) / 4.0)
    expected = (torch.arange(64.0) / 4.0 - 7.0).clamp_min(0.0)
    torch.testing.assert_close(mdp.excess_force(env), expected, atol=1e-5, rtol=0.0)


def test_metrics_are_those_of_the_episode(env, limit):
    limit.command[:] = 7.0

    def pass_step(force, asks_reward=True, ending=()):
        """As in Isaac Lab's step: rewards, then the episodes that end, then the commands."""
        feel(env, force)
        env.common_step_counter += 1
        env.episode_length_buf += 1
        if asks_reward:
            mdp.excess_force(env)
        extras = {}
        if len(ending):
            env.episode_length_buf[ending] = 0
            env.scene["wrist"].smoothed_wrench_b[ending] = 0.0
            extras = limit.reset(ending)
            limit.command[:] = 7.0
        limit.compute(env.step_dt)
        return extras

    for number, force in enumerate((2.0, 10.0, 3.0)):
        pass_step(force, asks_reward=number % 2 == 0)
    extras = pass_step(5.0, ending=torch.arange(2))
    assert float(extras["mean_force"]) == pytest.approx(5.0)  # with the last step
    assert float(extras["largest_force"]) == pytest.approx(10.0)
    torch.testing.assert_close(limit.metrics["mean_force"][2:], torch.full((62,), 5.0))
    torch.testing.assert_close(limit.metrics["largest_force"][2:], torch.full((62,), 10.0))
    torch.testing.assert_close(limit.metrics["share_above"][2:], torch.full((62,), 0.25))
    pass_step(1.0)
    torch.testing.assert_close(limit.metrics["mean_force"][:3], torch.tensor([1.0, 1.0, 4.2]))
    pass_step(9.0, asks_reward=False, ending=torch.arange(1))
    assert float(limit.metrics["mean_force"][0]) == 0.0
    pass_step(3.0)
    torch.testing.assert_close(limit.metrics["mean_force"][:2], torch.tensor([3.0, 13.0 / 3.0]))


@pytest.mark.parametrize("force_range", [(10.0, 5.0), (-1.0, 5.0)])
def test_a_range_that_is_none_is_refused(env, force_range):
    with pytest.raises(ValueError, match="force_range must be 0 <= least <= largest"):
        mdp.ForceLimit(mdp.ForceLimitCfg(force_range=force_range), env)


def test_the_goal_distance_counts_limits(env):
    arm = env.action_manager.get_term("arm")
    arm.goal_offset_w[:] = torch.tensor([0.03, 0.0, -0.04, -0.2])
    expected = torch.full((64,), 0.05 / 0.02 + 0.2 / 0.097)
    torch.testing.assert_close(mdp.goal_distance(env), expected)


def test_predictions_count_once_enough_environments_succeeded(env):
    cfg = RewardTermCfg(func=mdp.success_prediction_error, weight=-1.0, params={"needed_share": 0.25})
    term = mdp.success_prediction_error(cfg, env)
    arm = env.action_manager.get_term("arm")
    arm.processed_actions[:, 6] = 0.5  # a likelihood of 0.75
    hole = env.scene["fixed_asset"].data.root_pos_w.torch - env.scene.env_origins

    def succeed(share):
        height = torch.where(torch.arange(64) < 64 * share, 0.0, 0.1)
        env.place("held_asset", hole + torch.nn.functional.pad(height.unsqueeze(-1), (2, 0)))
        return term(env, **cfg.params)

    assert (succeed(0.2) == 0.0).all()
    right = succeed(0.25)
    torch.testing.assert_close(right, torch.where(torch.arange(64) < 16, 0.25, 0.75))
    torch.testing.assert_close(succeed(0.0), torch.full((64,), 0.75))

    later = mdp.success_prediction_error(cfg, env)
    later.load_state_dict(term.state_dict())
    torch.testing.assert_close(later(env, **cfg.params), torch.full((64,), 0.75))
