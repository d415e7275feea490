# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The torque action: smoothing, target and reset."""

import math

import pytest
import torch

from isaaclab_factory import mdp
from isaaclab_factory.controllers import OperationalSpaceController, pose_error
from isaaclab_factory.controllers.rotations import pointing_down_quat, yaw_from_quat

FINGERTIP = 11
"""Index of the fingertip's body."""


def test_actions_are_smoothed_by_a_moving_average(action):
    first, second = torch.randn(4, 6), torch.randn(4, 6)
    action.process_actions(first)
    torch.testing.assert_close(action.processed_actions, 0.2 * first)
    action.process_actions(second)
    torch.testing.assert_close(action.raw_actions, second)
    torch.testing.assert_close(action.processed_actions, 0.2 * second + 0.8 * 0.2 * first)
    torch.testing.assert_close(action.previous_processed_actions, 0.2 * first)


def test_a_yaw_that_turns_one_way_is_mapped_once_after_the_smoothing(robot, action, goal):
    tip = tip_pose(robot)
    goal.noisy_tip_pos_w[:] = tip[:, :3]
    action.cfg.unidirectional_yaw = True
    raw = torch.zeros(4, 6)
    raw[:, 5] = torch.tensor([-5.0, 0.0, 2.5, 5.0])
    action.process_actions(raw)
    torch.testing.assert_close(action.processed_actions, 0.2 * raw)
    yaw = -0.097 * torch.tensor([0.0, 0.5, 0.75, 1.0])
    for _ in range(2):
        action.apply_actions()
        expected = expected_torque(robot, tip[:, :3], pointing_down_quat(yaw_from_quat(tip[:, 3:]) + yaw))
        torch.testing.assert_close(robot.data.joint_effort_target[:, :7], expected, atol=1e-4, rtol=1e-4)


def test_the_gripper_is_told_to_close(robot, action):
    robot.set_joint_position_target(torch.full((4, 9), 7.0))
    action.process_actions(torch.zeros(4, 6))
    assert torch.equal(robot.data.joint_pos_target[:, 7:], torch.zeros(4, 2))


def tip_pose(robot):
    return robot.data.body_link_pose_w[:, FINGERTIP].clone()


def tip_jacobian(robot):
    return robot.root_physx_view.get_jacobians()[:, FINGERTIP - 1]  # without a row for the base


def move(robot, change):
    robot.write_joint_state_to_sim(robot.data.joint_pos + change, robot.data.joint_vel)


def expected_torque(robot, target_pos_w, target_quat_w):
    tip = tip_pose(robot)
    controller = OperationalSpaceController(
        (100.0, 100.0, 100.0, 30.0, 30.0, 30.0),
        (-1.3003, -0.4015, 1.1791, -2.1493, 0.4001, 1.9425, 0.4754),
        10.0,
        6.3246,
        100.0,
    )
    joint_pos, joint_vel = robot.data.joint_pos[:, :7], robot.data.joint_vel[:, :7]
    jacobian = tip_jacobian(robot)[..., :7]
    wrench = controller.wrench(pose_error(tip[:, :3], tip[:, 3:], target_pos_w, target_quat_w), joint_vel, jacobian)
    mass_matrix = robot.root_physx_view.get_generalized_mass_matrices()[:, :7, :7]
    return controller.joint_torque(wrench, joint_pos, joint_vel, jacobian, mass_matrix)


def test_an_action_moves_the_target_from_the_present_fingertip(robot, action, goal):
    tip = tip_pose(robot)
    goal.noisy_tip_pos_w[:] = tip[:, :3]
    robot.write_joint_velocity_to_sim(torch.randn(4, 9))
    robot.set_joint_effort_target(torch.full((4, 9), 7.0))
    action.process_actions(torch.tensor([[5.0, -2.5, 1.0, 0.0, 0.0, 5.0]]).repeat(4, 1))
    action.apply_actions()
    # 0.2 of the action, times 2 cm or 0.097 rad
    target_pos = tip[:, :3] + torch.tensor([0.02, -0.01, 0.004])
    target_quat = pointing_down_quat(yaw_from_quat(tip[:, 3:]) + 0.097)
    torque = robot.data.joint_effort_target[:, :7]
    torch.testing.assert_close(torque, expected_torque(robot, target_pos, target_quat), atol=1e-4, rtol=1e-4)
    assert torch.equal(robot.data.joint_effort_target[:, 7:], torch.full((4, 2), 7.0))


def test_the_felt_wrench_is_the_one_asked_for_smoothed_over_its_time_constant(env, robot, action, goal):
    goal.noisy_tip_pos_w[:] = tip_pose(robot)[:, :3]
    action.process_actions(torch.tensor([[0.0, 0.0, 2.0, 0.0, 0.0, 0.0]]).repeat(4, 1))
    steps, time_constant = 12, action.cfg.touch_time_constant
    for _ in range(steps):
        action.apply_actions()
    # 100 N/m times 2 cm times the smoothed action of 0.4, felt by as much as has come through a first-order filter
    force = 100.0 * 0.02 * 0.4 * (1.0 - math.exp(-steps * env.physics_dt / time_constant))
    torch.testing.assert_close(action.felt_wrench_w[:, :3], torch.tensor([[0.0, 0.0, force]]).repeat(4, 1))

    before = action.felt_wrench_w.clone()
    robot.write_joint_velocity_to_sim(torch.full((4, 9), 0.1))
    action.apply_actions()
    # the velocity counts against the damping, 20 N s/m
    velocity = tip_jacobian(robot)[:, :3, :7] @ torch.full((7,), 0.1)
    share = 1.0 - math.exp(-env.physics_dt / time_constant)
    expected = before[:, :3] + share * (torch.tensor([0.0, 0.0, 0.8]) - 20.0 * velocity - before[:, :3])
    torch.testing.assert_close(action.felt_wrench_w[:, :3], expected, atol=1e-5, rtol=1e-4)

    action.reset(torch.tensor([1]))
    assert action.felt_wrench_w.norm(dim=-1).gt(0.0).tolist() == [True, False, True, True]


def test_the_target_stays_around_the_noisy_tip(robot, action, goal):
    tip = tip_pose(robot)
    goal.noisy_tip_pos_w[:] = tip[:, :3] + torch.tensor([0.2, -0.049, 0.0])
    action.process_actions(torch.tensor([[0.0, 1.0, 0.0, 0.0, 0.0, 0.0]]).repeat(4, 1))
    action.apply_actions()
    target_pos = goal.noisy_tip_pos_w + torch.tensor([-0.05, 0.05, 0.0])
    target_quat = pointing_down_quat(yaw_from_quat(tip[:, 3:]))
    torque = robot.data.joint_effort_target[:, :7]
    torch.testing.assert_close(torque, expected_torque(robot, target_pos, target_quat), atol=1e-4, rtol=1e-4)


def test_torque_is_recomputed_from_the_present_state(robot, action):
    action.process_actions(torch.zeros(4, 6))
    action.apply_actions()
    before = robot.data.joint_effort_target.clone()
    move(robot, 0.05)
    action.apply_actions()
    assert (robot.data.joint_effort_target[:, :7] - before[:, :7]).abs().min() > 1e-4


def test_jacobian_is_that_of_the_fingertip_wherever_its_centre_of_mass_is(env, robot, action):
    view = robot.root_physx_view
    at_origin = tip_jacobian(robot)[..., :7]
    coms = view.get_coms()
    coms[:, FINGERTIP, :3] = torch.tensor([0.01, -0.02, 0.05])
    view.set_coms(coms, torch.arange(4))
    env.step()
    assert (tip_jacobian(robot)[:, :3, :7] - at_origin[:, :3]).abs().max() > 0.01  # the simulator's moves along
    again = mdp.OperationalSpaceTorqueAction(action.cfg, env)
    torch.testing.assert_close(again._compute_jacobian_w(tip_pose(robot)[:, 3:]), at_origin)


def test_measured_velocity_is_the_difference_over_a_physics_step(env, robot, action):
    move(robot, 0.1)  # an earlier step, which is not to count
    action.process_actions(torch.zeros(4, 6))
    action.apply_actions()
    joint_vel = 0.1 * torch.randn(4, 9)
    twist = (tip_jacobian(robot) @ joint_vel.unsqueeze(-1)).squeeze(-1)
    move(robot, joint_vel * env.physics_dt)
    torch.testing.assert_close(mdp.measured_fingertip_lin_vel(env), twist[:, :3], atol=2e-3, rtol=1e-2)
    torch.testing.assert_close(mdp.measured_fingertip_ang_vel(env), twist[:, 3:], atol=2e-3, rtol=1e-2)


def test_reset_forgets_actions_and_motion_of_the_given_rows_only(env, robot, action):
    action.process_actions(torch.ones(4, 6))
    action.apply_actions()
    move(robot, 0.01)
    velocity = mdp.measured_fingertip_lin_vel(env).clone()
    action.reset(torch.tensor([1, 2]))
    for actions in (action.raw_actions, action.processed_actions):
        assert (actions == 0.0).all(dim=-1).tolist() == [False, True, True, False]
    after = mdp.measured_fingertip_lin_vel(env)
    assert torch.equal(after[[1, 2]], torch.zeros(2, 3))
    assert torch.equal(after[[0, 3]], velocity[[0, 3]])


def test_io_descriptor_names_what_a_deployment_needs(action):
    descriptor = action.IO_descriptor
    assert descriptor.shape == (6,)
    assert descriptor.joint_names == [f"panda_joint{i}" for i in range(1, 8)]
    assert descriptor.scale == pytest.approx([0.02, 0.02, 0.02, 0.097, 0.097, 0.097])
    assert descriptor.extras["ema_factor"] == 0.2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"arm_joint_names": ["panda_joint[1-6]"]}, "7 arm joints"),
        ({"clip": {".*": (-1.0, 1.0)}}, "clip is not supported"),
    ],
)
def test_wrong_configuration_is_told(env, action, change, message):
    with pytest.raises(ValueError, match=message):
        mdp.OperationalSpaceTorqueAction(action.cfg.replace(**change), env)
