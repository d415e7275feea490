# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""How an episode starts, and that it starts nowhere else."""

import math

import pytest
import torch
from isaaclab.managers import EventTermCfg, SceneEntityCfg

from isaaclab_factory import mdp
from tests.mdp.peg_env import HAND

IDS = torch.tensor([0, 2])
OTHERS = torch.tensor([1, 3])
HELD = SceneEntityCfg("held_asset")
FIXED = SceneEntityCfg("fixed_asset")


def make_hand_event(env, **changes):
    params = {**HAND, **changes}
    term = mdp.reset_hand_above_fixed_part(EventTermCfg(func=mdp.reset_hand_above_fixed_part, params=params), env)
    return lambda env_ids: term(env, env_ids, **params)


def test_fixed_part_is_drawn_around_its_default_pose(env):
    part = env.scene["fixed_asset"]
    before = part.data.root_pose_w.torch.clone()
    poses = []
    for _ in range(300):
        mdp.reset_fixed_part(env, IDS, (0.05, 0.02, 0.0), (0.0, 2 * math.pi), FIXED)
        poses.append(part.data.root_pose_w.torch[IDS] - torch.nn.functional.pad(env.scene.env_origins[IDS], (0, 4)))
    poses = torch.cat(poses)
    offset = poses[:, :3] - torch.tensor([0.6, 0.0, 0.05])
    torch.testing.assert_close(offset.abs().amax(dim=0), torch.tensor([0.05, 0.02, 0.0]), atol=1e-3, rtol=0.0)
    assert poses[:, 3:5].abs().max() == 0.0
    yaw = 2.0 * torch.atan2(poses[:, 5], poses[:, 6])
    assert yaw.remainder(2 * math.pi).std() == pytest.approx(2 * math.pi / math.sqrt(12), rel=0.1)
    assert torch.equal(part.data.root_pose_w.torch[OTHERS], before[OTHERS])


def set_in_motion(part):
    part.write_root_velocity_to_sim_index(root_velocity=torch.full((4, 6), 7.0))


def test_another_part_is_put_at_rest_where_the_fixed_part_is(env):
    mdp.reset_fixed_part(env, IDS, (0.05, 0.05, 0.05), (0.0, 1.0), FIXED)
    part, fixed = env.scene["held_asset"], env.scene["fixed_asset"]
    set_in_motion(part)
    before = part.data.root_pose_w.torch.clone()
    mdp.reset_part_on_fixed_part(env, IDS, HELD, FIXED)
    assert torch.equal(part.data.root_pose_w.torch[IDS], fixed.data.root_pose_w.torch[IDS])
    assert torch.equal(part.data.root_pose_w.torch[OTHERS], before[OTHERS])
    assert not part.data.root_vel_w.torch[IDS].any()
    assert (part.data.root_vel_w.torch[OTHERS] == 7.0).all()


def tip_pose(robot):
    return robot.data.body_link_pose_w.torch[:, robot.body_names.index("panda_fingertip_centered")]


def test_hand_stands_above_the_tip_upright_and_at_rest(env, robot, goal):
    robot.write_joint_velocity_to_sim_index(velocity=torch.ones(4, 9))
    robot.actuators.target_command.set_effort_index(value=torch.full((4, 9), 7.0))
    before = robot.data.joint_pos.torch.clone()
    make_hand_event(env, position_noise=(0.0, 0.0, 0.0), yaw=0.3, yaw_noise=0.0)(IDS)
    tip = tip_pose(robot)[IDS]
    torch.testing.assert_close(tip[:, :3], goal.tip_pos_w[IDS] + torch.tensor([0.0, 0.0, 0.047]), atol=1e-4, rtol=0.0)
    expected = torch.tensor([math.cos(0.15), math.sin(0.15), 0.0, 0.0])
    torch.testing.assert_close((tip[:, 3:] @ expected).abs(), torch.ones(2), atol=1e-5, rtol=0.0)
    assert torch.equal(robot.data.joint_pos.torch[IDS, 7:], torch.full((2, 2), HAND["gripper_joint_pos"]))
    assert not robot.data.joint_vel.torch[IDS].any()
    assert torch.equal(robot.actuators.target_command.position.torch[IDS, 7:], torch.zeros(2, 2))
    assert not robot.actuators.target_command.effort.torch[IDS].any()
    assert torch.equal(robot.data.joint_pos.torch[OTHERS], before[OTHERS])
    assert torch.equal(robot.actuators.target_command.effort.torch[OTHERS], torch.full((2, 9), 7.0))


def test_hand_noise_fills_its_box(env, robot, goal):
    event = make_hand_event(env)
    offsets = []
    for _ in range(100):
        event(torch.arange(4))
        offsets.append(tip_pose(robot)[:, :3] - goal.tip_pos_w)
    offset = torch.cat(offsets) - torch.tensor([0.0, 0.0, 0.047])
    torch.testing.assert_close(offset.abs().amax(dim=0), torch.tensor([0.02, 0.02, 0.01]), atol=1e-3, rtol=0.0)


def test_hand_out_of_reach_is_an_error_with_the_environments(env):
    with pytest.raises(RuntimeError, match=r"environments \[0, 2\]"):
        make_hand_event(env, position=(0.0, 0.0, 2.0))(IDS)


def test_robot_with_other_kinematics_is_refused(env, robot):
    tip_pose(robot)[:, 2] += 0.005
    with pytest.raises(ValueError, match=r"5\.00 mm"):
        make_hand_event(env)


@pytest.fixture
def grasp(env, fingertip):
    """A function that puts the held part into a hand above the hole, 18 mm of it between the pads."""
    make_hand_event(env)(torch.arange(4))

    def grasp(offset=(0.0, 0.0, 0.050 - 0.017608), position_noise=(0.0, 0.0, 0.0), env_ids=IDS, **params):
        mdp.reset_part_in_grasp(env, env_ids, offset, position_noise, HELD, fingertip, **params)

    return grasp


def test_part_stands_upright_between_the_pads(env, robot, grasp):
    part = env.scene["held_asset"]
    set_in_motion(part)
    before = part.data.root_pose_w.torch.clone()
    grasp()
    tip = tip_pose(robot)[IDS]
    expected = tip[:, :3] - torch.tensor([0.0, 0.0, 0.050 - 0.017608])
    torch.testing.assert_close(part.data.root_pos_w.torch[IDS], expected, atol=1e-5, rtol=0.0)
    # upright: no rotation but yaw
    torch.testing.assert_close(part.data.root_quat_w.torch[IDS, :2], torch.zeros(2, 2), atol=1e-4, rtol=0.0)
    assert not part.data.root_vel_w.torch[IDS].any()
    assert torch.equal(part.data.root_pose_w.torch[OTHERS], before[OTHERS])


def test_part_can_be_grasped_at_a_yaw(env, robot, grasp):
    from isaaclab.utils.math import euler_xyz_from_quat, wrap_to_pi

    part = env.scene["held_asset"]
    yaws, positions = [], []
    for grasp_yaw in (0.0, -0.5):
        grasp(offset=(0.001, 0.0, 0.01), grasp_yaw=grasp_yaw)
        yaws.append(euler_xyz_from_quat(part.data.root_quat_w.torch[IDS])[2])
        positions.append(part.data.root_pos_w.torch[IDS].clone())
    # the grasp stands at -0.5 in the part, so the part stands at 0.5 to the grasp
    torch.testing.assert_close(wrap_to_pi(yaws[1] - yaws[0]), torch.full((2,), 0.5), atol=1e-4, rtol=0.0)
    tip = tip_pose(robot)[IDS, :2]
    arm = torch.stack((tip - positions[0][:, :2], tip - positions[1][:, :2]))
    torch.testing.assert_close(arm.norm(dim=-1), torch.full((2, 2), 0.001), atol=1e-5, rtol=0.0)
    turned = torch.atan2(arm[..., 1], arm[..., 0])
    torch.testing.assert_close(wrap_to_pi(turned[1] - turned[0]), torch.full((2,), 0.5), atol=0.02, rtol=0.0)


def test_part_noise_is_along_its_own_axes_and_scaled(env, goal, grasp):
    from isaaclab.utils.math import quat_apply_inverse

    part = env.scene["held_asset"]
    grasp(env_ids=torch.arange(4))
    centered = part.data.root_pos_w.torch.clone()
    goal.noise_scale[:] = torch.tensor([1.0, 1.0, 0.5, 0.0])
    offsets = []
    for _ in range(400):
        grasp(position_noise=(0.003, 0.0, 0.003), env_ids=torch.arange(4))
        offsets.append(quat_apply_inverse(part.data.root_quat_w.torch, part.data.root_pos_w.torch - centered))
    largest = torch.stack(offsets).abs().amax(dim=0)
    expected = torch.tensor([[0.003, 0.0, 0.003]]) * torch.tensor([[1.0], [1.0], [0.5], [0.0]])
    torch.testing.assert_close(largest, expected, atol=1e-4, rtol=0.0)


def test_noise_scale_is_full_unless_told_otherwise(env, goal):
    mdp.sample_start_noise_scale(env, torch.arange(4))
    assert torch.equal(goal.noise_scale, torch.ones(4))
    mdp.sample_start_noise_scale(env, IDS, scale=0.0)
    assert goal.noise_scale.tolist() == [0.0, 1.0, 0.0, 1.0]


def test_a_share_of_the_episodes_gets_reduced_noise(env, goal):
    counts = 0
    for _ in range(500):
        mdp.sample_start_noise_scale(env, torch.arange(4), reduced_scale=0.2, reduced_share=0.3)
        assert torch.equal(goal.noise_scale, torch.where(goal.reduced_noise, 0.2, 1.0))
        counts += int(goal.reduced_noise.sum())
    assert counts / 2000 == pytest.approx(0.3, abs=0.04)


@pytest.mark.parametrize("ids", [slice(None), slice(0, 4, 2), torch.tensor([0, 2], dtype=torch.int32)])
def test_indices_may_be_a_slice_or_int32_as_isaac_lab_gives_them(env, robot, fingertip, ids):
    """All of them for ``env.reset()``, int32 for the episodes that end in a step."""
    rows = torch.arange(4)[ids]
    others = [row for row in range(4) if row not in rows]
    before = robot.data.joint_pos.torch.clone()
    mdp.sample_start_noise_scale(env, ids, scale=0.5)
    mdp.reset_fixed_part(env, ids, (0.05, 0.05, 0.05), (0.0, 1.0), FIXED)
    make_hand_event(env)(ids)
    mdp.reset_part_in_grasp(env, ids, (0.0, 0.0, 0.03), (0.0, 0.0, 0.0), HELD, fingertip)
    goal = env.command_manager.get_term("assembly_goal")
    assert torch.equal(goal.noise_scale[rows], torch.full((len(rows),), 0.5))
    above = tip_pose(robot)[:, :3] - env.scene["held_asset"].data.root_pos_w.torch
    torch.testing.assert_close(above[rows], torch.tensor([[0.0, 0.0, 0.03]]).repeat(len(rows), 1), atol=1e-5, rtol=0.0)
    assert torch.equal(robot.data.joint_pos.torch[others], before[others])
    mdp.reset_part_on_fixed_part(env, ids, HELD, FIXED)
    poses = [env.scene[name].data.root_link_pose_w.torch[rows] for name in ("held_asset", "fixed_asset")]
    assert torch.equal(*poses)
