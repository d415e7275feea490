# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The reference's code, run at the same moments of our steps, comes to the same control, rewards and episodes."""

import pytest
import torch

from tests.tasks.parity.comparisons import (
    ROUNDING,
    compare_controls,
    compare_flags,
    compare_observations,
    compare_rewards,
    position_error,
)
from tests.tasks.parity.states import begin_with_reset_of_reference, place_held_part, turn_hand
from tests.tasks.reference_env import step_both

pytestmark = pytest.mark.slow

NUM_STEPS = 10


def test_steps_after_a_reset_of_the_reference(env, reference, table):
    begin_with_reset_of_reference(env, reference, seed=1)
    goal = env.command_manager.get_term("assembly_goal")
    tip = goal.tip_pos_w - env.scene.env_origins
    table.compare("goal/tip of the fixed part", tip, reference.fixed_pos_obs_frame, position_error(env), "m")
    compare_observations(table, env, reference, env.observation_manager.compute())
    for step in range(NUM_STEPS):
        # at first none, whose rotation has no axis
        action = torch.randn(env.num_envs, 6) if step else torch.zeros(env.num_envs, 6)
        controls = step_both(env, reference, action)
        assert len(controls) == env.cfg.decimation
        for ours, theirs in controls:
            compare_controls(table, env, ours, theirs)
        compare_observations(table, env, reference, env.obs_buf)
        compare_rewards(table, env, reference, env.reward_buf, reference.reward_buf)
        compare_flags(table, env, reference)


def test_success_of_episodes_that_end_together(env, reference, table):
    begin_with_reset_of_reference(env, reference, seed=2)
    goal = env.command_manager.get_term("assembly_goal")
    env.episode_length_buf[:] = env.max_episode_length - 6
    for step in range(6):
        # in every environment the parts are together in some steps and not in others
        apart = torch.rand(env.num_envs) < 0.8
        place_held_part(env, reference, 0.1 * apart.unsqueeze(-1), env.scene["fixed_asset"].data.root_quat_w.torch)
        turn_hand(env, env.scene["robot"].data.default_joint_pos.torch, 0.5 * torch.randn(env.num_envs))
        step_both(env, reference, torch.zeros(env.num_envs, 6))
        ours = goal.metrics if step < 5 else goal.last_episode
        succeeded = reference.ep_succeeded.bool()
        first_time = torch.where(succeeded, ours["first_success_time"], 0.0)
        table.compare("episode/success now", ours["success"], reference.reward_terms["curr_success"])
        table.compare("episode/ever succeeded", ours["ever_success"].bool(), succeeded)
        theirs = reference.ep_success_times * reference.step_dt
        table.compare("episode/time of first success", first_time, theirs, 4 * ROUNDING * 30.0, "s")

    assert env.reset_buf.all()
    assert 0.1 < succeeded.float().mean() < 0.9
    ours, theirs = env.extras["log"]["Metrics/assembly_goal/success"], reference.extras["log"]["Metrics/success_rate"]
    rates = [torch.as_tensor(rate).view(1) for rate in (ours, theirs)]
    table.compare("episode/logged success rate", *rates, 4 * ROUNDING)
