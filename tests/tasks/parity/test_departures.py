# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Where we depart from the reference on purpose, the difference is what ``docs/tasks.md`` says it is.

The start poses of an episode are in ``test_reset_distributions.py``, the generated robot and parts in ``tests/assets``.
"""

import math

import pytest
import torch
import warp as wp
from isaaclab.assets import ArticulationCfg, BaseArticulation, BaseRigidObject
from isaaclab.utils.math import euler_xyz_from_quat, quat_apply, quat_apply_inverse

from tests.tasks.parity.comparisons import ROUNDING, UPRIGHT
from tests.tasks.parity.states import place_held_part, random_states, turn_hand
from tests.tasks.reference_env import our_control, step_both, their_control

TITLE = "Departures from the reference, measured"

one_task = pytest.mark.parametrize("task", ["PegInsert"], indirect=True)
"""For what does not depend on the task."""

nuts_only = pytest.mark.parametrize("task", [pytest.param("NutThread", marks=pytest.mark.slow)], indirect=True)
"""For the yaw, which the reference maps again for nuts."""


@pytest.fixture(scope="module")
def num_envs() -> int:
    """Fewer than where we agree."""
    return 16


@pytest.fixture
def goal(env):
    """The goal of the task."""
    return env.command_manager.get_term("assembly_goal")


@one_task
def test_wrench_of_reference_and_ours_acts_at_a_point_above_the_fingertip(env, reference, figures):
    robot, tool = env.scene["robot"], reference.fingertip_body_idx
    fingers = [reference.left_finger_body_idx, reference.right_finger_body_idx]
    assert env.cfg.actions.arm.jacobian == "finger_mean"
    for _ in random_states(env, reference, 4, seed=1):
        poses_w = robot.data.body_link_pose_w.torch
        lever = poses_w[:, fingers, :3].mean(dim=1) - poses_w[:, tool, :3]
        expected = robot.data.body_link_jacobian_w.torch[:, tool - 1, :, :7].clone()
        expected[:, :3] += torch.linalg.cross(expected[:, 3:], lever.unsqueeze(-1).expand(-1, 3, 7), dim=1)
        torch.testing.assert_close(reference.fingertip_midpoint_jacobian, expected, atol=2e-6, rtol=0.0)
        # the hand's z axis points down when the hand is upright
        above = -quat_apply_inverse(poses_w[:, tool, 3:], lever)[:, 2]
        assert above.numpy() == pytest.approx(0.112071 - 0.0584, abs=1e-5)
    figures(TITLE, f"The wrench acts {above.mean() * 1e3:.1f} mm above the fingertip for which it is computed")


@one_task
def test_the_fingertips_own_jacobian_gives_other_torques(env, reference, figures, monkeypatch):
    """Not a departure of the tasks, but what ``actions.arm.jacobian="fingertip"`` changes."""
    controller = env.action_manager.get_term("arm")._controller
    monkeypatch.setattr(controller, "point_ids", wp.vec2i(controller.body_id, controller.body_id))
    env.reset(seed=2)
    reference.begin_episode(env)
    differences, sizes = [], []
    for _ in range(8):
        for ours, theirs in step_both(env, reference, torch.randn(env.num_envs, 6)):
            differences.append((ours.torque - theirs.torque).norm(dim=-1))
            sizes.append(theirs.torque.norm(dim=-1))
    difference, size = torch.cat(differences), torch.cat(sizes)
    assert difference.median() > 0.01
    line = (
        "Fingertip's own Jacobian: under random actions the arm's torques differ by {:.2f} N m in the median, {:.2f} at"
        " 99 %, of {:.2f}"
    )
    figures(TITLE, line.format(difference.median(), difference.quantile(0.99), size.median()))


@nuts_only
def test_reference_maps_the_yaw_again_at_each_physics_step(env, reference, monkeypatch):
    monkeypatch.setattr(reference, "our_yaw", False)
    for _ in random_states(env, reference, 1, seed=3):
        smoothed = reference.actions.clone()
        for substep in range(1, env.cfg.decimation + 1):
            their_control(reference), our_control(env)
            mapped = -1.0 / 3.0 + (smoothed[:, 5] + 1.0 / 3.0) * (-0.5) ** substep
            torch.testing.assert_close(reference.actions[:, 5], mapped, atol=1e-6, rtol=0.0)
        seen = reference._get_observations()["policy"][:, -6:]
        assert (seen[:, 5] + 1.0 / 3.0).abs().max() < 0.02
        torch.testing.assert_close(env.observation_manager.compute()["policy"][:, -6:], smoothed)


@nuts_only
def test_hand_rests_at_a_yaw_action_of_minus_one(env, reference):
    env.reset(seed=4)
    action = torch.zeros(env.num_envs, 6)
    action[:, 5] = -5.0  # of which the smoothing takes a fifth
    env.action_manager.process_action(action)
    fingertip = env.action_manager.get_term("arm").fingertip
    present, target = (euler_xyz_from_quat(quat)[2] for quat in (fingertip.quat_w, our_control(env).target_quat))
    torch.testing.assert_close(target, present, atol=1e-6, rtol=0.0)


def test_episode_of_the_reference_is_a_step_shorter(env, reference):
    env.reset(seed=5)
    reference.begin_episode(env)
    assert reference.max_episode_length == env.max_episode_length
    env.episode_length_buf[:] = env.max_episode_length - 3
    ends = []
    for _ in range(3):
        step_both(env, reference, torch.zeros(env.num_envs, 6))
        ends.append((reference.time_outs.all().item(), env.reset_buf.all().item()))
        assert reference.time_outs.any() == reference.time_outs.all()
        assert env.reset_buf.any() == env.reset_buf.all()
    # 149 of 150 steps, and so on
    assert ends == [(False, False), (True, False), (True, True)]


@one_task
def test_action_penalty_of_the_reference_is_one_number_for_all_environments(env, reference):
    term = env.reward_manager.get_term_cfg("action_penalty")
    for _ in random_states(env, reference, 1, seed=6):
        reference._get_rewards()
        ours, theirs = term.func(env, **term.params), reference.reward_terms["action_penalty_ee"]
        assert theirs.shape == ()
        # the largest singular value of the matrix of all actions
        torch.testing.assert_close(torch.linalg.matrix_norm(reference.actions, ord=2), theirs)
        torch.testing.assert_close(ours, reference.actions.norm(dim=-1))
    assert term.weight == 0.0
    assert reference.cfg_task.action_penalty_ee_scale == 0.0


@pytest.mark.slow
@one_task
def test_reset_of_one_environment_by_the_reference_steps_and_moves_all(env, reference, monkeypatch):
    others = torch.arange(env.num_envs) != 1
    steps = []
    step = env.sim.step

    def counted_step(render: bool = True) -> None:
        steps.append(render)
        step(render)

    def state() -> torch.Tensor:
        held, robot = env.scene["held_asset"].data, env.scene["robot"].data
        return torch.cat((robot.joint_pos.torch, held.root_link_pose_w.torch), dim=-1)

    monkeypatch.setattr(env.sim, "step", counted_step)
    env.reset(seed=7)
    before = state()[others].clone()
    env._reset_idx(torch.tensor([1]))
    assert not steps
    assert torch.equal(state()[others], before)

    reference._reset_idx(torch.arange(env.num_envs))
    steps.clear()
    before = state()[others].clone()
    reference._reset_idx(torch.tensor([1]))
    # inverse kinematics for a quarter of a second, closing the hand for another
    assert len(steps) > 0.5 / env.physics_dt
    assert (state()[others] != before).any(dim=-1).all()


@pytest.mark.slow
@one_task
def test_reset_of_one_environment_by_the_reference_overwrites_the_noise_of_all(env, reference, goal):
    env.reset(seed=8)
    before = goal.noisy_tip_pos_w.clone()
    env._reset_idx(torch.tensor([1]))
    assert (goal.noisy_tip_pos_w != before).any(dim=-1).nonzero().flatten().tolist() == [1]

    reference._reset_idx(torch.arange(env.num_envs))
    before = reference.init_fixed_pos_obs_noise.clone()
    reference._reset_idx(torch.tensor([1]))
    after = reference.init_fixed_pos_obs_noise
    assert (after != before).all()
    assert torch.equal(after, after[:1].expand_as(after))


@one_task
def test_success_rate_of_the_reference_is_that_of_all_environments(env, reference, goal):
    for _ in random_states(env, reference, 1, seed=9):
        success = goal.success.clone()
        assert success.any()
        assert not success.all()
        for env_id in range(env.num_envs):
            reference.reset_buf[:] = torch.arange(env.num_envs) == env_id
            reference._get_rewards()
            assert reference.extras["log"]["Metrics/success_rate"] == success.float().mean()
            log = env.command_manager.reset(torch.tensor([env_id]))
            assert log["Metrics/assembly_goal/success"] == success[env_id]
    reference.reset_buf[:] = False


@one_task
def test_success_time_of_the_reference_leaves_out_failures(env, reference, goal):
    env.reset(seed=10)
    env_ids = torch.arange(env.num_envs)
    reference.begin_episode(env)
    quat = env.scene["fixed_asset"].data.root_quat_w.torch
    apart = (env_ids % 4 > 0).float().unsqueeze(-1)
    for steps, offset in ((10, 0.1 * apart), (30, torch.full((env.num_envs, 1), 0.1))):
        place_held_part(env, reference, offset, quat)
        env.episode_length_buf[:] = reference.episode_length_buf[:] = steps
        env.common_step_counter += 1
        goal.compute(env.step_dt)
        reference._compute_intermediate_values(env.physics_dt)
        reference._get_rewards()
    assert reference.extras["success_times"] == 10
    # a quarter of the episodes has succeeded after 10 steps; the others count with all their 30
    log = env.command_manager.reset(env_ids)
    assert log["Metrics/assembly_goal/first_success_time"] == pytest.approx((10 + 3 * 30) / 4 * env.step_dt)


@one_task
def test_the_reference_observes_the_tip_where_it_was_at_the_reset(env, reference, goal):
    fixed = env.scene["fixed_asset"]
    up = torch.tensor([0.0, 0.0, 0.2, 0.0, 0.0, 0.0, 0.0])
    for _ in random_states(env, reference, 1, seed=11):
        ours = env.observation_manager.compute()["policy"].clone()
        theirs = reference._get_observations()["policy"].clone()
        fixed.write_root_pose_to_sim_index(root_pose=fixed.data.root_link_pose_w.torch + up)
        reference._compute_intermediate_values(env.physics_dt)
        after = env.observation_manager.compute()["policy"]
        torch.testing.assert_close(after[:, 2], ours[:, 2] - 0.2, atol=1e-6, rtol=0.0)
        assert torch.equal(reference._get_observations()["policy"][:, :3], theirs[:, :3])


@nuts_only
def test_a_hand_that_is_turned_the_wrong_way_counts_as_turned_in_the_reference(env, reference, goal):
    """Its ``wrap_yaw`` would unwrap yaws up to 235 degrees, but gets them within half a turn."""
    robot = env.scene["robot"]
    for _ in random_states(env, reference, 1, seed=13):
        quat = env.scene["fixed_asset"].data.root_quat_w.torch
        place_held_part(env, reference, torch.zeros(env.num_envs, 3), quat)
        for degrees, ours, theirs in ((170, False, False), (190, False, True), (230, False, True), (240, True, True)):
            yaw = torch.full((env.num_envs,), math.radians(degrees))
            turn_hand(env, robot.data.joint_pos.torch.clone(), yaw)
            env.common_step_counter += 1
            reference._compute_intermediate_values(env.physics_dt)
            reference._get_rewards()
            assert (goal.success == ours).all(), degrees
            assert (reference.reward_terms["curr_success"].bool() == theirs).all(), degrees


@one_task
def test_upright_targets_of_the_reference_lean_by_its_value_of_pi(env, reference):
    def lean(quat: torch.Tensor) -> torch.Tensor:
        down = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64).expand(env.num_envs, 3)
        return quat_apply(quat.double(), down)[:, :2].norm(dim=-1)

    for _ in random_states(env, reference, 2, seed=12):
        ours, theirs = our_control(env), their_control(reference)
        assert lean(ours.target_quat).max() == 0.0
        assert lean(theirs.target_quat).numpy() == pytest.approx(UPRIGHT, abs=8 * ROUNDING)


def test_parts_robot_and_device_are_as_documented(env, reference):
    task = reference.cfg_task
    loose = {"held_asset": task.held_asset}
    if task.name == "gear_mesh":
        loose |= {"small_gear": task.small_gear_cfg, "large_gear": task.large_gear_cfg}
    assert all(isinstance(env.scene[name], BaseRigidObject) for name in loose)
    assert env.scene["fixed_asset"].is_fixed_base
    for cfg in (*loose.values(), task.fixed_asset):
        assert isinstance(cfg, ArticulationCfg)
        assert not cfg.actuators

    robot = env.scene["robot"]
    assert isinstance(robot, BaseArticulation)
    assert robot.data.joint_armature.torch[0, 7:].tolist() == pytest.approx([0.3, 0.3])
    assert reference.cfg.scene.robot.actuators["panda_hand"].armature == 0.0
    assert (env.cfg.sim.device, reference.cfg.sim.device) == ("cpu", "cuda:0")
