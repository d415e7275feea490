# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Inverse kinematics reaches what can be reached and says what cannot."""

import pytest
import torch

from isaaclab_factory.controllers import (
    FRANKA_JOINT_LIMITS,
    damped_least_squares,
    franka_chain,
    pointing_down_quat,
    solve_ik,
)

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


def test_unreachable_pose_is_reported_and_spoils_no_other():
    chain = franka_chain()
    pos, quat = start_poses(2)
    pos[1] = torch.tensor([2.0, 0.0, 0.1])
    joint_pos, reached = solve_ik(chain, pos, quat, SEED.repeat(2, 1), LIMITS)
    alone, _ = solve_ik(chain, pos[:1], quat[:1], SEED.repeat(1, 1), LIMITS)
    assert reached.tolist() == [True, False]
    torch.testing.assert_close(joint_pos[:1], alone, atol=1e-6, rtol=0.0)
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
    generator = torch.manual_seed(0)
    jacobian = torch.randn(5, 6, 7, dtype=torch.float64, generator=generator)
    error = torch.randn(5, 6, dtype=torch.float64, generator=generator)
    step = damped_least_squares(jacobian, error, damping)
    # minimising |J x - e|^2 + damping^2 |x|^2 is an ordinary least-squares problem of the stacked system
    stacked = torch.cat((jacobian, damping * torch.eye(7, dtype=torch.float64).expand(5, 7, 7)), dim=1)
    expected = torch.linalg.lstsq(stacked, torch.cat((error, error.new_zeros(5, 7)), dim=1).unsqueeze(-1)).solution
    torch.testing.assert_close(step, expected.squeeze(-1))
