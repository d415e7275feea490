# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Quaternion (w, x, y, z) and rotation helpers on NumPy arrays, used while a model is built."""

from __future__ import annotations

import mujoco
import numpy as np

from ..scene.description import Pose


def rotate(quat: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """Vector turned by a unit quaternion. Shapes are (4,) and (3,)."""
    out = np.empty(3)
    mujoco.mju_rotVecQuat(out, np.asarray(vector, dtype=float), np.asarray(quat, dtype=float))
    return out


def multiply(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Product of two quaternions: first turned after second."""
    out = np.empty(4)
    mujoco.mju_mulQuat(out, np.asarray(first, dtype=float), np.asarray(second, dtype=float))
    return out


def conjugate(quat: np.ndarray) -> np.ndarray:
    """Inverse of a unit quaternion."""
    return np.asarray(quat, dtype=float) * np.array([1.0, -1.0, -1.0, -1.0])


def compose(first: Pose, second: Pose) -> Pose:
    """Transform ``second`` expressed through ``first``."""
    return Pose(first.pos + rotate(first.quat, second.pos), multiply(first.quat, second.quat))


def inverse(pose: Pose) -> Pose:
    """Inverse transform."""
    quat = conjugate(pose.quat)
    return Pose(-rotate(quat, pose.pos), quat)


def principal_axes(inertia: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Principal moments of inertia and the axes they belong to.

    The axes stay those of the body when the matrix is diagonal.

    Args:
        inertia: Symmetric matrix (kg m2). Shape is (3, 3).

    Returns:
        Moments, shape (3,), and the quaternion of the principal axes in the body frame, shape (4,).
    """
    diagonal = np.diag(inertia)
    if np.abs(inertia - np.diag(diagonal)).max() <= 1e-9 * max(np.abs(diagonal).max(), 1e-30):
        return diagonal.copy(), np.array([1.0, 0.0, 0.0, 0.0])
    moments, axes = np.linalg.eigh(inertia)
    if np.linalg.det(axes) < 0.0:
        axes[:, 2] = -axes[:, 2]
    quat = np.empty(4)
    mujoco.mju_mat2Quat(quat, axes.ravel())
    return moments, quat
