# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""How an episode starts, and that it starts nowhere else."""

import math

import pytest
import torch
from isaaclab.managers import EventTermCfg, SceneEntityCfg

from isaaclab_factory import mdp

IDS = torch.tensor([0, 2])
OTHERS = torch.tensor([1, 3])
ROBOT = SceneEntityCfg("robot")
HELD = SceneEntityCfg("held_asset")
FIXED = SceneEntityCfg("fixed_asset")
HAND = {
    "position": (0.0, 0.0, 0.047),
    "position_noise": (0.02, 0.02, 0.01),
    "yaw": 0.0,
    "yaw_noise": 0.785,
    "gripper_joint_pos": 0.004,
    "seed_joint_pos": (1.5178e-03, -1.9651e-01, -1.4364e-03, -1.9761, -2.7717e-04, 1.7796, 7.8556e-01),
    "asset_cfg": ROBOT,
    "arm_joint_names": "panda_joint[1-7]",
    "gripper_joint_names": "panda_finger_joint[1-2]",
    "body_name": "panda_fingertip_centered",
}


def make_hand_event(env, **changes):
    params = {**HAND, **changes}
    term = mdp.reset_hand_above_fixed_part(EventTermCfg(func=mdp.reset_hand_above_fixed_part, params=params), env)
    return lambda env_ids: term(env, env_ids, **params)


def test_fixed_part_is_drawn_around_its_default_pose(env):
    part = env.scene["fixed_asset"]
    before = part.data.root_pose_w.clone()
    poses = []
    for _ in range(300):
        mdp.reset_fixed_part(env, IDS, (0.05, 0.02, 0.0), (0.0, 2 * math.pi), FIXED)
        poses.append(part.data.root_pose_w[IDS] - torch.nn.functional.pad(env.scene.env_origins[IDS], (0, 4)))
    poses = torch.cat(poses)
    offset = poses[:, :3] - torch.tensor([0.6, 0.0, 0.05])
    torch.testing.assert_close(offset.abs().amax(dim=0), torch.tensor([0.05, 0.02, 0.0]), atol=1e-3, rtol=0.0)
    assert poses[:, 4:6].abs().max() == 0.0
    yaw = 2.0 * torch.atan2(poses[:, 6], poses[:, 3])
    assert yaw.remainder(2 * math.pi).std() == pytest.approx(2 * math.pi / math.sqrt(12), rel=0.1)
    assert torch.equal(part.data.root_pose_w[OTHERS], before[OTHERS])


def set_in_motion(part):
    part.write_root_velocity_to_sim(torch.full((4, 6), 7.0))


def test_another_part_is_put_at_rest_where_the_fixed_part_is(env):
    mdp.reset_fixed_part(env, IDS, (0.05, 0.05, 0.05), (0.0, 1.0), FIXED)
    part, fixed = env.scene["held_asset"], env.scene["fixed_asset"]
    set_in_motion(part)
    before = part.data.root_pose_w.clone()
    mdp.reset_part_on_fixed_part(env, IDS, HELD, FIXED)
    assert torch.equal(part.data.root_pose_w[IDS], fixed.data.root_pose_w[IDS])
    assert torch.equal(part.data.root_pose_w[OTHERS], before[OTHERS])
    assert not part.data.root_vel_w[IDS].any()
    assert (part.data.root_vel_w[OTHERS] == 7.0).all()


def tip_pose(robot):
    return robot.data.body_link_pose_w[:, robot.body_names.index("panda_fingertip_centered")]


def test_hand_stands_above_the_tip_upright_and_at_rest(env, robot, goal):
    robot.write_joint_velocity_to_sim(torch.ones(4, 9))
    robot.set_joint_effort_target(torch.full((4, 9), 7.0))
    before = robot.data.joint_pos.clone()
    make_hand_event(env, position_noise=(0.0, 0.0, 0.0), yaw=0.3, yaw_noise=0.0)(IDS)
    tip = tip_pose(robot)[IDS]
    torch.testing.assert_close(tip[:, :3], goal.tip_pos_w[IDS] + torch.tensor([0.0, 0.0, 0.047]), atol=1e-4, rtol=0.0)
    expected = torch.tensor([0.0, math.cos(0.15), math.sin(0.15), 0.0])
    torch.testing.assert_close((tip[:, 3:] @ expected).abs(), torch.ones(2), atol=1e-5, rtol=0.0)
    assert torch.equal(robot.data.joint_pos[IDS, 7:], torch.full((2, 2), 0.004))
    assert not robot.data.joint_vel[IDS].any()
    assert torch.equal(robot.data.joint_pos_target[IDS, 7:], torch.zeros(2, 2))
    assert not robot.data.joint_effort_target[IDS].any()
    assert torch.equal(robot.data.joint_pos[OTHERS], before[OTHERS])
    assert torch.equal(robot.data.joint_effort_target[OTHERS], torch.full((2, 9), 7.0))


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
    before = part.data.root_pose_w.clone()
    grasp()
    tip = tip_pose(robot)[IDS]
    expected = tip[:, :3] - torch.tensor([0.0, 0.0, 0.050 - 0.017608])
    torch.testing.assert_close(part.data.root_pos_w[IDS], expected, atol=1e-5, rtol=0.0)
    # upright: no rotation but yaw
    torch.testing.assert_close(part.data.root_quat_w[IDS, 1:3], torch.zeros(2, 2), atol=1e-4, rtol=0.0)
    assert not part.data.root_vel_w[IDS].any()
    assert torch.equal(part.data.root_pose_w[OTHERS], before[OTHERS])


def test_part_can_be_grasped_at_a_yaw(env, robot, grasp):
    from isaaclab.utils.math import euler_xyz_from_quat, wrap_to_pi

    part = env.scene["held_asset"]
    yaws, positions = [], []
    for grasp_yaw in (0.0, -0.5):
        grasp(offset=(0.001, 0.0, 0.01), grasp_yaw=grasp_yaw)
        yaws.append(euler_xyz_from_quat(part.data.root_quat_w[IDS])[2])
        positions.append(part.data.root_pos_w[IDS].clone())
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
    centered = part.data.root_pos_w.clone()
    goal.noise_scale[:] = torch.tensor([1.0, 1.0, 0.5, 0.0])
    offsets = []
    for _ in range(400):
        grasp(position_noise=(0.003, 0.0, 0.003), env_ids=torch.arange(4))
        offsets.append(quat_apply_inverse(part.data.root_quat_w, part.data.root_pos_w - centered))
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


def test_link_inertia_is_added_to_the_diagonal_once(env, robot):
    before = robot.root_physx_view.get_inertias()
    mdp.add_link_inertia(env, None, 0.01, ROBOT)
    expected = before + 0.01 * torch.eye(3).flatten()
    torch.testing.assert_close(robot.root_physx_view.get_inertias(), expected)


def test_friction_is_set_and_restitution_kept(env):
    view = env.scene["held_asset"].root_physx_view
    view.set_material_properties(torch.full((4, 1, 3), 0.1))
    mdp.set_friction(env, IDS, 0.75, HELD)
    materials = view.get_material_properties()
    assert torch.equal(materials[IDS], torch.tensor([0.75, 0.75, 0.1]).expand(2, 1, 3))
    assert torch.equal(materials[OTHERS], torch.full((2, 1, 3), 0.1))
