# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Rewards divided by the standard deviation of the return."""

import gymnasium
import pytest
import torch

from isaaclab_factory.learning.libraries.reward_scaling import ScaledReward

NUM_ENVS, GAMMA = 8, 0.9


class NoisyRewards(gymnasium.Env):
    """Rewards of some size, episodes of different lengths."""

    device, num_envs = "cpu", NUM_ENVS

    def __init__(self, size: float = 1.0) -> None:
        self.size, self.generator, self.rewards, self.ends = size, torch.manual_seed(3), [], []

    def reset(self, **kwargs):
        return {}, {}

    def step(self, action):
        self.rewards.append(self.size * torch.rand(NUM_ENVS, generator=self.generator))
        self.ends.append(torch.rand(NUM_ENVS, generator=self.generator) < 0.05)
        return {}, self.rewards[-1], self.ends[-1], torch.zeros(NUM_ENVS, dtype=torch.bool), {}


def returns(env: NoisyRewards) -> torch.Tensor:
    """The discounted return after every step, from its definition."""
    rows, running = [], torch.zeros(NUM_ENVS, dtype=torch.float64)
    for reward, end in zip(env.rewards, env.ends, strict=True):
        running = GAMMA * running + reward
        rows.append(running)
        running = torch.where(end, 0.0, running)
    return torch.stack(rows)


def test_rewards_are_divided_by_the_deviation_of_all_returns_so_far():
    bare = NoisyRewards(size=7.0)
    env = ScaledReward(bare, GAMMA)
    env.reset()
    for _ in range(200):
        _, scaled, *_ = env.step(None)
    expected = bare.rewards[-1] / returns(bare).std(correction=0)
    torch.testing.assert_close(scaled, expected.float())


@pytest.mark.parametrize("size", [1e-3, 1e3])
def test_scaled_rewards_have_one_size_whatever_the_task_s(size):
    env = ScaledReward(NoisyRewards(size), GAMMA)
    last = [env.step(None)[1] for _ in range(300)][-1]
    reference = ScaledReward(NoisyRewards(), GAMMA)
    expected = [reference.step(None)[1] for _ in range(300)][-1]
    torch.testing.assert_close(last, expected, rtol=0.05, atol=0.0)


def test_first_rewards_that_are_all_the_same_are_limited():
    bare = NoisyRewards()
    bare.step = lambda action: ({}, torch.full((NUM_ENVS,), 0.1), *(torch.zeros(2, NUM_ENVS) > 0.0), {})
    _, scaled, *_ = ScaledReward(bare, GAMMA, limit=4.0).step(None)
    assert torch.equal(scaled, torch.full((NUM_ENVS,), 4.0))


def test_a_training_goes_on_with_the_scale_it_had():
    first, second = ScaledReward(NoisyRewards(5.0), GAMMA), ScaledReward(NoisyRewards(5.0), GAMMA)
    for _ in range(50):
        first.step(None)
    second.load_state_dict(first.state_dict())
    assert second.scale == first.scale != 1.0
    assert ScaledReward(NoisyRewards(), GAMMA).scale == 1.0
