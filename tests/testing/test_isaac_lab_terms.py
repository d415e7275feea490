# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Isaac Lab's own terms on the test environment, each with a value that is known beforehand."""

import math

import pytest
import torch
from isaaclab.envs import mdp
from isaaclab.managers import EventTermCfg, SceneEntityCfg

from isaaclab_factory.testing import term_env

HELD = SceneEntityCfg("held_asset")
HOME = torch.tensor([0.00871, -0.10368, -0.00794, -1.49139, -0.00083, 1.38774, 0.0, 0.04, 0.04])
"""Default joint positions of the Franka."""


@pytest.fixture
def env():
    torch.manual_seed(0)
    return term_env(num_envs=4)


@pytest.fixture
def robot(env):
    return env.scene["robot"]


def assert_rows(actual, expected, **tolerance):
    torch.testing.assert_close(actual, torch.as_tensor(expected).expand_as(actual), **tolerance)


def test_poses_of_roots_and_bodies(env):
    env.place("held_asset", (0.1, 0.2, 0.3), (0.0, 0.0, -1.0, 0.0))
    assert_rows(mdp.root_pos_w(env, HELD), [0.1, 0.2, 0.3])  # Isaac Lab takes the origin off
    assert_rows(mdp.root_quat_w(env, asset_cfg=HELD), [0.0, 0.0, -1.0, 0.0])
    base = SceneEntityCfg("robot", body_names="panda_link1")
    base.resolve(env.scene)
    half = 0.5 * HOME[0]
    expected = torch.tensor([0.0, 0.0, 0.333, 0.0, 0.0, math.sin(half), math.cos(half)])
    assert_rows(mdp.body_pose_w(env, base), expected, atol=1e-6, rtol=0.0)


def test_velocities_of_a_part(env):
    half = math.sqrt(0.5)  # its z axis points along -y
    env.place("held_asset", (0.5, 0.0, 0.2), (half, 0.0, 0.0, half), lin_vel=(0.0, 0.0, 1.0), ang_vel=(0.0, 0.0, 2.0))
    assert_rows(mdp.root_lin_vel_w(env, HELD), [0.0, 0.0, 1.0])
    assert_rows(mdp.root_ang_vel_w(env, HELD), [0.0, 0.0, 2.0])
    assert_rows(mdp.base_ang_vel(env, HELD), [0.0, 2.0, 0.0], atol=1e-6, rtol=0.0)
    assert_rows(mdp.base_lin_vel(env, HELD), [0.0, 1.0, 0.0], atol=1e-6, rtol=0.0)
    # these are of the peg's centre of mass, 25 mm up its axis: its frame is as far beside the axis of rotation
    assert_rows(env.scene["held_asset"].data.root_link_lin_vel_b.torch, [-0.05, 1.0, 0.0], atol=1e-6, rtol=0.0)
    assert_rows(mdp.projected_gravity(env, HELD), [0.0, -1.0, 0.0], atol=1e-6, rtol=0.0)
    assert_rows(mdp.lin_vel_z_l2(env, HELD), 0.0, atol=1e-6, rtol=0.0)


def test_joint_states(env, robot):
    change = 0.01 * torch.randn(4, 9)
    robot.write_joint_state_to_sim_index(position=HOME + change, velocity=torch.randn(4, 9))
    torch.testing.assert_close(mdp.joint_pos(env), HOME + change)
    torch.testing.assert_close(mdp.joint_pos_rel(env), change, atol=1e-6, rtol=0.0)
    torch.testing.assert_close(mdp.joint_vel_rel(env), robot.data.joint_vel.torch)
    torch.testing.assert_close(mdp.joint_deviation_l1(env), change.abs().sum(dim=-1), atol=1e-5, rtol=0.0)
    torch.testing.assert_close(mdp.joint_vel_l2(env), robot.data.joint_vel.torch.square().sum(dim=-1))
    assert_rows(mdp.joint_acc_l2(env), 0.0)


def test_joint_limits_are_the_frankas(env, robot):
    lower, upper = -2.8973, 2.8973
    first = SceneEntityCfg("robot", joint_names="panda_joint1")
    first.resolve(env.scene)
    joint_pos = HOME.repeat(4, 1)
    joint_pos[:, 0] = torch.tensor([lower, 0.0, upper, upper + 0.1])
    robot.write_joint_state_to_sim_index(position=joint_pos, velocity=torch.zeros(4, 9))
    normalized = mdp.joint_pos_limit_normalized(env, first).squeeze(-1)
    torch.testing.assert_close(normalized, torch.tensor([-1.0, 0.0, 1.0, 1.0 + 0.1 / upper]))
    torch.testing.assert_close(mdp.joint_pos_limits(env, first), torch.tensor([0.0, 0.0, 0.0, 0.1]))
    assert mdp.joint_pos_out_of_limit(env, first).tolist() == [False, False, False, True]


def test_actions_and_commands(env):
    first, second = torch.randn(4, 6), torch.randn(4, 6)
    env.step(first)
    env.step(second)
    assert torch.equal(mdp.last_action(env), second)
    torch.testing.assert_close(mdp.action_rate_l2(env), (second - first).square().sum(dim=-1))
    torch.testing.assert_close(mdp.action_l2(env), second.square().sum(dim=-1))
    assert_rows(mdp.generated_commands(env, "assembly_goal"), [0.6, 0.0, 0.05, 0.0, 0.0, 0.0, 1.0])


def test_times(env):
    env.episode_length_buf[:] = torch.tensor([0, 75, 149, 150])
    assert mdp.time_out(env).tolist() == [False, False, False, True]
    torch.testing.assert_close(mdp.current_time_s(env).squeeze(-1), torch.tensor([0.0, 5.0, 149 / 15, 10.0]))
    torch.testing.assert_close(mdp.remaining_time_s(env).squeeze(-1), torch.tensor([10.0, 5.0, 1 / 15, 0.0]))


def test_terminations(env):
    env.place("held_asset", [(0.5, 0.0, z) for z in (-0.1, 0.0, 0.1, 0.2)])
    assert mdp.root_height_below_minimum(env, 0.05, HELD).tolist() == [True, True, False, False]
    env.place("held_asset", (0.5, 0.0, 0.1), (math.sin(0.3), 0.0, 0.0, math.cos(0.3)), env_ids=[2])
    assert mdp.bad_orientation(env, 0.5, HELD).tolist() == [False, False, True, False]


def test_events_reset_the_given_rows(env, robot):
    part, ids = env.scene["held_asset"].data, torch.tensor([1, 3])
    env.place("held_asset", (0.5, 0.1, 0.3), lin_vel=(1.0, 1.0, 1.0))
    pose, velocity = part.root_pose_w.torch.clone(), part.root_vel_w.torch.clone()
    params = {
        "pose_range": {"x": (0.01, 0.02), "yaw": (0.5, 0.5)},
        "velocity_range": {"z": (0.3, 0.3)},
        "asset_cfg": HELD,
    }
    reset = mdp.reset_root_state_uniform(EventTermCfg(func=mdp.reset_root_state_uniform, params=params), env)
    reset(env, ids, **params)
    pos = part.root_pos_w.torch - env.scene.env_origins
    assert ((pos[ids, 0] > 0.01) & (pos[ids, 0] < 0.02)).all()
    assert_rows(pos[ids, 1:], [0.4, 0.1])  # its default position, not the one that it was put to
    assert_rows(part.root_quat_w.torch[ids], [0.0, 0.0, math.sin(0.25), math.cos(0.25)])
    assert_rows(part.root_vel_w.torch[ids], [0.0, 0.0, 0.3, 0.0, 0.0, 0.0])
    assert torch.equal(part.root_pose_w.torch[[0, 2]], pose[[0, 2]])
    assert torch.equal(part.root_vel_w.torch[[0, 2]], velocity[[0, 2]])

    robot.write_joint_state_to_sim_index(position=torch.zeros(4, 9), velocity=torch.ones(4, 9))
    mdp.reset_joints_by_offset(env, ids, (0.01, 0.01), (0.0, 0.0), SceneEntityCfg("robot"))
    assert_rows(robot.data.joint_pos.torch[ids, :7], HOME[:7] + 0.01)
    assert not robot.data.joint_vel.torch[ids].any()
    assert robot.data.joint_vel.torch[[0, 2]].all()

    mdp.reset_scene_to_default(env, ids)
    assert_rows(robot.data.joint_pos.torch[ids], HOME)
    assert_rows((part.root_pos_w.torch - env.scene.env_origins)[ids], [0.0, 0.4, 0.1])


def test_a_push_adds_to_the_velocity(env):
    env.place("held_asset", (0.5, 0.0, 0.2), lin_vel=(0.0, 0.1, 0.0))
    mdp.push_by_setting_velocity(env, torch.tensor([2]), {"y": (0.5, 0.5)}, HELD)
    velocity = env.scene["held_asset"].data.root_lin_vel_w.torch
    torch.testing.assert_close(velocity[:, 1], torch.tensor([0.1, 0.1, 0.6, 0.1]))


def test_a_mass_is_randomized():
    params = {"asset_cfg": HELD, "mass_distribution_params": (2.0, 2.0), "operation": "scale"}
    event = EventTermCfg(func=mdp.randomize_rigid_body_mass, mode="startup", params=params)
    usual, changed = (term_env(num_envs=2, events=events) for events in (None, {"mass": event}))
    assert_rows(changed.scene["held_asset"].data.body_mass.torch, [0.038])  # Factory's peg weighs 19 g
    inertias = (env.scene["held_asset"].data.body_inertia.torch for env in (usual, changed))
    torch.testing.assert_close(2.0 * next(inertias), next(inertias))


def test_a_friction_is_randomized():
    params = {
        "asset_cfg": SceneEntityCfg("robot", body_names=["panda_leftfinger", "panda_rightfinger"]),
        "static_friction_range": (0.2, 0.2),
        "dynamic_friction_range": (0.2, 0.2),
        "restitution_range": (0.0, 0.0),
        "num_buckets": 1,
    }
    event = EventTermCfg(func=mdp.randomize_rigid_body_material, mode="startup", params=params)
    view = term_env(num_envs=2, events={"friction": event}).scene["robot"].root_view
    friction = view.table("shape_material_mu")
    fingers = [shape for body in view.body_shapes[9:11] for shape in body]
    assert len(fingers) == 4
    assert_rows(friction[:, fingers], 0.2)
    assert_rows(friction[:, : fingers[0]], 0.75)
