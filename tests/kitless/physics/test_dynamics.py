# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Mass matrices and bias forces against the energies they belong to."""

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

NAME = "/World/envs/env_*/Robot"


def start(make, run, fixed_base: bool):
    bodies, joints, tree = make.arm(fixed_base=fixed_base)
    rig = run(make.scene(2, bodies=bodies, joints=joints, articulations=[tree]))
    robot = rig.view.create_articulation_view(NAME)
    torch.manual_seed(3)
    everything = torch.arange(2)
    if not fixed_base:
        pose = torch.randn(2, 7)
        pose[:, 3:] /= pose[:, 3:].norm(dim=1, keepdim=True)
        robot.set_root_transforms(pose, everything)
    robot.set_dof_positions(torch.randn(2, 4), everything)
    return robot


def centres(robot) -> np.ndarray:
    poses = robot.get_link_transforms().double().numpy()
    coms = robot.get_coms().double().numpy()[..., :3]
    return poses[..., :3] + Rotation.from_quat(poses[..., 3:].reshape(-1, 4)).apply(coms.reshape(-1, 3)).reshape(
        coms.shape
    )


@pytest.mark.parametrize("fixed_base", [True, False])
def test_mass_matrix_gives_the_kinetic_energy_of_the_links(make, run, fixed_base):
    robot = start(make, run, fixed_base)
    everything = torch.arange(2)
    velocity = torch.randn(2, 4 if fixed_base else 10)
    if not fixed_base:
        robot.set_root_velocities(velocity[:, :6], everything)
    robot.set_dof_velocities(velocity[:, -4:], everything)
    links = robot.get_link_velocities().double().numpy()
    rotations = Rotation.from_quat(robot.get_link_transforms().double().numpy()[..., 3:].reshape(-1, 4)).as_matrix()
    inertias = robot.get_inertias().double().numpy().reshape(-1, 3, 3)
    world_inertias = (rotations @ inertias @ rotations.transpose(0, 2, 1)).reshape(2, 5, 3, 3)
    masses = robot.get_masses().double().numpy()
    energy = 0.5 * (masses * (links[..., :3] ** 2).sum(-1)).sum(1)
    energy += 0.5 * np.einsum("eli,elij,elj->e", links[..., 3:], world_inertias, links[..., 3:])
    v, mass = velocity.double().numpy(), robot.get_generalized_mass_matrices().double().numpy()
    np.testing.assert_allclose(0.5 * np.einsum("ei,eij,ej->e", v, mass, v), energy, rtol=1e-5)


def test_gravity_compensation_is_the_gradient_of_the_potential_energy(make, run):
    robot = start(make, run, True)
    everything = torch.arange(2)
    q = robot.get_dof_positions().clone()
    masses = robot.get_masses().double().numpy()
    force = robot.get_gravity_compensation_forces().clone()
    step = 2e-3
    for joint in range(4):
        potential = []
        for sign in (-1, 1):
            shifted = q.clone()
            shifted[:, joint] += sign * step / 2
            robot.set_dof_positions(shifted, everything)
            potential.append((masses * centres(robot)[..., 2]).sum(1) * make.GRAVITY)
        np.testing.assert_allclose(force[:, joint], (potential[1] - potential[0]) / step, atol=2e-2)


def test_gravity_compensation_leaves_out_links_without_gravity(make, run):
    robot = start(make, run, True)
    disabled = robot.get_disable_gravities()
    disabled[0] = 1
    robot.set_disable_gravities(disabled, torch.arange(2))
    force = robot.get_gravity_compensation_forces()
    assert not force[0].any()
    assert force[1].abs().max() > 1.0


def test_coriolis_forces_follow_from_the_mass_matrix(make, run):
    """Lagrange: c = dM/dt qd - 1/2 d(qd' M qd)/dq, with the derivatives of M by finite differences."""
    robot = start(make, run, True)
    everything = torch.arange(2)
    q, qd = robot.get_dof_positions().clone(), torch.randn(2, 4)
    robot.set_dof_velocities(qd, everything)
    bias = robot.get_coriolis_and_centrifugal_compensation_forces().clone()
    step, gradient = 4e-3, []
    for joint in range(4):
        masses = []
        for sign in (-1, 1):
            shifted = q.clone()
            shifted[:, joint] += sign * step / 2
            robot.set_dof_positions(shifted, everything)
            masses.append(robot.get_generalized_mass_matrices().double().clone())
        gradient.append((masses[1] - masses[0]) / step)
    gradient, v = torch.stack(gradient, dim=-1), qd.double()
    expected = torch.einsum("eijk,ek,ej->ei", gradient, v, v) - 0.5 * torch.einsum("ejik,ej,ei->ek", gradient, v, v)
    torch.testing.assert_close(bias.double(), expected, atol=5e-3, rtol=1e-3)


def test_floating_tree_in_free_fall_needs_no_joint_forces_against_gravity(make, run):
    """Gravity acts on a falling tree only through its root: m g at the centre of mass, and the moment about it."""
    robot = start(make, run, False)
    force = robot.get_gravity_compensation_forces().double().numpy()
    masses, points = robot.get_masses().double().numpy(), centres(robot)
    weight = masses.sum(1) * make.GRAVITY
    np.testing.assert_allclose(force[:, :3], np.stack((0 * weight, 0 * weight, weight), axis=1), atol=1e-4)
    arms = points - points[:, :1]
    up = np.array([0.0, 0.0, make.GRAVITY])
    np.testing.assert_allclose(force[:, 3:6], (masses[..., None] * np.cross(arms, up)).sum(1), atol=1e-3)


def test_energy_of_a_swinging_tree_is_conserved(make, run):
    bodies, joints, tree = make.arm()
    for joint in joints:
        if joint.name == "joint3":  # without a spring the slide would fall out of the world
            joint.drive.stiffness = 400.0
    rig = run(make.scene(1, bodies=bodies, joints=joints, articulations=[tree]))
    robot = rig.view.create_articulation_view(NAME)

    def energy() -> float:
        v, mass = robot.get_dof_velocities().double(), robot.get_generalized_mass_matrices().double()
        spring = 0.5 * 400.0 * float(robot.get_dof_positions()[0, 2]) ** 2
        height = (robot.get_masses().double().numpy() * centres(robot)[..., 2]).sum()
        return float(0.5 * v @ mass[0] @ v.T) + make.GRAVITY * height + spring

    # the drive's implicit integration takes energy out of the spring only; the rest drifts with the step alone
    robot.set_dof_stiffnesses(torch.zeros(1, 4), torch.arange(1))
    limits = torch.tensor([[[-100.0, 100.0], [-100.0, 100.0], [-1e-3, 1e-3], [-100.0, 100.0]]])
    robot.set_dof_limits(limits, torch.arange(1))
    rig.step(60)
    first, scale = energy(), float(make.GRAVITY * robot.get_masses().sum())
    rig.step(60)
    assert abs(energy() - first) < 0.02 * scale
