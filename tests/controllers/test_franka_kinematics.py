# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The Franka's forward kinematics and Jacobian."""

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from isaaclab_factory.controllers import FRANKA_JOINT_LIMITS, SerialChain, franka_chain
from isaaclab_factory.controllers.franka_kinematics import FINGERTIP_OFFSET

# Denavit-Hartenberg parameters (a, d, alpha) after Craig, from the documentation of the Franka Control Interface
CRAIG_PARAMETERS = (
    (0.0, 0.333, 0.0),
    (0.0, 0.0, -np.pi / 2),
    (0.0, 0.316, np.pi / 2),
    (0.0825, 0.0, np.pi / 2),
    (-0.0825, 0.384, -np.pi / 2),
    (0.0, 0.0, np.pi / 2),
    (0.088, 0.0, np.pi / 2),
)


def forward_by_craig(joint_pos: np.ndarray) -> np.ndarray:
    """Pose of the fingertip for one configuration. Shape is (4, 4)."""

    def transform(pos, rotvec):
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = Rotation.from_rotvec(rotvec).as_matrix(), pos
        return pose

    pose = np.eye(4)
    for (a, d, alpha), theta in zip(CRAIG_PARAMETERS, joint_pos, strict=True):
        pose = pose @ transform((a, 0, 0), (alpha, 0, 0)) @ transform((0, 0, d), (0, 0, theta))
    return pose @ transform((0, 0, 0.107), (0, 0, -np.pi / 4)) @ transform((0, 0, FINGERTIP_OFFSET), (0, 0, 0))


@pytest.fixture
def joint_pos() -> torch.Tensor:
    lower, upper = torch.tensor(FRANKA_JOINT_LIMITS, dtype=torch.float64).unbind(-1)
    return lower + (upper - lower) * torch.rand(50, 7, dtype=torch.float64, generator=torch.manual_seed(0))


def test_pose_agrees_with_the_published_denavit_hartenberg_parameters(joint_pos):
    pos, quat = franka_chain().forward(joint_pos)
    for row in range(len(joint_pos)):
        expected = forward_by_craig(joint_pos[row].numpy())
        rotation = Rotation.from_quat(quat[row].numpy())
        np.testing.assert_allclose(pos[row].numpy(), expected[:3, 3], atol=1e-12)
        np.testing.assert_allclose(rotation.as_matrix(), expected[:3, :3], atol=1e-12)


def test_float32_results_are_rounded_from_double_precision(joint_pos):
    rounded = joint_pos.float()
    for actual, exact in zip(
        franka_chain().forward_with_jacobian(rounded),
        franka_chain().forward_with_jacobian(rounded.double()),
        strict=True,
    ):
        assert torch.equal(actual, exact.float())


def test_jacobian_agrees_with_finite_differences(joint_pos):
    chain = franka_chain()
    _, _, jacobian = chain.forward_with_jacobian(joint_pos)
    step = 1e-6
    for joint in range(7):
        delta = torch.zeros(7, dtype=torch.float64)
        delta[joint] = step
        pos_after, quat_after = chain.forward(joint_pos + delta)
        pos_before, quat_before = chain.forward(joint_pos - delta)
        turn = Rotation.from_quat(quat_after.numpy()) * (Rotation.from_quat(quat_before.numpy()).inv())
        linear = (pos_after - pos_before) / (2 * step)
        angular = torch.from_numpy(turn.as_rotvec()) / (2 * step)
        torch.testing.assert_close(jacobian[:, :3, joint], linear, atol=1e-8, rtol=0.0)
        torch.testing.assert_close(jacobian[:, 3:, joint], angular, atol=1e-8, rtol=0.0)


def test_no_rows_give_no_rows():
    pos, quat, jacobian = franka_chain().forward_with_jacobian(torch.empty(0, 7))
    assert pos.shape == (0, 3) and quat.shape == (0, 4) and jacobian.shape == (0, 6, 7)


def test_wrong_number_of_joints_is_reported():
    with pytest.raises(ValueError, match=r"^joint_pos needs the shape \(2, 7\) on cpu, got \(2, 9\) on cpu\.$"):
        franka_chain().forward(torch.zeros(2, 9))
    pose = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
    with pytest.raises(ValueError, match=r"^joint_frames needs 7 poses, got 6\.$"):
        SerialChain([pose] * 6, pose)
