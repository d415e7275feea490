# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The assembly goal: geometry, freshness and metrics."""

import pytest
import torch
from scipy.spatial.transform import Rotation

from isaaclab_factory import mdp

HOLE = torch.tensor([0.6, 0.0, 0.05])


def test_tip_is_on_top_of_the_fixed_part_however_it_stands(env, goal):
    half = 0.5**0.5
    env.place("fixed_asset", HOLE, (half, 0.0, 0.0, half), env_ids=[1, 3])
    # lying on its side, the part's z axis points along -y
    lying, standing = (HOLE + torch.tensor(offset) for offset in ([0.0, -0.025, 0.0], [0.0, 0.0, 0.025]))
    expected = torch.stack((standing, lying, standing, lying)) + env.scene.env_origins
    torch.testing.assert_close(goal.tip_pos_w, expected)


def test_goal_and_observed_tip_follow_the_fixed_part_without_a_reset(env, goal, hold):
    hold(heights=(0.0, 0.0, 0.0, 0.0))
    noise, target = goal.noisy_tip_pos_w - goal.tip_pos_w, goal.target_pos_w
    assert noise.abs().min() > 0.0
    shift = torch.tensor([0.03, -0.02, 0.01])
    env.place("fixed_asset", HOLE + shift)
    torch.testing.assert_close(goal.target_pos_w, target + shift)
    torch.testing.assert_close(goal.noisy_tip_pos_w - goal.tip_pos_w, noise)
    env.step()
    torch.testing.assert_close(goal.base_pos_error_w, -shift.expand(4, 3), atol=1e-6, rtol=0.0)


def test_a_reset_compares_again_without_a_step(env, goal, hold):
    hold(heights=(0.0, 0.0, 0.0, 0.0))
    assert goal.success.all()
    goal.reset(torch.tensor([0, 1]))
    part = env.scene["held_asset"]
    part.write_root_pose_to_sim_index(root_pose=part.data.root_link_pose_w.torch + 0.1)
    assert not goal.success.any()
    # the metrics still show the last step
    assert goal.metrics["success"].tolist() == [0.0, 0.0, 1.0, 1.0]


def test_an_episode_that_was_stepped_in_inference_mode_can_be_reset_outside_it(env, goal, hold):
    hold(heights=(0.0, 0.0, 0.1, 0.1))
    with torch.inference_mode():
        env.step()
    assert goal.success.tolist() == [True, True, False, False]
    goal.reset(torch.tensor([0]))
    env.reset()


def test_command_is_the_target_in_the_environment_frame(goal):
    expected = torch.cat((HOLE, torch.tensor([0.0, 0.0, 0.0, 1.0]))).repeat(4, 1)
    torch.testing.assert_close(goal.command, expected)


def test_tip_noise_is_one_draw_per_episode_with_the_given_deviation(env, goal):
    before = goal.noisy_tip_pos_w.clone()
    env.step()
    assert torch.equal(goal.noisy_tip_pos_w, before)

    draws = []
    for _ in range(500):
        goal.reset(torch.tensor([1, 2]))
        draws.append((goal.noisy_tip_pos_w - goal.tip_pos_w)[[1, 2]])
    noise = torch.cat(draws)
    assert noise.mean(dim=0).abs().max() < 1.5e-4
    torch.testing.assert_close(noise.std(dim=0), torch.full((3,), 1e-3), atol=1e-4, rtol=0.0)
    assert torch.equal(goal.noisy_tip_pos_w[[0, 3]], before[[0, 3]])


def test_noise_scale_scales_the_tip_noise(goal):
    goal.noise_scale[:] = torch.tensor([0.0, 1.0, 0.0, 1.0])
    goal.reset(torch.arange(4))
    noise = (goal.noisy_tip_pos_w - goal.tip_pos_w).norm(dim=-1)
    assert (noise > 0).tolist() == [False, True, False, True]


def test_keypoint_distance_of_a_tilted_part(env, goal):
    rotation = Rotation.from_euler("xyz", [0.3, -0.2, 1.0])
    quat = torch.from_numpy(rotation.as_quat()).float()
    env.place("held_asset", HOLE + torch.tensor([0.01, 0.02, 0.03]), quat)
    env.step()
    offsets = torch.tensor([[0.0, 0.0, z] for z in (-0.075, -0.025, 0.025, 0.075)])
    held = torch.tensor([0.01, 0.02, 0.03]) + torch.from_numpy(rotation.apply(offsets.numpy())).float()
    expected = (held - offsets).norm(dim=-1).mean()
    torch.testing.assert_close(goal.keypoint_distance, expected.repeat(4), atol=1e-6, rtol=1e-5)


def test_success_and_engagement_thresholds(hold, goal):
    hold(heights=(0.0009, 0.0011, 0.0224, 0.0226))
    assert goal.success.tolist() == [True, False, False, False]
    assert goal.engaged.tolist() == [True, True, True, False]


def test_a_part_beside_the_hole_is_neither(hold, goal):
    hold(heights=(0.0, 0.0, 0.0, 0.0), sideways=(0.0024, 0.0026, -0.0026, 0.1))
    assert goal.success.tolist() == [True, False, False, False]
    assert goal.engaged.tolist() == [True, False, False, False]


def test_comparison_is_made_once_per_step(env, hold, goal):
    hold(heights=(0.0, 0.0, 0.0, 0.0))
    assert goal.success.all()
    part = env.scene["held_asset"]
    part.write_root_pose_to_sim_index(root_pose=part.data.root_link_pose_w.torch + 0.1)
    assert goal.success.all()
    env.step()
    assert not goal.success.any()


def test_metrics_are_means_over_the_episodes_that_end(env, hold, goal):
    # row 0 succeeds from step 2 on, row 1 only at step 1, row 2 at no step
    for heights in [(0.1, 0.0, 0.1, 0.1), (0.0, 0.1, 0.1, 0.1), (0.0, 0.02, 0.1, 0.1)]:
        hold(heights)
    extras = goal.reset(torch.tensor([0, 1]))
    assert extras["success"] == pytest.approx(0.5)
    assert extras["ever_success"] == pytest.approx(1.0)
    assert extras["engaged"] == pytest.approx(1.0)
    assert extras["first_success_time"] == pytest.approx((2 + 1) / 2 * env.step_dt)
    assert extras["keypoint_distance"] == pytest.approx(0.01)

    extras = goal.reset(torch.tensor([2]))
    assert extras["success"] == extras["ever_success"] == 0.0
    # without a success the time the episode lasted counts
    assert extras["first_success_time"] == pytest.approx(3 * env.step_dt)


def test_an_episode_inherits_nothing_from_the_one_before(env, hold, goal):
    hold((0.0, 0.0, 0.0, 0.0))
    goal.reset(torch.tensor([0]))
    env.episode_length_buf[0] = 0
    hold((0.1, 0.1, 0.1, 0.1))
    assert goal.ever_success.tolist() == [False, True, True, True]
    extras = goal.reset(torch.tensor([0]))
    assert extras["ever_success"] == 0.0
    assert extras["first_success_time"] == pytest.approx(env.step_dt)


def test_last_episode_keeps_each_finished_episode(hold, goal):
    hold((0.0, 0.1, 0.0, 0.1))
    goal.reset(torch.tensor([0, 1]))
    assert goal.last_episode["success"].tolist() == [1.0, 0.0, 0.0, 0.0]
    hold((0.1, 0.1, 0.0, 0.1))
    goal.reset(torch.tensor([2]))
    assert goal.last_episode["success"].tolist() == [1.0, 0.0, 1.0, 0.0]


def test_metrics_never_describe_the_next_episode_even_if_nothing_reads_the_goal(env, hold, goal):
    hold((0.0, 0.1, 0.1, 0.1))
    env.common_step_counter += 1  # the next step, in which no term reads the goal before the reset
    # the reset events take row 0 out of its hole and put row 1 into its own
    env.place("held_asset", [(0.6, 0.0, 0.15), (0.6, 0.0, 0.05)], env_ids=[0, 1])
    extras = goal.reset(torch.tensor([0, 1]))
    assert goal.last_episode["success"].tolist() == [1.0, 0.0, 0.0, 0.0]
    assert extras["ever_success"] == pytest.approx(0.5)
    assert extras["keypoint_distance"] == pytest.approx(0.05)


def test_reset_before_any_step_logs_no_success(goal):
    extras = goal.reset(torch.arange(4))
    assert extras["success"] == extras["ever_success"] == extras["first_success_time"] == 0.0


def test_offsets_are_in_the_frames_of_the_parts_and_keypoints_as_many_and_as_far_apart_as_configured(env):
    fixed, held = Rotation.from_euler("xyz", [0.1, 0.2, 2.0]), Rotation.from_euler("xyz", [-0.3, 0.1, 0.5])
    env.place("fixed_asset", HOLE, fixed.as_quat())
    env.place("held_asset", HOLE + 0.01, held.as_quat())
    cfg = mdp.AssemblyGoalCfg(
        tip_offset=(0.0, 0.0, 0.03),
        target_offset=(0.02, 0.0, 0.005),
        held_base_offset=(0.0, 0.001, 0.002),
        num_keypoints=3,
        keypoint_length=0.02,
        success_height=0.001,
        engaged_height=0.01,
    )
    goal = mdp.AssemblyGoal(cfg, env)
    goal.reset(torch.arange(4))
    env.step()
    error = 0.01 + held.apply([0.0, 0.001, 0.002]) - fixed.apply([0.02, 0.0, 0.005])
    expected = torch.from_numpy(error).float().expand(4, 3)
    torch.testing.assert_close(goal.base_pos_error_w, expected, atol=1e-6, rtol=0.0)
    ends = [error + held.apply([0.0, 0.0, z]) - fixed.apply([0.0, 0.0, z]) for z in (-0.01, 0.0, 0.01)]
    distance = torch.tensor(sum((end**2).sum() ** 0.5 for end in ends) / 3.0)
    torch.testing.assert_close(goal.keypoint_distance, distance.float().expand(4), atol=1e-6, rtol=0.0)


def test_keypoints_lie_on_the_axes_of_the_parts_as_far_apart_as_the_keypoint_distance_says(env, goal):
    rotation = Rotation.from_euler("xyz", [0.3, -0.2, 1.0])
    quat = torch.from_numpy(rotation.as_quat()).float()
    env.place("held_asset", HOLE + torch.tensor([0.01, 0.02, 0.03]), quat)
    env.step()
    heights = torch.tensor([[0.0, 0.0, z] for z in (-0.075, -0.025, 0.025, 0.075)])
    origins = env.scene.env_origins.unsqueeze(1)
    torch.testing.assert_close(goal.target_keypoints_w - origins, (HOLE + heights).expand(4, 4, 3))
    held = HOLE + torch.tensor([0.01, 0.02, 0.03]) + torch.from_numpy(rotation.apply(heights.numpy())).float()
    torch.testing.assert_close(goal.held_keypoints_w - origins, held.expand(4, 4, 3), atol=1e-6, rtol=0.0)
    distance = (goal.held_keypoints_w - goal.target_keypoints_w).norm(dim=-1).mean(dim=-1)
    torch.testing.assert_close(goal.keypoint_distance, distance, atol=1e-6, rtol=0.0)
