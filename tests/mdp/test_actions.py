# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The torque action: smoothing, target and reset."""

import pytest
import torch

from isaaclab_factory import mdp
from isaaclab_factory.controllers import OperationalSpaceController, pose_error
from isaaclab_factory.controllers.rotations import pointing_down_quat, yaw_from_quat


def test_actions_are_smoothed_by_a_moving_average(action):
    first, second = torch.randn(4, 6), torch.randn(4, 6)
    action.process_actions(first)
    torch.testing.assert_close(action.processed_actions, 0.2 * first)
    action.process_actions(second)
    torch.testing.assert_close(action.raw_actions, second)
    torch.testing.assert_close(action.processed_actions, 0.2 * second + 0.8 * 0.2 * first)
    torch.testing.assert_close(action.previous_processed_actions, 0.2 * first)


def test_a_yaw_that_turns_one_way_is_mapped_once_after_the_smoothing(env, action, goal):
    robot = env.scene["robot"]
    tip = robot.data.body_link_pose_w[:, 1].clone()
    goal.noisy_tip_pos_w[:] = tip[:, :3]
    action.cfg.unidirectional_yaw = True
    raw = torch.zeros(4, 6)
    raw[:, 5] = torch.tensor([-5.0, 0.0, 2.5, 5.0])
    action.process_actions(raw)
    torch.testing.assert_close(action.processed_actions, 0.2 * raw)
    yaw = -0.097 * torch.tensor([0.0, 0.5, 0.75, 1.0])
    for _ in range(2):
        action.apply_actions()
        expected = expected_torque(env, tip[:, :3], pointing_down_quat(yaw_from_quat(tip[:, 3:]) + yaw))
        torch.testing.assert_close(robot.data.joint_effort_target[:, :7], expected, atol=1e-4, rtol=1e-4)


def test_the_gripper_is_told_to_close(env, action):
    action.process_actions(torch.zeros(4, 6))
    assert torch.equal(env.scene["robot"].data.joint_pos_target[:, 7:], torch.zeros(4, 2))


def expected_torque(env, target_pos_w, target_quat_w):
    robot = env.scene["robot"]
    tip = robot.data.body_link_pose_w[:, 1]
    controller = OperationalSpaceController(
        (100.0, 100.0, 100.0, 30.0, 30.0, 30.0),
        (-1.3003, -0.4015, 1.1791, -2.1493, 0.4001, 1.9425, 0.4754),
        10.0,
        6.3246,
        100.0,
    )
    return controller.compute(
        pose_error(tip[:, :3], tip[:, 3:], target_pos_w, target_quat_w),
        robot.data.joint_pos[:, :7],
        robot.data.joint_vel[:, :7],
        robot.jacobian[:, 0, :, :7],
        robot.mass_matrix[:, :7, :7],
    )


def test_an_action_moves_the_target_from_the_present_fingertip(env, action, goal):
    robot = env.scene["robot"]
    tip = robot.data.body_link_pose_w[:, 1].clone()
    goal.noisy_tip_pos_w[:] = tip[:, :3]
    robot.data.joint_vel[:] = torch.randn(4, 9)
    action.process_actions(torch.tensor([[5.0, -2.5, 1.0, 0.0, 0.0, 5.0]]).repeat(4, 1))
    action.apply_actions()
    # 0.2 of the action, times 2 cm or 0.097 rad
    target_pos = tip[:, :3] + torch.tensor([0.02, -0.01, 0.004])
    target_quat = pointing_down_quat(yaw_from_quat(tip[:, 3:]) + 0.097)
    torque = robot.data.joint_effort_target[:, :7]
    torch.testing.assert_close(torque, expected_torque(env, target_pos, target_quat), atol=1e-4, rtol=1e-4)
    assert torch.equal(robot.data.joint_effort_target[:, 7:], torch.full((4, 2), 7.0))


def test_the_target_stays_around_the_noisy_tip(env, action, goal):
    tip = env.scene["robot"].data.body_link_pose_w[:, 1].clone()
    goal.noisy_tip_pos_w[:] = tip[:, :3] + torch.tensor([0.2, -0.049, 0.0])
    action.process_actions(torch.tensor([[0.0, 1.0, 0.0, 0.0, 0.0, 0.0]]).repeat(4, 1))
    action.apply_actions()
    target_pos = goal.noisy_tip_pos_w + torch.tensor([-0.05, 0.05, 0.0])
    target_quat = pointing_down_quat(yaw_from_quat(tip[:, 3:]))
    torque = env.scene["robot"].data.joint_effort_target[:, :7]
    torch.testing.assert_close(torque, expected_torque(env, target_pos, target_quat), atol=1e-4, rtol=1e-4)


def test_torque_is_recomputed_from_the_present_state(env, action):
    robot = env.scene["robot"]
    action.process_actions(torch.zeros(4, 6))
    action.apply_actions()
    before = robot.data.joint_effort_target.clone()
    robot.move(slice(None), robot.data.joint_pos + 0.05)
    action.apply_actions()
    assert (robot.data.joint_effort_target[:, :7] - before[:, :7]).abs().min() > 1e-4


def test_jacobian_is_shifted_from_the_centre_of_mass_to_the_fingertip(env, action):
    robot = env.scene["robot"]
    at_origin = robot.jacobian[:, 0, :, :7].clone()
    com_pos_b = torch.tensor([0.01, -0.02, 0.05])
    robot.data.body_com_pos_b[:, 1] = com_pos_b
    # the simulator's Jacobian: velocity of the centre of mass, v + w x (rotated offset)
    from isaaclab.utils.math import quat_apply

    arm = quat_apply(robot.data.body_link_pose_w[:, 1, 3:], com_pos_b.repeat(4, 1))
    robot.jacobian[:, 0, :3, :7] += torch.linalg.cross(at_origin[:, 3:].mT, arm.unsqueeze(1)).mT
    shifted = mdp.OperationalSpaceTorqueAction(action.cfg, env)._compute_jacobian_w(
        robot.data.body_link_pose_w[:, 1, 3:]
    )
    torch.testing.assert_close(shifted, at_origin)


def test_measured_velocity_is_the_difference_over_a_physics_step(env, action):
    robot = env.scene["robot"]
    robot.move(slice(None), robot.data.joint_pos + 0.1)  # an earlier step, which is not to count
    action.process_actions(torch.zeros(4, 6))
    action.apply_actions()
    joint_vel = 0.1 * torch.randn(4, 7)
    twist = (robot.jacobian[:, 0, :, :7] @ joint_vel.unsqueeze(-1)).squeeze(-1)
    moved = robot.data.joint_pos.clone()
    moved[:, :7] += joint_vel * env.physics_dt
    robot.move(slice(None), moved)
    torch.testing.assert_close(mdp.measured_fingertip_lin_vel(env), twist[:, :3], atol=2e-3, rtol=1e-2)
    torch.testing.assert_close(mdp.measured_fingertip_ang_vel(env), twist[:, 3:], atol=2e-3, rtol=1e-2)


def test_reset_forgets_actions_and_motion_of_the_given_rows_only(env, action):
    robot = env.scene["robot"]
    action.process_actions(torch.ones(4, 6))
    action.apply_actions()
    robot.move(slice(None), robot.data.joint_pos + 0.01)
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
