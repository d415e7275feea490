# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Inverse kinematics reaches what can be reached and says what cannot."""

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from isaaclab_factory.controllers import FRANKA_JOINT_LIMITS, franka_chain, pointing_down_quat, solve_ik
from tests.controllers.test_franka_kinematics import forward_by_craig

SEED = torch.tensor([1.5178e-03, -1.9651e-01, -1.4364e-03, -1.9761, -2.7717e-04, 1.7796, 7.8556e-01])
LIMITS = torch.tensor(FRANKA_JOINT_LIMITS)


def start_poses(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Hand poses above the hole, drawn as the peg task draws them."""
    generator = torch.manual_seed(0)
    unit = 2.0 * torch.rand(count, 7, generator=generator) - 1.0
    pos = torch.tensor([0.6, 0.0, 0.122]) + 0.05 * unit[:, :3] + torch.tensor([0.02, 0.02, 0.01]) * unit[:, 3:6]
    return pos, pointing_down_quat(0.785 * unit[:, 6])


def test_every_start_pose_of_the_peg_task_is_reached_within_the_limits():
    chain = franka_chain()
    pos, quat = start_poses(2000)
    joint_pos, reached = solve_ik(chain, pos, quat, SEED.repeat(2000, 1), LIMITS)
    assert reached.all()
    assert ((joint_pos >= LIMITS[:, 0]) & (joint_pos <= LIMITS[:, 1])).all()
    actual_pos, actual_quat = chain.forward(joint_pos)
    assert (actual_pos - pos).norm(dim=-1).max() < 1e-4
    assert (actual_quat * quat).sum(-1).abs().min() > 1.0 - 1e-6


def twist(pose: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Position difference and rotation vector between two poses, which are (4, 4)."""
    rotvec = Rotation.from_matrix(target[:3, :3] @ pose[:3, :3].T).as_rotvec()
    return np.concatenate((target[:3, 3] - pose[:3, 3], rotvec))


def solve_with_numpy(target: np.ndarray, seed: np.ndarray, damping: float, tolerance: float) -> tuple[np.ndarray, bool]:
    """Damped least squares of one row on the published kinematics, with a Jacobian of finite differences."""
    lower, upper = np.array(FRANKA_JOINT_LIMITS).T
    joint_pos = seed
    for _ in range(40):
        error = twist(forward_by_craig(joint_pos), target)
        if np.linalg.norm(error) <= 0.1 * tolerance:
            break
        ends = [[forward_by_craig(joint_pos + sign * 1e-5 * axis) for axis in np.eye(7)] for sign in (-1, 1)]
        jacobian = np.stack([twist(*pair) / 2e-5 for pair in zip(*ends, strict=True)], axis=-1)
        joint_pos = np.clip(joint_pos + least_squares(jacobian, error, damping), lower, upper)
    return joint_pos, np.linalg.norm(twist(forward_by_craig(joint_pos), target)) < tolerance


def least_squares(jacobian: np.ndarray, error: np.ndarray, damping: float) -> np.ndarray:
    """The x that minimises ``|J x - e|^2 + damping^2 |x|^2``: ordinary least squares of the stacked system."""
    stacked = np.concatenate((jacobian, damping * np.eye(7)))
    return np.linalg.lstsq(stacked, np.concatenate((error, np.zeros(7))), rcond=None)[0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_joint_positions_are_those_of_a_solution_with_numpy(dtype):
    pos, _ = start_poses(12)
    quat = pointing_down_quat(torch.linspace(-2.3, 1.5, 12))
    joint_pos, reached = solve_ik(
        franka_chain(), pos.to(dtype), quat.to(dtype), SEED.repeat(12, 1).to(dtype), LIMITS.to(dtype)
    )
    assert joint_pos.dtype == dtype
    for row in range(12):
        target = np.eye(4)
        target[:3, :3], target[:3, 3] = Rotation.from_quat(quat[row].double().numpy()).as_matrix(), pos[row].numpy()
        expected, is_reached = solve_with_numpy(target, SEED.double().numpy(), damping=0.01, tolerance=1e-4)
        np.testing.assert_allclose(joint_pos[row].numpy(), expected, atol=1e-6, rtol=0.0)
        assert reached[row] == is_reached
    # the first one asks for more than the limits allow, and the comparison covers that too
    assert reached.tolist() == [False] + [True] * 11


def test_unreachable_pose_is_reported_and_spoils_no_other():
    chain = franka_chain()
    pos, quat = start_poses(2)
    pos[1] = torch.tensor([2.0, 0.0, 0.1])
    joint_pos, reached = solve_ik(chain, pos, quat, SEED.repeat(2, 1), LIMITS)
    alone, _ = solve_ik(chain, pos[:1], quat[:1], SEED.repeat(1, 1), LIMITS)
    assert reached.tolist() == [True, False]
    assert torch.equal(joint_pos[:1], alone)
    assert torch.isfinite(joint_pos).all()


def test_joint_limits_hold_where_the_pose_asks_for_more():
    pos, _ = start_poses(100)
    yaw = torch.linspace(-3.0, 3.0, 100)
    joint_pos, reached = solve_ik(franka_chain(), pos, pointing_down_quat(yaw), SEED.repeat(100, 1), LIMITS)
    assert ((joint_pos >= LIMITS[:, 0]) & (joint_pos <= LIMITS[:, 1])).all()
    assert reached[yaw.abs() < 2.0].all()
    assert not reached.all()


@pytest.mark.parametrize("damping", [0.01, 0.1])
def test_step_minimises_the_damped_least_squares_cost(damping):
    lower, upper = LIMITS.double().unbind(-1)
    generator = torch.manual_seed(0)
    seed = lower + (upper - lower) * torch.rand(5, 7, dtype=torch.float64, generator=generator)
    chain, no_limits = franka_chain(), torch.tensor([[-100.0, 100.0]]).repeat(7, 1)
    pos, quat, jacobian = chain.forward_with_jacobian(seed)
    error = 0.3 * torch.randn(5, 6, dtype=torch.float64, generator=generator)
    turned = Rotation.from_rotvec(error[:, 3:].numpy()) * Rotation.from_quat(quat.numpy())
    target_quat = torch.from_numpy(turned.as_quat())
    joint_pos, _ = solve_ik(chain, pos + error[:, :3], target_quat, seed, no_limits, damping, max_iterations=1)
    for row in range(5):
        expected = least_squares(jacobian[row].numpy(), error[row].numpy(), damping)
        np.testing.assert_allclose((joint_pos - seed)[row].numpy(), expected, atol=1e-9, rtol=1e-9)


def test_row_within_a_tenth_of_the_tolerance_stays_at_its_seed():
    chain, seed = franka_chain(), SEED.double().repeat(3, 1)
    pos, quat = chain.forward(seed)
    pos[:, 0] += torch.tensor([0.9e-5, 1.1e-5, 2e-4])
    stays, _ = solve_ik(chain, pos, quat, seed, LIMITS, tolerance=1e-4)
    assert (stays == seed).all(dim=-1).tolist() == [True, False, False]
    _, reached = solve_ik(chain, pos, quat, seed, LIMITS, tolerance=1e-4, max_iterations=0)
    assert reached.tolist() == [True, True, False]


def test_sign_of_the_quaternion_and_strides_do_not_matter():
    pos, quat = start_poses(3)
    expected, _ = solve_ik(franka_chain(), pos, quat, SEED.repeat(3, 1), LIMITS)
    pose = torch.cat((pos, -quat), dim=-1)
    actual, _ = solve_ik(franka_chain(), pose[:, :3], pose[:, 3:], SEED.expand(3, 7), LIMITS.T.contiguous().T)
    torch.testing.assert_close(actual, expected, atol=1e-6, rtol=0.0)


def test_no_rows_give_no_rows():
    joint_pos, reached = solve_ik(franka_chain(), torch.empty(0, 3), torch.empty(0, 4), torch.empty(0, 7), LIMITS)
    assert joint_pos.shape == (0, 7) and reached.shape == (0,)


@pytest.mark.parametrize("name", ["target_pos", "target_quat", "seed", "joint_limits"])
def test_wrong_shape_is_reported(name):
    pos, quat = start_poses(2)
    tensors = {"target_pos": pos, "target_quat": quat, "seed": SEED.repeat(2, 1), "joint_limits": LIMITS}
    tensors[name] = tensors[name][:, :-1]
    with pytest.raises(ValueError, match=rf"^{name} needs the shape \(\d, \d\) on cpu, got \(\d, \d\) on cpu\.$"):
        solve_ik(franka_chain(), **tensors)
