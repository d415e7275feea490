# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Inverse kinematics by damped least squares."""

from __future__ import annotations

import torch
from isaaclab.utils.math import quat_box_minus

from .serial_chain import SerialChain


def pose_error(
    pos: torch.Tensor, quat: torch.Tensor, target_pos: torch.Tensor, target_quat: torch.Tensor
) -> torch.Tensor:
    """Pose difference as a twist: position difference and the rotation vector that turns ``quat`` into the target.

    Args:
        pos: Current position in m. Shape is (N, 3).
        quat: Current orientation (x, y, z, w). Shape is (N, 4).
        target_pos: Target position in m. Shape is (N, 3).
        target_quat: Target orientation (x, y, z, w). Its sign does not matter. Shape is (N, 4).

    Returns:
        Errors (dx, dy, dz, rx, ry, rz) in m and rad, in the frame of the poses. Shape is (N, 6).
    """
    return torch.cat((target_pos - pos, quat_box_minus(target_quat, quat)), dim=-1)


def damped_least_squares(jacobian: torch.Tensor, error: torch.Tensor, damping: float) -> torch.Tensor:
    """Joint step that reduces a pose error: ``J^T (J J^T + damping^2 I)^-1 error`` (Wampler 1986).

    Args:
        jacobian: Geometric Jacobian. Shape is (N, 6, num_joints).
        error: Pose error, position in m then rotation vector in rad. Shape is (N, 6).
        damping: Damping; larger is slower and calmer near singular poses.

    Returns:
        Joint position step in rad. Shape is (N, num_joints).
    """
    identity = torch.eye(6, dtype=jacobian.dtype, device=jacobian.device)
    normal = torch.baddbmm(damping**2 * identity, jacobian, jacobian.mT)
    # without a check for singular matrices, which would raise for all rows because of one
    solution, _ = torch.linalg.solve_ex(normal, error.unsqueeze(-1))
    return torch.bmm(jacobian.mT, solution).squeeze(-1)


def solve_ik(
    chain: SerialChain,
    target_pos: torch.Tensor,
    target_quat: torch.Tensor,
    seed: torch.Tensor,
    joint_limits: torch.Tensor,
    damping: float = 0.01,
    tolerance: float = 1e-4,
    max_iterations: int = 40,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Joint positions that bring the chain's tool to a pose, from a seed and within the joint limits.

    A row stops moving once it is within a tenth of the tolerance, so a row's result does not depend on the others.
    The loop ends when all rows have stopped, which makes the host wait for the device once per iteration: this is for
    resets, not for every step.

    Args:
        chain: The kinematic chain.
        target_pos: Position of the tool in the base frame in m. Shape is (N, 3).
        target_quat: Orientation of the tool in the base frame (x, y, z, w). Shape is (N, 4).
        seed: Joint positions to start from in rad. Shape is (N, num_joints).
        joint_limits: Lower and upper limits in rad. Shape is (num_joints, 2).
        damping: Damping of each least-squares step.
        tolerance: Norm of the pose error (m and rad together) that counts as reached.
        max_iterations: Number of steps after which the rest counts as failed.

    Returns:
        Joint positions in rad (N, num_joints) and which rows reached the target (N,).
    """
    lower, upper = joint_limits.unbind(-1)
    joint_pos = seed
    for _ in range(max_iterations):
        pos, quat, jacobian = chain.forward_with_jacobian(joint_pos)
        error = pose_error(pos, quat, target_pos, target_quat)
        moving = torch.linalg.vector_norm(error, dim=-1, keepdim=True) > 0.1 * tolerance
        if not moving.any():
            break
        step = damped_least_squares(jacobian, error, damping)
        joint_pos = torch.where(moving, torch.clamp(joint_pos + step, lower, upper), joint_pos)
    error = pose_error(*chain.forward(joint_pos), target_pos, target_quat)
    return joint_pos, torch.linalg.vector_norm(error, dim=-1) < tolerance
