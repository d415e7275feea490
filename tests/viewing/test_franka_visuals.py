# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The surfaces of the Franka fit its kinematics and its colliders."""

import itertools

import numpy as np
import pytest
import torch
import trimesh
from scipy.spatial import cKDTree

from isaaclab_factory.assets.franka_model import FINGER_LENGTH, LINKS, Box
from isaaclab_factory.controllers import FRANKA_JOINT_LIMITS
from isaaclab_factory.viewing.franka_visuals import franka_surfaces, real_surfaces_folder

BODIES = [link.name for link in LINKS if link.colliders]
ARM = [f"panda_link{number}" for number in range(8)]


@pytest.fixture(scope="module")
def real_surfaces():
    folder = real_surfaces_folder()
    assert folder is not None, "the Makefile installs the package with the Franka's surfaces"
    return franka_surfaces(folder)


def points_of(surfaces, link: str) -> np.ndarray:
    return np.concatenate([mesh.vertices for mesh, _ in surfaces[link]])


@pytest.mark.parametrize("real", [False, True], ids=["primitives", "real"])
def test_every_link_with_a_body_is_shown(real: bool, real_surfaces) -> None:
    surfaces = real_surfaces if real else franka_surfaces(None)
    assert sorted(link for link, parts in surfaces.items() if parts) == sorted(BODIES)
    for parts in surfaces.values():
        for mesh, material in parts:
            assert len(mesh.faces) and np.isfinite(mesh.vertex_normals).all()
            assert len(material.color) == 4


def test_neighbouring_links_stay_together_at_any_angle_of_the_joints(real_surfaces) -> None:
    """A surface in a wrong frame comes away from its neighbour when joints turn."""
    torch.manual_seed(0)
    lower, upper = torch.as_tensor(FRANKA_JOINT_LIMITS, dtype=torch.float64).reshape(-1, 2).T
    for _ in range(4):
        angles = lower + (upper - lower) * torch.rand(7, dtype=torch.float64)
        points = [
            trimesh.transform_points(points_of(real_surfaces, link), pose)
            for link, pose in zip(ARM, link_poses(angles.numpy()), strict=True)
        ]
        for first, second in itertools.pairwise(points):
            gap = cKDTree(first).query(second)[0].min()
            assert gap < 0.003


def link_poses(angles: np.ndarray) -> list[np.ndarray]:
    """Poses of link 0 to 7 by the published joints, each a 4 x 4 matrix."""
    joints = {link.name: link.joint for link in LINKS}
    poses = [np.eye(4)]
    for link, angle in zip(ARM[1:], angles, strict=True):
        fixed = trimesh.transformations.euler_matrix(*joints[link].rpy, "sxyz")
        fixed[:3, 3] = joints[link].xyz
        poses.append(poses[-1] @ fixed @ trimesh.transformations.rotation_matrix(angle, (0.0, 0.0, 1.0)))
    return poses


def test_the_hand_is_where_the_kinematics_has_it(real_surfaces) -> None:
    flange = points_of(real_surfaces, "panda_link7")[:, 2].max()
    assert flange == pytest.approx(0.107, abs=5e-4)  # the joint of the hand, franka_arm.xacro
    hand = points_of(real_surfaces, "panda_hand")
    assert np.ptp(hand[:, 1]) == pytest.approx(0.204, abs=1e-3)  # along which the fingers move
    assert hand[:, 2].max() == pytest.approx(0.0659, abs=1e-3)


@pytest.mark.parametrize("real", [False, True], ids=["primitives", "real"])
@pytest.mark.parametrize(("side", "sign"), [("left", 1.0), ("right", -1.0)])
def test_pads_of_the_fingers_meet_in_the_middle(real: bool, side: str, sign: float, real_surfaces) -> None:
    surfaces = real_surfaces if real else franka_surfaces(None)
    points = points_of(surfaces, f"panda_{side}finger")
    assert (sign * points[:, 1]).min() == pytest.approx(0.0, abs=3e-4)
    assert points[:, 2].max() == pytest.approx(FINGER_LENGTH, abs=3e-4)


def test_primitives_are_as_large_as_the_colliders() -> None:
    surfaces = franka_surfaces(None)
    for link in LINKS:
        for (mesh, _), shape in zip(surfaces[link.name], link.colliders, strict=True):
            size = np.array(shape.size) if isinstance(shape, Box) else np.full(3, 2.0 * shape.radius)
            if not isinstance(shape, Box):
                size["XYZ".index(shape.axis)] += shape.length
            np.testing.assert_allclose(mesh.extents, size, rtol=0.01)
            np.testing.assert_allclose(mesh.bounds.mean(axis=0), shape.center, atol=1e-4)
            assert mesh.volume > 0.8 * np.prod(size) * (1.0 if isinstance(shape, Box) else np.pi / 6.0)
