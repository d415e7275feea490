# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Each observation term on a few rows."""

import numpy as np
import pytest
import torch
from isaaclab.managers import SceneEntityCfg
from scipy.spatial.transform import Rotation

from isaaclab_factory import mdp
from isaaclab_factory.controllers import franka_chain, pointing_down_quat

HOME = torch.tensor([[0.00871, -0.10368, -0.00794, -1.49139, -0.00083, 1.38774, 0.0]])
"""Default joint positions of the arm."""


def test_fingertip_pose_is_that_of_the_kinematics_in_the_environment_frame(env):
    pos, quat = franka_chain().forward(HOME)
    torch.testing.assert_close(mdp.fingertip_pos(env), pos.expand(4, 3), atol=1e-6, rtol=0.0)
    cosine = (mdp.fingertip_quat(env) * quat).sum(dim=-1).abs()
    torch.testing.assert_close(cosine, torch.ones(4), atol=1e-6, rtol=0.0)


def test_policy_sees_the_noisy_tip_and_the_critic_the_exact_one(env, goal):
    env.place("fixed_asset", (0.5, 0.0, 0.075))
    goal.tip_noise_w[:] = torch.tensor([0.001, -0.002, 0.003])
    exact = mdp.fingertip_pos(env) - torch.tensor([0.5, 0.0, 0.1])
    noisy = mdp.fingertip_pos_rel_noisy_tip(env)
    torch.testing.assert_close(noisy, exact - torch.tensor([0.001, -0.002, 0.003]), atol=1e-6, rtol=0.0)

    env.place("held_asset", (0.51, 0.01, 0.11))
    held = mdp.part_pos_rel_tip(env, SceneEntityCfg("held_asset"))
    torch.testing.assert_close(held, torch.full((4, 3), 0.01), atol=1e-6, rtol=0.0)


@pytest.mark.parametrize("yaw", [0.0, 0.7, -1.2])
def test_the_place_in_the_area_to_search_turns_with_the_hand(env, observe_tip, yaw):
    observe_tip(torch.tensor([0.6, 0.0, 0.07]) + env.scene.env_origins)
    env.place_fingertip((0.603, -0.002, 0.1), pointing_down_quat(torch.tensor(yaw)))
    hand = Rotation.from_euler("z", yaw) * Rotation.from_euler("x", np.pi)  # pointing down, then turned
    expected = hand.inv().apply([0.003, -0.002, 0.03])[:2]
    found = mdp.fingertip_pos_rel_noisy_tip_b(env)
    torch.testing.assert_close(found, torch.tensor(expected).float().expand(4, 2), atol=2e-4, rtol=0.0)


def test_the_time_is_the_share_of_the_episode_that_has_passed(env):
    env.episode_length_buf[:] = torch.tensor([0, 1, 50, env.max_episode_length])
    expected = torch.tensor([0.0, env.step_dt, 50 * env.step_dt, env.max_episode_length_s]) / env.max_episode_length_s
    torch.testing.assert_close(mdp.episode_time(env), expected.unsqueeze(-1))


def test_observed_action_is_the_smoothed_one(env, action):
    action.process_actions(torch.ones(4, 6))
    torch.testing.assert_close(mdp.smoothed_actions(env), torch.full((4, 6), 0.2))


def test_simulator_velocities_follow_from_the_joint_velocities(env, robot, fingertip):
    joint_vel = torch.randn(4, 9)
    robot.write_joint_velocity_to_sim_index(velocity=joint_vel)
    env.scene.update(env.physics_dt)
    _, _, jacobian = franka_chain().forward_with_jacobian(HOME)
    twist = joint_vel[:, :7] @ jacobian[0].T
    torch.testing.assert_close(mdp.fingertip_lin_vel(env, fingertip), twist[:, :3], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(mdp.fingertip_ang_vel(env, fingertip), twist[:, 3:], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(
    "term",
    [name for name in mdp.__all__ if getattr(getattr(mdp, name), "__module__", "").endswith("mdp.observations")],
)
def test_every_term_is_described_with_an_axis_for_each_value(env, fingertip, term):
    observe = getattr(mdp, term)
    if term.startswith("search_"):
        assert observe.description.units in ("m", "1")
        return
    held = {"asset_cfg": SceneEntityCfg("held_asset")}
    params = {"fingertip_lin_vel": {"asset_cfg": fingertip}, "fingertip_ang_vel": {"asset_cfg": fingertip}}
    values = observe(env, **{**params, "part_pos_rel_tip": held}.get(term, {}))
    assert values.shape == (4, len(observe.description.axes))


def test_exported_description_is_the_first_paragraph_of_the_docstring():
    description = mdp.fingertip_pos_rel_noisy_tip.description
    assert description.text == "Position of the fingertip relative to the noisy tip of the fixed part."
    assert (description.units, description.axes) == ("m", ("X", "Y", "Z"))
