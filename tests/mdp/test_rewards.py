# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Each reward term on a few rows."""

import math

import pytest
import torch
from isaaclab_tasks.contrib.factory.factory_utils import squashing_fn

from isaaclab_factory import mdp


@pytest.mark.parametrize(("sharpness", "offset"), [(5.0, 4.0), (50.0, 2.0), (100.0, 0.0)])
def test_keypoint_reward_is_the_reference_formula(env, hold, sharpness, offset):
    heights = torch.tensor([0.0, 0.001, 0.02, 0.3])
    hold(heights.tolist())
    reward = mdp.keypoint_reward(env, sharpness=sharpness, offset=offset)
    torch.testing.assert_close(reward, squashing_fn(heights, sharpness, offset), atol=1e-6, rtol=1e-4)


def test_engaged_and_success_are_one_or_zero(env, hold):
    hold((0.0, 0.01, 0.03, 0.1))
    assert mdp.success(env).tolist() == [1.0, 0.0, 0.0, 0.0]
    assert mdp.engaged(env).tolist() == [1.0, 1.0, 0.0, 0.0]


def test_action_norms_are_per_environment(env, action):
    first = torch.arange(24.0).view(4, 6)
    action.process_actions(first)
    action.process_actions(torch.zeros(4, 6))
    torch.testing.assert_close(mdp.smoothed_action_norm(env), 0.16 * first.norm(dim=-1))
    torch.testing.assert_close(mdp.smoothed_action_rate_norm(env), 0.04 * first.norm(dim=-1))


def test_lateral_alignment_ignores_the_height_and_falls_with_the_distance(env):
    offset = torch.tensor([[0.0, 0.0, 0.3], [0.003, 0.0, 0.0], [0.0, -0.0006, 0.1], [0.1, 0.1, 0.0]])
    env.place("held_asset", torch.tensor([0.6, 0.0, 0.05]) + offset)
    env.step()
    e = math.exp
    expected = torch.tensor([1.0, (e(-1) + e(-5)) / 2, (e(-0.2) + e(-1)) / 2, 0.0])
    actual = mdp.lateral_alignment(env, coarse_distance=0.003, fine_distance=0.0006)
    torch.testing.assert_close(actual, expected, atol=1e-4, rtol=1e-3)
