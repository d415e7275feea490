# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Kinematics and inertia of the Franka's links agree with the arm's chain, finite differences and energies."""

import pytest
import torch
from scipy.spatial.transform import Rotation

from isaaclab_factory.assets.franka_model import LINKS
from isaaclab_factory.controllers import franka_chain
from isaaclab_factory.testing.link_tree import LinkTree

ROOT = torch.tensor([[0.3, -0.2, 0.1, 0.0, 0.0, 0.6, 0.8]], dtype=torch.float64)
STEP = 1e-6


@pytest.fixture(scope="module")
def tree():
    return LinkTree(LINKS)


@pytest.fixture
def joint_pos():
    torch.manual_seed(0)
    arm = 2.0 * torch.rand(5, 7, dtype=torch.float64) - 1.0
    return torch.cat((arm, 0.04 * torch.rand(5, 2, dtype=torch.float64)), dim=-1)


def links_at(tree, joint_pos):
    return tree.forward(ROOT.expand(len(joint_pos), -1), joint_pos)


def twists(tree, joint_pos, joint_vel, points):
    """Velocities of points of the links and of the links, by central differences."""
    before, after = (links_at(tree, joint_pos + sign * STEP * joint_vel).links for sign in (-1.0, 1.0))
    ends = [(links[..., :3, :3] @ points[..., None]).squeeze(-1) + links[..., :3, 3] for links in (before, after)]
    turn = (after[..., :3, :3] @ before[..., :3, :3].mT).flatten(0, 1)
    angle = torch.from_numpy(Rotation.from_matrix(turn.numpy()).as_rotvec()).view(*before.shape[:2], 3)
    return (ends[1] - ends[0]) / (2.0 * STEP), angle / (2.0 * STEP)


def test_the_fingertip_is_where_the_arms_kinematics_put_it(tree, joint_pos):
    origin = torch.tensor([[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]], dtype=torch.float64).expand(5, -1)
    links = tree.forward(origin, joint_pos).links
    pos, quat = franka_chain().forward(joint_pos[:, :7])
    tip = links[:, tree.link_names.index("panda_fingertip_centered")]
    torch.testing.assert_close(tip[:, :3, 3], pos, atol=1e-12, rtol=0.0)
    expected = Rotation.from_quat(quat.numpy()).as_matrix()
    torch.testing.assert_close(tip[:, :3, :3], torch.from_numpy(expected), atol=1e-12, rtol=0.0)


def test_the_fingers_move_apart_by_their_joint_positions(tree, joint_pos):
    links = links_at(tree, joint_pos).links
    left, right = (links[:, tree.link_names.index(f"panda_{side}finger"), :3, 3] for side in ("left", "right"))
    torch.testing.assert_close((left - right).norm(dim=-1), joint_pos[:, 7:].sum(dim=-1))


def test_jacobians_are_the_derivatives_of_the_poses(tree, joint_pos):
    points = 0.1 * torch.randn(5, len(LINKS), 3, dtype=torch.float64)
    joint_vel = torch.randn(5, 9, dtype=torch.float64)
    linear, angular = twists(tree, joint_pos, joint_vel, points)
    jacobians = tree.jacobians(links_at(tree, joint_pos), points)
    actual = (jacobians @ joint_vel[:, None, :, None]).squeeze(-1)
    torch.testing.assert_close(actual, torch.cat((linear, angular), dim=-1), atol=1e-7, rtol=0.0)


def test_the_mass_matrix_gives_the_kinetic_energy_of_the_links(tree, joint_pos):
    masses = torch.rand(5, len(LINKS), dtype=torch.float64)
    coms = 0.1 * torch.randn(5, len(LINKS), 3, dtype=torch.float64)
    roots = torch.randn(5, len(LINKS), 3, 3, dtype=torch.float64)
    inertias = roots @ roots.mT
    joint_vel = torch.randn(5, 9, dtype=torch.float64)
    linear, angular = twists(tree, joint_pos, joint_vel, coms)
    configuration = links_at(tree, joint_pos)
    angular_b = (configuration.links[..., :3, :3].mT @ angular[..., None]).squeeze(-1)
    spin = (angular_b[..., None, :] @ inertias @ angular_b[..., None]).squeeze((-1, -2))
    energy = 0.5 * (masses * linear.square().sum(dim=-1) + spin).sum(dim=-1)
    matrix = tree.mass_matrix(configuration, masses, coms, inertias)
    actual = 0.5 * (joint_vel[:, None, :] @ matrix @ joint_vel[..., None]).squeeze()
    torch.testing.assert_close(actual, energy, rtol=1e-6, atol=0.0)
    torch.testing.assert_close(matrix, matrix.mT)
