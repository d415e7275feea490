# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Rotations as quaternions (w, x, y, z). Isaac Lab calls these functions from TorchScript: they must compile there."""

from __future__ import annotations

import torch

from isaacsim.core.utils.torch.maths import normalize, normalize_angle


def quat_mul(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Product: rotate by b, then by a. Shape is (..., 4)."""
    aw, ax, ay, az = a.unbind(-1)
    bw, bx, by, bz = b.unbind(-1)
    return torch.stack(
        [
            aw * bw - ax * bx - ay * by - az * bz,
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
        ],
        dim=-1,
    )


def quat_conjugate(a: torch.Tensor) -> torch.Tensor:
    """Inverse rotation of a unit quaternion. Shape is (..., 4)."""
    return torch.cat([a[..., :1], -a[..., 1:]], dim=-1)


def quat_unit(a: torch.Tensor) -> torch.Tensor:
    """Quaternions of unit length. Shape is (..., 4)."""
    return normalize(a)


def quat_apply(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Rotate vectors b (..., 3) by quaternions a (..., 4)."""
    t = 2.0 * torch.linalg.cross(a[..., 1:], b)
    return b + a[..., :1] * t + torch.linalg.cross(a[..., 1:], t)


quat_rotate = quat_apply


def quat_rotate_inverse(q: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Rotate vectors v (..., 3) by the inverse of quaternions q (..., 4)."""
    return quat_apply(quat_conjugate(q), v)


def quat_axis(q: torch.Tensor, axis: int = 0) -> torch.Tensor:
    """Axis 0, 1 or 2 of the rotated frame. Shape is (..., 3)."""
    basis = torch.zeros_like(q[..., 1:])
    basis[..., axis] = 1.0
    return quat_apply(q, basis)


def quat_from_angle_axis(angle: torch.Tensor, axis: torch.Tensor) -> torch.Tensor:
    """Quaternions of rotations by angles (rad, shape (...)) about axes (..., 3)."""
    half = (0.5 * angle).unsqueeze(-1)
    return quat_unit(torch.cat([half.cos(), normalize(axis) * half.sin()], dim=-1))


def quat_to_angle_axis(q: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Angles in (-pi, pi] (rad, shape (...)) and axes (..., 3); the axis of no rotation is z."""
    sin_half = q[..., 1:].norm(p=2, dim=-1)
    angle = normalize_angle(2.0 * torch.atan2(sin_half, q[..., 0]))
    axis = q[..., 1:] / sin_half.clamp(min=1e-9).unsqueeze(-1)
    z = torch.zeros_like(axis)
    z[..., 2] = 1.0
    small = sin_half < 1e-5
    return torch.where(small, torch.zeros_like(angle), angle), torch.where(small.unsqueeze(-1), z, axis)


def quat_from_euler_xyz(
    roll: torch.Tensor, pitch: torch.Tensor, yaw: torch.Tensor, extrinsic: bool = True
) -> torch.Tensor:
    """Quaternions of Euler angles (rad).

    Args:
        roll: Angle about x.
        pitch: Angle about y.
        yaw: Angle about z.
        extrinsic: Whether to rotate about the fixed axes x, y, z in this order, or about the moving ones.
    """
    qx, qy, qz = (_about(angle, axis) for axis, angle in enumerate((roll, pitch, yaw)))
    return quat_mul(qz, quat_mul(qy, qx)) if extrinsic else quat_mul(qx, quat_mul(qy, qz))


def _about(angle: torch.Tensor, axis: int) -> torch.Tensor:
    parts = [torch.cos(0.5 * angle)] + [torch.zeros_like(angle)] * 3
    parts[axis + 1] = torch.sin(0.5 * angle)
    return torch.stack(parts, dim=-1)


def get_euler_xyz(q: torch.Tensor, extrinsic: bool = True) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Roll, pitch and yaw in [0, 2 pi) (rad): the inverse of :func:`quat_from_euler_xyz`."""
    # Rotating about the moving axes is rotating about the fixed ones in the opposite order: products of two imaginary
    # parts change their sign.
    w, x, y, z = q.unbind(-1)
    s = 1.0 if extrinsic else -1.0
    roll = torch.atan2(2.0 * (w * x + s * y * z), 1.0 - 2.0 * (x * x + y * y))
    pitch = torch.asin((2.0 * (w * y - s * x * z)).clamp(-1.0, 1.0))
    yaw = torch.atan2(2.0 * (w * z + s * x * y), 1.0 - 2.0 * (y * y + z * z))
    turn = 2.0 * torch.pi
    return roll % turn, pitch % turn, yaw % turn


def quat_diff_rad(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Angle between two rotations (rad)."""
    difference = quat_mul(a, quat_conjugate(b))
    return 2.0 * torch.asin(difference[..., 1:].norm(p=2, dim=-1).clamp(max=1.0))


def compute_heading_and_up(
    torso_rotation: torch.Tensor,
    inv_start_rot: torch.Tensor,
    to_target: torch.Tensor,
    vec0: torch.Tensor,
    vec1: torch.Tensor,
    up_idx: int,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """How upright a torso is and how it faces its target.

    Args:
        torso_rotation: Orientation of the torso. Shape is (N, 4).
        inv_start_rot: Inverse of its start orientation. Shape is (N, 4).
        to_target: Vector to the target. Shape is (N, 3).
        vec0: Forward axis of the torso. Shape is (N, 3).
        vec1: Up axis of the torso. Shape is (N, 3).
        up_idx: Index of the world's up axis.

    Returns:
        Orientation relative to the start, projections on up and on the target's direction, up vector, heading vector.
    """
    torso_quat = quat_mul(torso_rotation, inv_start_rot)
    up_vec, heading_vec = quat_apply(torso_quat, vec1), quat_apply(torso_quat, vec0)
    heading_proj = (heading_vec * normalize(to_target)).sum(dim=-1)
    return torso_quat, up_vec[:, up_idx], heading_proj, up_vec, heading_vec


def compute_rot(
    torso_quat: torch.Tensor,
    velocity: torch.Tensor,
    ang_velocity: torch.Tensor,
    targets: torch.Tensor,
    torso_positions: torch.Tensor,
    extrinsic: bool = True,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Velocities in the torso's frame, its Euler angles, and the angle to the target.

    Returns:
        Linear velocity, angular velocity, roll, pitch, yaw, and the angle to the target less the yaw.
    """
    vel_loc, angvel_loc = quat_rotate_inverse(torso_quat, velocity), quat_rotate_inverse(torso_quat, ang_velocity)
    roll, pitch, yaw = get_euler_xyz(torso_quat, extrinsic)
    to_target = targets - torso_positions
    angle_to_target = torch.atan2(to_target[:, 1], to_target[:, 0]) - yaw
    return vel_loc, angvel_loc, roll, pitch, yaw, angle_to_target
