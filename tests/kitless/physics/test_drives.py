# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Joints, drives and limits against closed forms."""

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from isaaclab_factory.kitless.scene.description import Drive, JointType, Mimic

NAME = "/World/envs/env_*/Robot"
INERTIA = 1e-3 + 1.0 * 0.5**2
"""Of the pendulum about its hinge: 1 kg at 0.5 m, and its own."""


def start(make, run, num_worlds=1, gravity=None, **options):
    bodies, joints, tree = make.pendulum(**options)
    gravity = make.GRAVITY if gravity is None else gravity
    rig = run(make.scene(num_worlds, gravity=gravity, bodies=bodies, joints=joints, articulations=[tree]))
    return rig, rig.view.create_articulation_view(NAME)


def ones(robot, value: float) -> torch.Tensor:
    return torch.full((robot.count, 1), float(value))


def everyone(robot) -> torch.Tensor:
    return torch.arange(robot.count)


def test_pendulum_period(make, run):
    rig, robot = start(make, run)
    robot.set_dof_positions(ones(robot, 0.1), everyone(robot))
    crossings, last = [], 0.1
    for step in range(1, 400):
        rig.step()
        q = float(robot.get_dof_positions())
        if last > 0.0 >= q:
            crossings.append((step - 1 + last / (last - q)) * make.DT)
        last = q
    period = 2 * np.pi * np.sqrt(INERTIA / (make.GRAVITY * 0.5)) * (1 + 0.1**2 / 16)
    np.testing.assert_allclose(np.diff(crossings), period, rtol=2e-3)


def test_drive_settles_where_it_balances_gravity(make, run):
    rig, robot = start(make, run, drive=Drive(stiffness=40.0, damping=8.0, target_pos=0.7))
    rig.step(600)
    q = float(robot.get_dof_positions())
    # q turns about y, the bob hangs along -z: gravity pulls back with m g l sin q
    assert 40.0 * (0.7 - q) == pytest.approx(make.GRAVITY * 0.5 * np.sin(q), rel=1e-4)


def test_stiff_drive_is_stable_and_reaches_its_target(make, run):
    """Far beyond what explicit integration could take: sqrt(k / I) h = 4.2."""
    rig, robot = start(make, run, drive=Drive(stiffness=1.0e6, damping=1.0e3, target_pos=0.5))
    rig.step(240)
    assert float(robot.get_dof_positions()) == pytest.approx(0.5, abs=1e-3)
    assert abs(float(robot.get_dof_velocities())) < 1e-3


def test_damping_drive_approaches_its_velocity_target_exponentially(make, run):
    rig, robot = start(make, run, gravity=0.0, drive=Drive(damping=0.5))
    robot.set_dof_velocity_targets(ones(robot, 2.0), everyone(robot))
    rig.step(60)
    expected = 2.0 * (1 - np.exp(-0.5 / INERTIA * 0.5))
    assert float(robot.get_dof_velocities()) == pytest.approx(expected, rel=3e-3)


def test_drive_force_is_limited_and_actuation_force_is_not(make, run):
    rig, robot = start(make, run, 2, gravity=0.0, drive=Drive(stiffness=1e4, damping=10.0, max_force=0.2))
    robot.set_dof_position_targets(ones(robot, 100.0), everyone(robot))
    robot.set_dof_actuation_forces(torch.tensor([[0.0], [3.0]]), everyone(robot))
    rig.step(30)
    expected = np.array([[0.2], [3.2]]) / INERTIA * 0.25
    np.testing.assert_allclose(robot.get_dof_velocities(), expected, rtol=1e-4)


def test_effort_limits_differ_per_environment(make, run):
    rig, robot = start(make, run, 3, gravity=0.0, drive=Drive(stiffness=1e4, max_force=0.2))
    robot.set_dof_max_forces(torch.tensor([[9.0], [0.4], [0.1]]), torch.tensor([1, 2]))
    np.testing.assert_allclose(robot.get_dof_max_forces(), [[0.2], [0.4], [0.1]])
    robot.set_dof_position_targets(ones(robot, 100.0), everyone(robot))
    rig.step(30)
    np.testing.assert_allclose(robot.get_dof_velocities()[:, 0], np.array([0.2, 0.4, 0.1]) / INERTIA * 0.25, rtol=1e-4)


def test_gains_differ_per_environment(make, run):
    rig, robot = start(make, run, 3, drive=Drive(stiffness=40.0, damping=8.0, target_pos=0.7))
    gains = torch.tensor([[0.0], [80.0], [20.0]])
    robot.set_dof_stiffnesses(gains, torch.tensor([1, 2]))
    robot.set_dof_dampings(gains / 5, torch.tensor([1, 2]))
    np.testing.assert_allclose(robot.get_dof_stiffnesses(), [[40.0], [80.0], [20.0]])
    np.testing.assert_allclose(robot.get_dof_dampings(), [[8.0], [16.0], [4.0]])
    rig.step(900)
    q = robot.get_dof_positions().double().numpy()[:, 0]
    balance = np.array([40.0, 80.0, 20.0]) * (0.7 - q)
    np.testing.assert_allclose(balance, make.GRAVITY * 0.5 * np.sin(q), rtol=1e-3)


def test_acceleration_drive_works_per_unit_of_inertia(make, run):
    rig, robot = start(make, run, gravity=0.0, drive=Drive(damping=7.0, acceleration=True))
    assert float(robot.get_dof_dampings()) == 7.0
    robot.set_dof_dampings(ones(robot, 2.0), everyone(robot))
    robot.set_dof_velocity_targets(ones(robot, 1.0), everyone(robot))
    rig.step(60)
    assert float(robot.get_dof_velocities()) == pytest.approx(1 - np.exp(-2.0 * 0.5), rel=5e-3)


def test_joint_limits_hold(make, run):
    rig, robot = start(make, run, 2, lower=-0.3, upper=0.4)
    np.testing.assert_allclose(robot.get_dof_limits(), [[[-0.3, 0.4]]] * 2, atol=1e-6)
    robot.set_dof_actuation_forces(torch.tensor([[20.0], [-20.0]]), everyone(robot))
    rig.step(240)
    np.testing.assert_allclose(robot.get_dof_positions(), [[0.4], [-0.3]], atol=2e-3)
    robot.set_dof_limits(torch.tensor([[[-0.3, 0.6]], [[-9.0, 9.0]]]), torch.tensor([0]))
    rig.step(240)
    np.testing.assert_allclose(robot.get_dof_positions(), [[0.6], [-0.3]], atol=2e-3)


def test_armature_adds_to_the_inertia(make, run):
    rig, robot = start(make, run, 2, gravity=0.0, armature=0.1)
    robot.set_dof_armatures(torch.tensor([[0.0], [0.5]]), torch.tensor([1]))
    np.testing.assert_allclose(robot.get_dof_armatures(), [[0.1], [0.5]], rtol=1e-6)
    mass = robot.get_generalized_mass_matrices()[:, 0, 0]
    np.testing.assert_allclose(mass, [INERTIA + 0.1, INERTIA + 0.5], rtol=1e-5)
    robot.set_dof_actuation_forces(ones(robot, 2.0), everyone(robot))
    rig.step(30)
    expected = 2.0 / np.array([INERTIA + 0.1, INERTIA + 0.5]) * 0.25
    np.testing.assert_allclose(robot.get_dof_velocities()[:, 0], expected, rtol=1e-4)


def test_dry_joint_friction_holds_and_brakes(make, run):
    rig, robot = start(make, run, 3, gravity=0.0, friction=0.5)
    robot.set_dof_actuation_forces(torch.tensor([[0.45], [1.5], [1.5]]), everyone(robot))
    properties = robot.get_dof_friction_properties()
    np.testing.assert_allclose(properties, [[[0.5, 0.0, 0.0]]] * 3)
    properties[2, 0] = torch.tensor([1.0, 1.0, 0.0])
    robot.set_dof_friction_properties(properties, torch.tensor([2]))
    rig.step(30)
    expected = np.array([0.0, 1.0, 0.5]) / INERTIA * 0.25
    np.testing.assert_allclose(robot.get_dof_velocities()[:, 0], expected, atol=0.02)


def test_different_dry_frictions_of_a_joint_are_told_once(make, run, caplog):
    _, robot = start(make, run, 2, gravity=0.0)
    properties = robot.get_dof_friction_properties()
    properties[1, 0] = torch.tensor([1.0, 0.4, 0.0])
    for _ in range(2):
        robot.set_dof_friction_properties(properties, everyone(robot))
    (message,) = [record.getMessage() for record in caplog.records if "joint friction" in record.getMessage()]
    assert "static joint friction 1 and dynamic 0.4" in message
    assert message.startswith(robot.dof_paths[0][0])


def test_viscous_joint_friction_brakes_exponentially(make, run):
    rig, robot = start(make, run, 2, gravity=0.0)
    properties = robot.get_dof_friction_properties()
    properties[:, :, 2] = 0.3
    robot.set_dof_friction_properties(properties, torch.tensor([1]))
    robot.set_dof_velocities(ones(robot, 2.0), everyone(robot))
    rig.step(60)
    expected = [2.0, 2.0 * np.exp(-0.3 / INERTIA * 0.5)]
    np.testing.assert_allclose(robot.get_dof_velocities()[:, 0], expected, rtol=5e-3)


def test_joint_speed_limit_holds(make, run):
    rig, robot = start(make, run, 2, gravity=0.0, max_velocity=1.5)
    np.testing.assert_allclose(robot.get_dof_max_velocities(), 1.5)
    robot.set_dof_max_velocities(torch.tensor([[0.0], [0.25]]), torch.tensor([1]))
    robot.set_dof_actuation_forces(ones(robot, 5.0), everyone(robot))
    rig.step(60)
    np.testing.assert_allclose(robot.get_dof_velocities(), [[1.5], [0.25]], atol=1e-6)


def test_slide_joint_moves_along_its_axis(make, run):
    rig, robot = start(make, run, gravity=0.0, kind=JointType.PRISMATIC, axis=(0.0, 1.0, 0.0), mass=2.0)
    before = robot.get_link_transforms()[:, 1].clone()
    robot.set_dof_actuation_forces(ones(robot, 3.0), everyone(robot))
    rig.step(60)
    moved = 0.5 * 3.0 / 2.0 * 0.5 * (0.5 + make.DT / 4)
    assert float(robot.get_dof_positions()) == pytest.approx(moved, rel=1e-4)
    np.testing.assert_allclose((robot.get_link_transforms()[:, 1] - before)[0, :3], [0, moved, 0], atol=1e-5)


def test_mimic_joint_follows_its_reference(make, run):
    """PhysX: q + gearing q_reference + offset = 0."""
    bodies, joints, tree = make.arm()
    follower = next(joint for joint in joints if joint.name == "joint4")
    follower.mimic = Mimic(f"{make.ENV}/Robot/joint1", gearing=-2.0, offset=0.1)
    rig = run(make.scene(1, gravity=0.0, bodies=bodies, joints=joints, articulations=[tree]))
    robot = rig.view.create_articulation_view(NAME)
    robot.set_dof_positions(torch.tensor([[0.2, 0.0, 0.0, 0.3]]), torch.arange(1))
    robot.set_dof_actuation_forces(torch.tensor([[0.5, 0.0, 0.0, 0.0]]), torch.arange(1))
    rig.step(30)
    q = robot.get_dof_positions()[0]
    assert abs(float(q[0]) - 0.2) > 0.01
    assert float(q[3]) == pytest.approx(2.0 * float(q[0]) - 0.1, abs=1e-3)


def test_joint_state_is_read_back_as_written(make, run):
    bodies, joints, tree = make.arm()
    joints[1].position, joints[1].velocity = 0.3, -0.2
    rig = run(make.scene(2, bodies=bodies, joints=joints, articulations=[tree]))
    robot = rig.view.create_articulation_view(NAME)
    np.testing.assert_allclose(robot.get_dof_positions(), [[0.3, 0, 0, 0]] * 2, atol=1e-6)
    np.testing.assert_allclose(robot.get_dof_velocities(), [[-0.2, 0, 0, 0]] * 2, atol=1e-6)
    values = torch.randn(2, 4)
    for field in ("dof_positions", "dof_velocities", "dof_position_targets", "dof_velocity_targets",
                  "dof_actuation_forces"):  # fmt: skip
        before = getattr(robot, f"get_{field}")().clone()
        getattr(robot, f"set_{field}")(values, torch.tensor([1]))
        after = getattr(robot, f"get_{field}")()
        torch.testing.assert_close(after[1], values[1])
        torch.testing.assert_close(after[0], before[0])


def test_joints_transmit_the_weight_they_carry(make, run):
    """At rest each joint bears what hangs on it: force and moment about the joint, in the parent's frame."""
    bodies, joints, tree = make.arm()
    for joint in joints[1:]:
        joint.drive = Drive(stiffness=1e5, damping=1e3)
    rig = run(make.scene(2, bodies=bodies, joints=joints, articulations=[tree]))
    robot = rig.view.create_articulation_view(NAME)
    rig.step(2)
    robot.get_link_incoming_joint_force()
    rig.step(240)
    wrench = robot.get_link_incoming_joint_force()[1].double().numpy()
    poses = robot.get_link_transforms()[1].double().numpy()
    turns = Rotation.from_quat(poses[:, 3:])
    centres = poses[:, :3] + turns.apply(robot.get_coms()[1, :, :3].double().numpy())
    weights = robot.get_masses()[1].double().numpy()[:, None] * [0.0, 0.0, -make.GRAVITY]
    parent = [None, 0, 1, 2, 2]
    carried = [[0, 1, 2, 3, 4], [1, 2, 3, 4], [2, 3, 4], [3], [4]]
    for link in range(5):
        frame = Rotation.identity() if parent[link] is None else turns[parent[link]]
        anchor = poses[link, :3] + turns[link].apply(joints[link].child_frame.pos)
        force = sum(weights[i] for i in carried[link])
        moment = sum(np.cross(centres[i] - anchor, weights[i]) for i in carried[link])
        np.testing.assert_allclose(wrench[link, :3], frame.inv().apply(force), atol=0.02)
        np.testing.assert_allclose(wrench[link, 3:], frame.inv().apply(moment), atol=0.02)
