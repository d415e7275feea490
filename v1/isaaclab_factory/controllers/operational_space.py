# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The operational-space torque law of the Factory tasks."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from isaaclab.utils.math import quat_box_minus, wrap_to_pi


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


def mean_jacobian(left_finger: torch.Tensor, right_finger: torch.Tensor) -> torch.Tensor:
    """The Jacobian through which Isaac Lab's ``FactoryEnv`` applies its wrench: the mean of the two fingers'.

    For the arm's joints it is the Jacobian of the point midway between the origins of the finger links, which lies
    53.7 mm above the fingertip. A wrench that is computed for the fingertip then acts at that point: a force also turns
    the tool about its tip.

    Args:
        left_finger: Geometric Jacobian of the left finger's link. Shape is (N, 6, num_joints).
        right_finger: Geometric Jacobian of the right finger's link, in the same frame. Shape is (N, 6, num_joints).

    Returns:
        The mean. Shape is (N, 6, num_joints).
    """
    return torch.lerp(left_finger, right_finger, 0.5)


class OperationalSpaceController:
    """Task-space spring and damper plus a null-space posture spring, for an arm of seven joints.

    With the Jacobian J, the arm's mass matrix M, the tool's pose error e and velocity v and a posture acceleration u,
    the law is (Khatib 1987; ``compute_dof_torque`` of Isaac Lab's Factory tasks)

        tau = J^T (K e - D v) + (I - J^T Lambda J M^-1) M u,     Lambda = (J M^-1 J^T)^-1.

    The second term is the part of M u that does not accelerate the point that J belongs to. Seven joints leave one
    direction n with J n = 0, and that part is M n (n^T M u) / (n^T M n): the same torque without an inverse, and finite
    where the arm is singular.
    """

    def __init__(
        self,
        stiffness: Sequence[float],
        nullspace_joint_pos: Sequence[float],
        nullspace_stiffness: float,
        nullspace_damping: float,
        torque_limit: float,
        device: str | torch.device = "cpu",
    ):
        """Store the gains. The task-space damping is critical for a unit mass, ``2 sqrt(stiffness)``.

        Args:
            stiffness: Task-space stiffness, three in N/m and three in N m/rad.
            nullspace_joint_pos: Posture that the null space moves to, in rad. Seven values.
            nullspace_stiffness: Posture stiffness in 1/s^2.
            nullspace_damping: Posture damping in 1/s.
            torque_limit: Largest absolute joint torque in N m.
            device: Device of the tensors.

        Raises:
            ValueError: If the number of gains or joints is wrong.
        """
        if len(stiffness) != 6:
            raise ValueError(f"stiffness needs 6 values (3 position, 3 rotation), got {len(stiffness)}.")
        if len(nullspace_joint_pos) != 7:
            raise ValueError(f"nullspace_joint_pos needs 7 values, got {len(nullspace_joint_pos)}.")
        self.stiffness = torch.tensor(stiffness, dtype=torch.float32, device=device)
        self.damping = 2.0 * torch.sqrt(self.stiffness)
        self.nullspace_joint_pos = torch.tensor(nullspace_joint_pos, dtype=torch.float32, device=device)
        self.nullspace_stiffness = nullspace_stiffness
        self.nullspace_damping = nullspace_damping
        self.torque_limit = torque_limit

    def wrench(self, error: torch.Tensor, velocity: torch.Tensor) -> torch.Tensor:
        """Force and torque ``K e - D v`` that the tool is to exert.

        At rest it is what the tool does exert on its surroundings.

        Args:
            error: Pose error of the tool, see :func:`pose_error`. Shape is (N, 6).
            velocity: Linear velocity of the tool's origin in m/s and angular velocity in rad/s, in the frame of the
                error. Shape is (N, 6).

        Returns:
            Forces in N and torques in N m about the tool's origin, in the frame of the error. Shape is (N, 6).
        """
        return self.stiffness * error - self.damping * velocity

    def joint_torque(
        self,
        wrench: torch.Tensor,
        joint_pos: torch.Tensor,
        joint_vel: torch.Tensor,
        jacobian: torch.Tensor,
        mass_matrix: torch.Tensor,
    ) -> torch.Tensor:
        """Joint torques of the law above.

        Args:
            wrench: What the tool is to exert, see :meth:`wrench`. Shape is (N, 6).
            joint_pos: Joint positions in rad. Shape is (N, 7).
            joint_vel: Joint velocities in rad/s. Shape is (N, 7).
            jacobian: Geometric Jacobian of the point at which the wrench acts, linear rows first, in the frame of the
                wrench: the tool's own, or :func:`mean_jacobian`. Shape is (N, 6, 7).
            mass_matrix: Mass matrix of the arm in kg m^2. Shape is (N, 7, 7).

        Returns:
            Joint torques in N m, within the torque limit. Shape is (N, 7).
        """
        torque = torch.bmm(jacobian.mT, wrench.unsqueeze(-1)).squeeze(-1)
        distance = wrap_to_pi(self.nullspace_joint_pos - joint_pos)
        posture = self.nullspace_stiffness * distance - self.nullspace_damping * joint_vel
        torque += nullspace_torque(posture, jacobian, mass_matrix)
        return torque.clamp_(-self.torque_limit, self.torque_limit)


def nullspace_torque(acceleration: torch.Tensor, jacobian: torch.Tensor, mass_matrix: torch.Tensor) -> torch.Tensor:
    """The part of the torque ``M acceleration`` that does not accelerate the tool, for seven joints and six directions.

    Args:
        acceleration: Wanted joint acceleration in rad/s^2. Shape is (N, 7).
        jacobian: Geometric Jacobian of the tool. Shape is (N, 6, 7).
        mass_matrix: Mass matrix of the arm in kg m^2. Shape is (N, 7, 7).

    Returns:
        Joint torques in N m. Shape is (N, 7).
    """
    # the last column of the complete Q is orthogonal to the rows of the Jacobian
    free_direction = torch.linalg.qr(jacobian.mT, mode="complete").Q[..., 6]
    momentum = torch.bmm(mass_matrix, free_direction.unsqueeze(-1)).squeeze(-1)
    share = (momentum * acceleration).sum(-1, keepdim=True) / (momentum * free_direction).sum(-1, keepdim=True)
    return share * momentum
