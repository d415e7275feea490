# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The rotation conversions agree with scipy's."""

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from isaaclab_factory.controllers import rotations


@pytest.fixture
def random_rotations() -> Rotation:
    return Rotation.random(200, random_state=0)


def to_quat(rotation: Rotation) -> torch.Tensor:
    """Quaternions (w, x, y, z) of scipy rotations."""
    return torch.from_numpy(rotation.as_quat()[:, [3, 0, 1, 2]]).float()


def to_rotation(quat: torch.Tensor) -> Rotation:
    """Scipy rotations of quaternions (w, x, y, z)."""
    return Rotation.from_quat(quat.double().numpy()[:, [1, 2, 3, 0]])


def assert_same(actual: Rotation, expected: Rotation):
    np.testing.assert_allclose((actual * expected.inv()).magnitude(), 0.0, atol=1e-6)


def test_product_applies_the_right_factor_first(random_rotations):
    other = Rotation.random(200, random_state=1)
    product = rotations.quat_mul(to_quat(random_rotations), to_quat(other))
    assert_same(to_rotation(product), random_rotations * other)


def test_conjugate_is_the_inverse(random_rotations):
    assert_same(to_rotation(rotations.quat_conjugate(to_quat(random_rotations))), random_rotations.inv())


@pytest.mark.parametrize("angle", [0.0, 1e-7, 1e-3, 1.0, 3.1, 5.0])
def test_quaternion_of_a_rotation_vector(angle):
    axes = torch.nn.functional.normalize(torch.randn(50, 3, generator=torch.manual_seed(0)), dim=-1)
    quat = rotations.quat_from_rotvec(angle * axes)
    assert_same(to_rotation(quat), Rotation.from_rotvec(angle * axes.numpy()))


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_rotation_vector_takes_the_shorter_way_for_both_signs(random_rotations, sign):
    rotvec = rotations.rotvec_from_quat(sign * to_quat(random_rotations))
    torch.testing.assert_close(rotvec, torch.from_numpy(random_rotations.as_rotvec()).float(), atol=2e-5, rtol=1e-5)


def test_rotation_vector_is_accurate_for_tiny_angles():
    rotvec = torch.tensor([[1e-6, -2e-6, 3e-6], [0.0, 0.0, 0.0]])
    torch.testing.assert_close(
        rotations.rotvec_from_quat(rotations.quat_from_rotvec(rotvec)), rotvec, atol=1e-12, rtol=1e-5
    )


def test_quaternion_of_a_matrix_also_for_half_turns(random_rotations):
    half_turns = Rotation.from_rotvec(np.pi * np.eye(3))
    for rotation in (random_rotations, half_turns, Rotation.identity(1)):
        quat = rotations.quat_from_matrix(torch.from_numpy(rotation.as_matrix()).float())
        assert_same(to_rotation(quat), rotation)


def test_yaw_is_the_last_of_the_extrinsic_xyz_angles(random_rotations):
    expected = random_rotations.as_euler("xyz")[:, 2]
    np.testing.assert_allclose(rotations.yaw_from_quat(to_quat(random_rotations)).numpy(), expected, atol=1e-4)


def test_pointing_down_is_roll_pi_and_the_yaw():
    yaw = torch.linspace(-3.0, 3.0, 13)
    expected = Rotation.from_euler("xyz", np.stack([np.full(13, np.pi), np.zeros(13), yaw.numpy()], axis=-1))
    assert_same(to_rotation(rotations.pointing_down_quat(yaw)), expected)
