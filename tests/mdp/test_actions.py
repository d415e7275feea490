# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The torque action: smoothing, target, torque law and reset."""

import math
from types import SimpleNamespace

import pytest
import torch
from isaaclab.utils import replace
from isaaclab.utils.math import quat_apply
from isaaclab_tasks.contrib.factory.factory_control import compute_dof_torque
from isaaclab_tasks.contrib.factory.factory_env_cfg import CtrlCfg

from isaaclab_factory import mdp
from isaaclab_factory.controllers import franka_chain, pointing_down_quat, yaw_from_quat
from isaaclab_factory.testing import term_env
from tests.mdp.peg_env import ActionsCfg

LEFT, RIGHT, FINGERTIP = 9, 10, 11
"""Indices of the bodies."""
GAINS = torch.tensor([[100.0, 100.0, 100.0, 30.0, 30.0, 30.0]])
FINGER_ORIGIN = 0.0584
"""Distance in m of the finger links' origins from the hand, along its z axis."""


def test_actions_are_smoothed_by_a_moving_average(action):
    first, second = torch.randn(4, 6), torch.randn(4, 6)
    action.process_actions(first)
    torch.testing.assert_close(action.processed_actions, 0.2 * first)
    action.process_actions(second)
    torch.testing.assert_close(action.raw_actions, second)
    torch.testing.assert_close(action.processed_actions, 0.2 * second + 0.8 * 0.2 * first)
    torch.testing.assert_close(action.previous_processed_actions, 0.2 * first)


def test_the_gripper_keeps_closing(robot, action):
    robot.actuators.target_command.set_position_index(value=torch.full((4, 9), 7.0))
    action.process_actions(torch.zeros(4, 6))
    target = robot.actuators.target_command.position.torch
    assert torch.equal(target[:, 7:], torch.zeros(4, 2))
    assert torch.equal(target[:, :7], torch.full((4, 7), 7.0))


def tip_pose(robot):
    return robot.data.body_link_pose_w.torch[:, FINGERTIP].clone()


def arm_effort(robot):
    return robot.actuators.target_command.effort.torch[:, :7].clone()


def chain_jacobian(robot, tool_offset=None):
    """Jacobian by the published kinematics, of the fingertip or of a point on the hand's z axis."""
    chain = franka_chain() if tool_offset is None else franka_chain(tool_offset)
    return chain.forward_with_jacobian(robot.data.joint_pos.torch[:, :7])[2]


def move(robot, change):
    robot.write_joint_position_to_sim_index(position=robot.data.joint_pos.torch + change)


def expected_torque(robot, target_pos_w, target_quat_w, jacobian="finger_mean"):
    """The torque of Isaac Lab's own Factory code, with Jacobians of the published kinematics."""
    tip, joint_vel = tip_pose(robot), robot.data.joint_vel.torch
    tip_jacobian = chain_jacobian(robot)
    velocity = torch.bmm(tip_jacobian, joint_vel[:, :7, None]).squeeze(-1)
    torque, _ = compute_dof_torque(
        cfg=SimpleNamespace(scene=SimpleNamespace(num_envs=4), ctrl=CtrlCfg()),
        dof_pos=robot.data.joint_pos.torch,
        dof_vel=joint_vel,
        fingertip_midpoint_pos=tip[:, :3],
        fingertip_midpoint_quat=tip[:, 3:],
        fingertip_midpoint_linvel=velocity[:, :3],
        fingertip_midpoint_angvel=velocity[:, 3:],
        jacobian=tip_jacobian if jacobian == "fingertip" else chain_jacobian(robot, FINGER_ORIGIN),
        arm_mass_matrix=robot.data.mass_matrix.torch[:, :7, :7],
        ctrl_target_fingertip_midpoint_pos=target_pos_w,
        ctrl_target_fingertip_midpoint_quat=target_quat_w,
        task_prop_gains=GAINS,
        task_deriv_gains=2.0 * GAINS.sqrt(),
        device="cpu",
    )
    return torque[:, :7]


@pytest.fixture(params=["finger_mean", "fingertip"])
def jacobian(request) -> str:
    """Each of the Jacobians."""
    return request.param


@pytest.fixture
def env(jacobian):
    """An environment whose action uses the Jacobian."""
    torch.manual_seed(0)
    return term_env(num_envs=4, actions={"arm": replace(ActionsCfg().arm, jacobian=jacobian)})


def test_an_action_moves_the_target_from_the_present_fingertip(robot, action, observe_tip, jacobian):
    tip = tip_pose(robot)
    observe_tip(tip[:, :3])
    robot.write_joint_velocity_to_sim_index(velocity=torch.randn(4, 9))
    robot.actuators.target_command.set_effort_index(value=torch.full((4, 9), 7.0))
    action.process_actions(torch.tensor([[5.0, -2.5, 1.0, 0.0, 0.0, 5.0]]).repeat(4, 1))
    action.apply_actions()
    # 0.2 of the action, times 2 cm or 0.097 rad
    target_pos = tip[:, :3] + torch.tensor([0.02, -0.01, 0.004])
    target_quat = pointing_down_quat(yaw_from_quat(tip[:, 3:]) + 0.097)
    expected = expected_torque(robot, target_pos, target_quat, jacobian)
    torch.testing.assert_close(arm_effort(robot), expected, atol=2e-3, rtol=1e-3)
    assert torch.equal(robot.actuators.target_command.effort.torch[:, 7:], torch.full((4, 2), 7.0))


def test_a_yaw_that_turns_one_way_is_mapped_once_after_the_smoothing(robot, action, observe_tip, jacobian, monkeypatch):
    tip = tip_pose(robot)
    observe_tip(tip[:, :3])
    monkeypatch.setattr(action.cfg, "unidirectional_yaw", True)
    raw = torch.zeros(4, 6)
    raw[:, 5] = torch.tensor([-5.0, 0.0, 2.5, 5.0])
    action.process_actions(raw)
    torch.testing.assert_close(action.processed_actions, 0.2 * raw)
    yaw = -0.097 * torch.tensor([0.0, 0.5, 0.75, 1.0])
    for _ in range(2):
        action.apply_actions()
        target_quat = pointing_down_quat(yaw_from_quat(tip[:, 3:]) + yaw)
        expected = expected_torque(robot, tip[:, :3], target_quat, jacobian)
        torch.testing.assert_close(arm_effort(robot), expected, atol=2e-3, rtol=1e-3)


def test_the_target_stays_around_the_noisy_tip(robot, action, observe_tip, jacobian):
    tip = tip_pose(robot)
    noisy_tip = tip[:, :3] + torch.tensor([0.2, -0.049, 0.0])
    observe_tip(noisy_tip)
    action.process_actions(torch.tensor([[0.0, 1.0, 0.0, 0.0, 0.0, 0.0]]).repeat(4, 1))
    action.apply_actions()
    target_pos = noisy_tip + torch.tensor([-0.05, 0.05, 0.0])
    expected = expected_torque(robot, target_pos, pointing_down_quat(yaw_from_quat(tip[:, 3:])), jacobian)
    torch.testing.assert_close(arm_effort(robot), expected, atol=2e-3, rtol=1e-3)


def test_torque_is_recomputed_from_the_present_state(robot, action):
    action.process_actions(torch.zeros(4, 6))
    action.apply_actions()
    before = arm_effort(robot)
    move(robot, 0.05)
    action.apply_actions()
    assert (arm_effort(robot) - before).abs().min() > 1e-4


def test_the_felt_wrench_is_the_one_asked_for_smoothed_over_its_time_constant(env, robot, action, observe_tip):
    observe_tip(tip_pose(robot)[:, :3])
    action.process_actions(torch.tensor([[0.0, 0.0, 2.0, 0.0, 0.0, 0.0]]).repeat(4, 1))
    steps, time_constant = 12, action.cfg.touch_time_constant
    for _ in range(steps):
        action.apply_actions()
    # 100 N/m times 2 cm times the smoothed action of 0.4, as much of it as has come through a first-order filter
    force = 100.0 * 0.02 * 0.4 * (1.0 - math.exp(-steps * env.physics_dt / time_constant))
    torch.testing.assert_close(action.felt_wrench_w[:, :3], torch.tensor([[0.0, 0.0, force]]).repeat(4, 1))

    before = action.felt_wrench_w.clone()
    robot.write_joint_velocity_to_sim_index(velocity=torch.full((4, 9), 0.1))
    action.apply_actions()
    # the velocity counts against the damping, 20 N s/m
    velocity = chain_jacobian(robot)[:, :3] @ torch.full((7,), 0.1)
    share = 1.0 - math.exp(-env.physics_dt / time_constant)
    expected = before[:, :3] + share * (torch.tensor([0.0, 0.0, 0.8]) - 20.0 * velocity - before[:, :3])
    torch.testing.assert_close(action.felt_wrench_w[:, :3], expected, atol=1e-5, rtol=1e-4)

    action.reset(torch.tensor([1], dtype=torch.int32))
    assert action.felt_wrench_w.norm(dim=-1).gt(0.0).tolist() == [True, False, True, True]


@pytest.mark.slow
def test_the_felt_torque_is_about_the_fingertip_wherever_the_wrench_acts(robot, action, observe_tip, jacobian):
    """A pull sideways by 2 cm on a hand that is upright, at rest."""
    tip = tip_pose(robot)
    observe_tip(tip[:, :3])
    action.process_actions(torch.tensor([[5.0, 0.0, 0.0, 0.0, 0.0, 0.0]]).repeat(4, 1))
    for _ in range(2000):
        action.apply_actions()
    force, torque = action.felt_wrench_w[:, :3], action.felt_wrench_w[:, 3:]
    torch.testing.assert_close(force, torch.tensor([[2.0, 0.0, 0.0]]).repeat(4, 1), atol=1e-3, rtol=1e-3)
    lever = torch.tensor([0.0, 0.0, -0.053671]) if jacobian == "finger_mean" else torch.zeros(3)
    asked = torque - torch.linalg.cross(quat_apply(tip[:, 3:], lever.expand(4, 3)), force)
    # what is left is the spring towards the upright pose, which bears no relation to the force
    error = GAINS[:, 3:] * torch.stack(upright_error(tip[:, 3:]), dim=-1)
    torch.testing.assert_close(asked, error, atol=2e-3, rtol=1e-3)


def upright_error(quat):
    """Rotation vector from an orientation to the upright one with the same yaw, by SciPy."""
    from scipy.spatial.transform import Rotation

    upright = Rotation.from_quat(pointing_down_quat(yaw_from_quat(quat)).numpy())
    rotvec = (upright * Rotation.from_quat(quat.numpy()).inv()).as_rotvec()
    return torch.from_numpy(rotvec).float().unbind(-1)


def test_measured_velocity_is_the_difference_over_a_physics_step(env, robot, action):
    move(robot, 0.1)  # an earlier step, which is not to count
    action.process_actions(torch.zeros(4, 6))
    action.apply_actions()
    joint_vel = 0.1 * torch.randn(4, 9)
    twist = torch.bmm(chain_jacobian(robot), joint_vel[:, :7, None]).squeeze(-1)
    move(robot, joint_vel * env.physics_dt)
    torch.testing.assert_close(mdp.measured_fingertip_lin_vel(env), twist[:, :3], atol=2e-3, rtol=1e-2)
    torch.testing.assert_close(mdp.measured_fingertip_ang_vel(env), twist[:, 3:], atol=2e-3, rtol=1e-2)


def test_reset_forgets_actions_and_motion_of_the_given_rows_only(env, robot, action):
    action.process_actions(torch.ones(4, 6))
    action.apply_actions()
    move(robot, 0.01)
    velocity = mdp.measured_fingertip_lin_vel(env).clone()
    action.reset(torch.tensor([1, 2], dtype=torch.int32))
    for actions in (action.raw_actions, action.processed_actions):
        assert (actions == 0.0).all(dim=-1).tolist() == [False, True, True, False]
    after = mdp.measured_fingertip_lin_vel(env)
    assert torch.equal(after[[1, 2]], torch.zeros(2, 3))
    assert torch.equal(after[[0, 3]], velocity[[0, 3]])


def test_a_state_written_after_a_reset_is_no_motion(env, robot, action):
    action.process_actions(torch.ones(4, 6))
    action.apply_actions()
    action.reset()
    move(robot, 0.1)
    assert torch.equal(mdp.measured_fingertip_lin_vel(env), torch.zeros(4, 3))
    assert torch.equal(mdp.measured_fingertip_ang_vel(env), torch.zeros(4, 3))


def test_description_names_what_a_deployment_needs(action, jacobian):
    description = action.description
    assert description["joint_names"] == [f"panda_joint{i}" for i in range(1, 8)]
    assert description["scale"] == pytest.approx([0.02, 0.02, 0.02, 0.097, 0.097, 0.097])
    assert description["ema_factor"] == 0.2
    assert description["touch_time_constant"] == 0.3
    assert description["jacobian"] == jacobian


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"arm_joint_names": ["panda_joint[1-6]"]}, "7 arm joints"),
        ({"clip": {".*": (-1.0, 1.0)}}, "clip is not supported"),
        ({"jacobian": "hand"}, r"must be one of \('finger_mean', 'fingertip'\): 'hand'"),
        ({"jacobian": "finger_mean", "finger_body_names": ("panda_hand",)}, "needs 2 finger_body_names"),
    ],
)
def test_a_wrong_configuration_is_refused(env, action, change, message):
    with pytest.raises(ValueError, match=message):
        mdp.OperationalSpaceTorqueAction(replace(action.cfg, **change), env)
