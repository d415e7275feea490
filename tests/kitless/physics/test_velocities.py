# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Velocities and Jacobians against finite differences of poses."""

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

NAME = "/World/envs/env_*/Robot"


def centres(view, transforms) -> np.ndarray:
    """World positions of the centres of mass. Shape is (count * links, 3)."""
    poses = transforms.double().numpy().reshape(-1, 7)
    coms = view.get_coms().double().numpy().reshape(-1, 7)[:, :3]
    return poses[:, :3] + Rotation.from_quat(poses[:, 3:]).apply(coms)


def turn_between(before, after) -> np.ndarray:
    """Rotation vector from one orientation to another, world frame."""
    first, second = (Rotation.from_quat(p.double().numpy().reshape(-1, 7)[:, 3:]) for p in (before, after))
    return (second * first.inv()).as_rotvec()


def set_joints(robot, positions, velocities=None) -> None:
    robot.set_dof_positions(positions, torch.arange(robot.count))
    if velocities is not None:
        robot.set_dof_velocities(velocities, torch.arange(robot.count))


@pytest.fixture
def robot(make, run):
    """A fixed-base tree in two worlds, without gravity."""
    bodies, joints, tree = make.arm()
    rig = run(make.scene(2, gravity=0.0, bodies=bodies, joints=joints, articulations=[tree]))
    return rig.view.create_articulation_view(NAME)


@pytest.fixture
def floating(make, run):
    """A floating-base tree in two worlds, without gravity."""
    bodies, joints, tree = make.arm(fixed_base=False)
    rig = run(make.scene(2, gravity=0.0, bodies=bodies, joints=joints, articulations=[tree]))
    return rig.view.create_articulation_view(NAME)


def test_link_velocities_are_those_of_the_centres_of_mass(robot):
    torch.manual_seed(0)
    q, qd = torch.randn(2, 4), torch.randn(2, 4)
    step = 1e-3
    set_joints(robot, q - step / 2 * qd)
    before = robot.get_link_transforms().clone()
    set_joints(robot, q + step / 2 * qd)
    after = robot.get_link_transforms().clone()
    set_joints(robot, q, qd)
    velocities = robot.get_link_velocities().reshape(-1, 6).numpy()
    np.testing.assert_allclose(velocities[:, :3], (centres(robot, after) - centres(robot, before)) / step, atol=2e-3)
    np.testing.assert_allclose(velocities[:, 3:], turn_between(before, after) / step, atol=2e-3)


def test_jacobian_columns_are_link_motions(robot):
    torch.manual_seed(1)
    q = torch.randn(2, 4)
    set_joints(robot, q)
    jacobians = robot.get_jacobians().clone()
    assert jacobians.shape == (2, 4, 6, 4)
    step = 2e-3
    for column in range(4):
        shift = torch.zeros(4)
        shift[column] = step / 2
        set_joints(robot, q - shift)
        before = robot.get_link_transforms().clone()
        set_joints(robot, q + shift)
        after = robot.get_link_transforms().clone()
        linear = (centres(robot, after) - centres(robot, before)).reshape(2, 5, 3)[:, 1:] / step
        angular = turn_between(before, after).reshape(2, 5, 3)[:, 1:] / step
        np.testing.assert_allclose(jacobians[:, :, :3, column], linear, atol=1e-3)
        np.testing.assert_allclose(jacobians[:, :, 3:, column], angular, atol=1e-3)


def test_jacobian_of_floating_base_gives_link_velocities(floating):
    torch.manual_seed(2)
    everything = torch.arange(2)
    pose = torch.randn(2, 7)
    pose[:, 3:] /= pose[:, 3:].norm(dim=1, keepdim=True)
    root_velocity, q, qd = torch.randn(2, 6), torch.randn(2, 4), torch.randn(2, 4)
    floating.set_root_transforms(pose, everything)
    floating.set_root_velocities(root_velocity, everything)
    set_joints(floating, q, qd)
    jacobians = floating.get_jacobians()
    assert jacobians.shape == (2, 5, 6, 10)
    generalized = torch.cat((root_velocity, qd), dim=1)
    torch.testing.assert_close(
        jacobians @ generalized[:, None, :, None], floating.get_link_velocities()[..., None], atol=1e-5, rtol=1e-5
    )


def test_floating_root_velocity_is_that_of_its_centre_of_mass(floating):
    """The velocity written comes back, and the root's centre of mass moves by it."""
    everything = torch.arange(2)
    pose = torch.tensor([[0.1, 0.2, 0.9, 0.5, -0.5, 0.5, 0.5], [5.0, 2.0, 0.3, 0.0, 0.6, 0.0, 0.8]])
    velocity = torch.tensor([[0.3, -0.2, 0.1, 1.0, 2.0, -1.5], [-0.4, 0.1, 0.6, -2.0, 0.5, 1.0]])
    floating.set_root_transforms(pose, everything)
    floating.set_root_velocities(velocity, everything)
    torch.testing.assert_close(floating.get_root_transforms(), pose)
    torch.testing.assert_close(floating.get_root_velocities(), velocity)
    torch.testing.assert_close(floating.get_link_velocities()[:, 0], velocity, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(floating.get_link_transforms()[:, 0], pose, atol=1e-6, rtol=1e-6)


def test_free_body_moves_with_the_velocity_of_its_centre_of_mass(make, run):
    thing = make.body("Thing", com=(0.1, -0.05, 0.2), inertia=np.eye(3) * 0.02)
    rig = run(make.scene(2, gravity=0.0, bodies=[thing]))
    view = rig.view.create_rigid_body_view("/World/envs/env_*/Thing")
    velocity = torch.tensor([[0.5, -1.0, 2.0, 1.0, 2.0, -3.0]]).repeat(2, 1)
    view.set_velocities(velocity, torch.arange(2))
    torch.testing.assert_close(view.get_velocities(), velocity)
    start = centres(view, view.get_transforms().clone())
    before = view.get_transforms().clone()
    rig.step(12)
    moved = centres(view, view.get_transforms()) - start
    np.testing.assert_allclose(moved, velocity[:, :3].numpy() * 12 * make.DT, atol=1e-5)
    # equal moments of inertia: the angular velocity stays, too
    np.testing.assert_allclose(turn_between(before, view.get_transforms()), velocity[:, 3:] * 12 * make.DT, atol=1e-5)


def test_moving_a_body_keeps_its_velocity_in_the_world(make, run):
    thing = make.body("Thing", com=(0.1, -0.05, 0.2))
    rig = run(make.scene(1, gravity=0.0, bodies=[thing]))
    view = rig.view.create_rigid_body_view("/World/envs/env_*/Thing")
    velocity = torch.tensor([[0.5, -1.0, 2.0, 1.0, 2.0, -3.0]])
    view.set_velocities(velocity, torch.arange(1))
    view.set_transforms(torch.tensor([[0.0, 1.0, 2.0, 0.5, 0.5, 0.5, 0.5]]), torch.arange(1))
    torch.testing.assert_close(view.get_velocities(), velocity)


def test_a_link_in_a_rigid_body_view_agrees_with_the_articulation(make, run):
    bodies, joints, tree = make.arm()
    rig = run(make.scene(3, bodies=bodies, joints=joints, articulations=[tree]))
    rig.step(20)
    robot = rig.view.create_articulation_view(NAME)
    link = rig.view.create_rigid_body_view(NAME + "/link3")
    torch.testing.assert_close(link.get_transforms(), robot.get_link_transforms()[:, 3])
    torch.testing.assert_close(link.get_velocities(), robot.get_link_velocities()[:, 3])
    with pytest.raises(NotImplementedError, match="link3"):
        link.set_transforms(link.get_transforms(), torch.arange(3))


def test_accelerations_are_velocity_changes_over_the_physics_step(make, run):
    bodies, joints, tree = make.arm()
    thing = make.body("Thing", pos=(2.0, 2.0, 5.0), com=(0.1, 0.0, 0.0))
    rig = run(make.scene(2, bodies=[*bodies, thing], joints=joints, articulations=[tree]))
    robot = rig.view.create_articulation_view(NAME)
    free = rig.view.create_rigid_body_view("/World/envs/env_*/Thing")
    assert not robot.get_link_accelerations().any()
    rig.step(5)
    before = robot.get_link_velocities().clone()
    rig.step()
    after = robot.get_link_velocities()
    torch.testing.assert_close(robot.get_link_accelerations(), (after - before) / make.DT, atol=1e-3, rtol=1e-3)
    np.testing.assert_allclose(free.get_accelerations()[0], [0, 0, -make.GRAVITY, 0, 0, 0], atol=1e-4)
