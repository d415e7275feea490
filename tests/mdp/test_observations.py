# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Each observation term on a few rows."""

from types import SimpleNamespace

import torch

from isaaclab_factory import mdp


def test_fingertip_position_is_in_the_environment_frame(env):
    # all rows stand in the same posture, each at its own place
    pos = mdp.fingertip_pos(env)
    torch.testing.assert_close(pos, pos[:1].expand(4, 3), atol=1e-6, rtol=0.0)
    assert 0.3 < pos[0, 0] < 0.7


def test_policy_sees_the_noisy_tip_and_the_critic_the_exact_one(env, goal):
    goal.tip_pos_w[:] = torch.tensor([0.5, 0.0, 0.1]) + env.scene.env_origins
    goal.noisy_tip_pos_w[:] = goal.tip_pos_w + torch.tensor([0.001, -0.002, 0.003])
    exact = mdp.fingertip_pos(env) - torch.tensor([0.5, 0.0, 0.1])
    noisy = mdp.fingertip_pos_rel_noisy_tip(env)
    torch.testing.assert_close(noisy, exact - torch.tensor([0.001, -0.002, 0.003]), atol=1e-6, rtol=0.0)

    env.scene["held_asset"].place(goal.tip_pos_w + 0.01, torch.tensor([1.0, 0.0, 0.0, 0.0]).repeat(4, 1))
    held = mdp.part_pos_rel_tip(env, SimpleNamespace(name="held_asset"))
    torch.testing.assert_close(held, torch.full((4, 3), 0.01), atol=1e-6, rtol=0.0)


def test_observed_action_is_the_smoothed_one(env, action):
    action.process_actions(torch.ones(4, 6))
    torch.testing.assert_close(mdp.smoothed_actions(env), torch.full((4, 6), 0.2))


def test_simulator_velocities_are_of_the_selected_body(env):
    data = env.scene["robot"].data
    data.body_lin_vel_w, data.body_ang_vel_w = torch.randn(4, 2, 3), torch.randn(4, 2, 3)
    body = SimpleNamespace(name="robot", body_ids=[1])
    assert torch.equal(mdp.fingertip_lin_vel(env, body), data.body_lin_vel_w[:, 1])
    assert torch.equal(mdp.fingertip_ang_vel(env, body), data.body_ang_vel_w[:, 1])
