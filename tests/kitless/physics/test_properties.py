# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Masses, inertias, centres of mass and external wrenches, environment by environment."""

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

THING = "/World/envs/env_*/Thing"
NAME = "/World/envs/env_*/Robot"


def floating_thing(make, run, num_worlds=3, **options):
    rig = run(make.scene(num_worlds, gravity=0.0, bodies=[make.body("Thing", **options)]))
    return rig, rig.view.create_rigid_body_view(THING)


def push(view, force=None, torque=None, position=None, rows=None, is_global=True) -> None:
    def everywhere(vector):
        return None if vector is None else torch.tensor([vector] * view.count, dtype=torch.float32)

    rows = torch.arange(view.count) if rows is None else torch.tensor(rows)
    view.apply_forces_and_torques_at_position(
        everywhere(force), everywhere(torque), everywhere(position), rows, is_global
    )


def skew_inertia() -> np.ndarray:
    axes = Rotation.from_rotvec([0.3, -0.5, 0.9]).as_matrix()
    return axes @ np.diag([0.02, 0.03, 0.045]) @ axes.T


def test_mass_differs_per_environment(make, run):
    rig, view = floating_thing(make, run, mass=2.0)
    view.set_masses(torch.tensor([[9.0], [4.0], [0.5]]), torch.tensor([1, 2]))
    np.testing.assert_allclose(view.get_masses()[:, 0], [2.0, 4.0, 0.5])
    np.testing.assert_allclose(view.get_inv_masses()[:, 0], [0.5, 0.25, 2.0])
    push(view, force=[3.0, 0.0, 0.0])
    rig.step(1)
    expected = 3.0 / np.array([2.0, 4.0, 0.5]) * make.DT
    np.testing.assert_allclose(view.get_velocities()[:, 0], expected, rtol=1e-5)


def test_wrench_acts_for_one_physics_step(make, run):
    rig, view = floating_thing(make, run, mass=2.0)
    push(view, force=[0.0, 6.0, 0.0], rows=[1])
    rig.step(1)
    first = view.get_velocities().clone()
    np.testing.assert_allclose(first[:, 1], [0.0, 3.0 * make.DT, 0.0], rtol=1e-5)
    rig.step(5)
    torch.testing.assert_close(view.get_velocities(), first)


def test_force_at_a_point_turns_the_body_about_its_centre_of_mass(make, run):
    """Away from the centre of mass: f = m a there, and the moment of the force is I dw."""
    com, inertia = np.array([0.1, -0.05, 0.2]), skew_inertia()
    rig, view = floating_thing(make, run, 1, pos=(1.0, 2.0, 0.5), com=tuple(com), inertia=inertia, mass=2.0)
    point, force = np.array([1.3, 2.1, 0.4]), np.array([1.0, -2.0, 0.5])
    push(view, force=force.tolist(), position=point.tolist())
    rig.step(1)
    velocity = view.get_velocities()[0].double().numpy()
    np.testing.assert_allclose(velocity[:3], force / 2.0 * make.DT, atol=1e-6)
    moment = np.cross(point - (np.array([1.0, 2.0, 0.5]) + com), force)
    np.testing.assert_allclose(velocity[3:], np.linalg.solve(inertia, moment) * make.DT, rtol=2e-3, atol=1e-5)


def test_local_wrench_turns_with_the_body(make, run):
    turn = make.rotation((0.0, 0.0, 1.0), np.pi / 2)
    rig, view = floating_thing(make, run, 2, quat=turn, inertia=np.eye(3) * 0.01)
    push(view, force=[1.0, 0.0, 0.0], torque=[0.0, 0.02, 0.0], is_global=False)
    rig.step(1)
    velocity = view.get_velocities() / make.DT
    np.testing.assert_allclose(velocity, [[0, 1, 0, -2, 0, 0]] * 2, atol=1e-4)


def test_local_point_of_application_is_in_the_body_frame(make, run):
    turn = make.rotation((0.0, 0.0, 1.0), np.pi / 2)
    rig, view = floating_thing(make, run, 1, pos=(1, 2, 3), quat=turn, com=(0.1, 0, 0), inertia=np.eye(3) * 0.01)
    push(view, force=[0.0, 0.0, 1.0], position=[0.3, 0.0, 0.0], is_global=False)
    rig.step(1)
    # the arm from the centre of mass is 0.2 along the body's x, which is the world's y
    np.testing.assert_allclose(view.get_velocities()[0] / make.DT, [0, 0, 1, 20, 0, 0], atol=1e-3)


def test_wrench_on_a_link_equals_its_generalised_force(make, run):
    """A force on a link acts like J' f on the joints."""
    bodies, joints, tree = make.arm()
    rig = run(make.scene(2, gravity=0.0, bodies=bodies, joints=joints, articulations=[tree]))
    robot = rig.view.create_articulation_view(NAME)
    wrench = torch.zeros(2, 5, 6)
    wrench[:, 3] = torch.tensor([1.0, -2.0, 0.5, 0.1, 0.2, -0.3])
    jacobian, mass = robot.get_jacobians()[:, 2].clone(), robot.get_generalized_mass_matrices().clone()
    force = (jacobian.transpose(1, 2) @ wrench[:, 3, :, None])[..., 0]
    expected = torch.linalg.solve(mass, force) * make.DT
    robot.apply_forces_and_torques_at_position(
        wrench[..., :3].reshape(-1, 3), wrench[..., 3:].reshape(-1, 3), None, torch.arange(2), True
    )
    rig.step(1)
    torch.testing.assert_close(robot.get_dof_velocities(), expected, rtol=2e-2, atol=1e-4)


def test_inertia_is_read_back_and_acts(make, run):
    first, second = skew_inertia(), np.diag([0.05, 0.06, 0.07])
    rig, view = floating_thing(make, run, 2, inertia=first, com=(0.1, 0.0, -0.1))
    np.testing.assert_allclose(view.get_inertias()[0].view(3, 3), first, atol=1e-7)
    values = torch.from_numpy(np.stack((first, second))).float().view(2, 9)
    view.set_inertias(values, torch.tensor([1]))
    np.testing.assert_allclose(view.get_inertias(), values, atol=1e-7)
    inverse = np.stack((np.linalg.inv(first), np.linalg.inv(second)))
    np.testing.assert_allclose(view.get_inv_inertias().view(2, 3, 3), inverse, rtol=1e-4, atol=1e-3)
    torque = np.array([0.1, 0.2, -0.1])
    push(view, torque=torque.tolist())
    rig.step(1)
    np.testing.assert_allclose(view.get_velocities()[:, 3:], inverse @ torque * make.DT, rtol=5e-3, atol=1e-4)


def test_link_inertias_are_read_back_and_enter_the_mass_matrix(make, run):
    """What the Factory reference does: add to the diagonal of every link's inertia."""
    bodies, joints, tree = make.arm()
    rig = run(make.scene(2, gravity=0.0, bodies=bodies, joints=joints, articulations=[tree]))
    robot = rig.view.create_articulation_view(NAME)
    before, mass = robot.get_inertias().clone(), robot.get_generalized_mass_matrices().clone()
    jacobian = robot.get_jacobians()[:, :, 3:].clone()
    changed = before + 0.01 * torch.eye(3).flatten()
    robot.set_inertias(changed, torch.tensor([0]))
    torch.testing.assert_close(robot.get_inertias(), torch.stack((changed[0], before[1])), atol=1e-7, rtol=1e-5)
    added = 0.01 * torch.einsum("lcd,lce->de", jacobian[0], jacobian[0])
    torch.testing.assert_close(robot.get_generalized_mass_matrices(), torch.stack((mass[0] + added, mass[1])))


@pytest.mark.parametrize("inertia", [np.eye(3) * 0.02, skew_inertia()])
def test_centre_of_mass_can_be_moved(make, run, inertia):
    rig, view = floating_thing(make, run, 2, pos=(1.0, 2.0, 0.5), com=(0.1, 0.0, 0.0), inertia=inertia)
    coms = view.get_coms().clone()
    np.testing.assert_allclose(coms[:, :3], [[0.1, 0.0, 0.0]] * 2, atol=1e-6)
    coms[1, :3] = torch.tensor([0.0, 0.2, 0.0])
    view.set_coms(coms, torch.tensor([1]))
    np.testing.assert_allclose(view.get_coms()[:, :3], [[0.1, 0.0, 0.0], [0.0, 0.2, 0.0]], atol=1e-6)
    # a push at the new centre of mass does not turn the second body
    force, arm = np.array([0.0, 0.0, 1.0]), np.array([-0.1, 0.2, 0.0])
    view.apply_forces_and_torques_at_position(
        torch.tensor([[0.0, 0.0, 1.0]] * 2), None, torch.tensor([[1.0, 2.2, 0.5], [4.0, 2.2, 0.5]]),
        torch.arange(2), True,
    )  # fmt: skip
    rig.step(1)
    velocity = view.get_velocities() / make.DT
    expected = np.linalg.solve(inertia, np.cross(arm, force))
    np.testing.assert_allclose(velocity[:, :3], [[0, 0, 1]] * 2, atol=1e-3)
    np.testing.assert_allclose(velocity[:, 3:], [expected, [0, 0, 0]], atol=0.02 * np.abs(expected).max())


def test_properties_handed_out_can_be_changed_without_effect(make, run):
    """Isaac Lab turns the quaternions of what it is handed in place."""
    _, view = floating_thing(make, run)
    coms = view.get_coms()
    coms[:] = 7.0
    assert view.get_coms() is coms
    np.testing.assert_allclose(coms[0], [0, 0, 0, 0, 0, 0, 1], atol=1e-7)
