# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The rotation conversions agree with scipy's."""

import numpy as np
import pytest
import torch
from isaaclab.utils.math import axis_angle_from_quat, quat_box_minus
from scipy.spatial.transform import Rotation

from isaaclab_factory.controllers import pointing_down_quat, quat_from_rotvec, yaw_from_quat


@pytest.fixture
def random_rotations() -> Rotation:
    return Rotation.random(200, random_state=0)


def to_quat(rotation: Rotation) -> torch.Tensor:
    return torch.from_numpy(rotation.as_quat()).float()


def assert_same(quat: torch.Tensor, expected: Rotation):
    difference = Rotation.from_quat(quat.double().numpy()) * expected.inv()
    np.testing.assert_allclose(difference.magnitude(), 0.0, atol=1e-6)


@pytest.mark.parametrize("angle", [0.0, 1e-7, 1e-3, 1.0, 3.1, 5.0])
def test_quaternion_of_a_rotation_vector(angle):
    axes = torch.nn.functional.normalize(torch.randn(50, 3, generator=torch.manual_seed(0)), dim=-1)
    assert_same(quat_from_rotvec(angle * axes), Rotation.from_rotvec(angle * axes.numpy()))


def test_isaac_labs_rotation_vector_is_its_inverse_also_for_tiny_angles():
    rotvec = torch.tensor([[1e-6, -2e-6, 3e-6], [0.0, 0.0, 1e-12], [0.0, 0.0, 0.0], [1.0, -2.0, 2.0]])
    torch.testing.assert_close(axis_angle_from_quat(quat_from_rotvec(rotvec)), rotvec, atol=0.0, rtol=1e-6)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_isaac_labs_rotation_difference_takes_the_shorter_way_for_both_signs(random_rotations, sign):
    other = Rotation.random(200, random_state=1)
    rotvec = quat_box_minus(sign * to_quat(random_rotations), to_quat(other))
    expected = torch.from_numpy((random_rotations * other.inv()).as_rotvec()).float()
    torch.testing.assert_close(rotvec, expected, atol=2e-5, rtol=1e-5)


def test_yaw_is_the_last_of_the_extrinsic_xyz_angles(random_rotations):
    expected = random_rotations.as_euler("xyz")[:, 2]
    np.testing.assert_allclose(yaw_from_quat(to_quat(random_rotations)).numpy(), expected, atol=1e-4)


def test_pointing_down_is_roll_pi_and_the_yaw():
    yaw = torch.linspace(-3.0, 3.0, 13)
    expected = Rotation.from_euler("xyz", np.stack([np.full(13, np.pi), np.zeros(13), yaw.numpy()], axis=-1))
    assert_same(pointing_down_quat(yaw), expected)
