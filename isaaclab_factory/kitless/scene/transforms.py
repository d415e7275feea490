# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Rigid transforms as numpy arrays, and how to get them from USD's matrices."""

from __future__ import annotations

import numpy as np
from pxr import Gf

from .description import Pose
from .notes import SceneError

_SHEAR_TOLERANCE = 1e-4  # cosine between the axes of a transform that still counts as a right angle


def rotation_matrix(quat: np.ndarray) -> np.ndarray:
    """Rotation matrix of a unit quaternion.

    Args:
        quat: Quaternion (w, x, y, z). Shape is (4,).

    Returns:
        The matrix that rotates column vectors. Shape is (3, 3).
    """
    w, x, y, z = quat
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def quat_from_matrix(matrix: np.ndarray) -> np.ndarray:
    """Unit quaternion (w, x, y, z) with w >= 0 of a rotation matrix of shape (3, 3)."""
    rows = Gf.Matrix3d(*matrix.T.flatten().tolist())
    quat = quat_array(Gf.Matrix4d(rows, Gf.Vec3d(0)).ExtractRotationQuat())
    return -quat if quat[0] < 0 else quat


def quat_array(quat: Gf.Quatf | Gf.Quatd | Gf.Quath) -> np.ndarray:
    """USD quaternion as a unit array (w, x, y, z). Shape is (4,). A zero quaternion becomes the identity."""
    array = np.array([quat.GetReal(), *quat.GetImaginary()], dtype=float)
    norm = np.linalg.norm(array)
    return array / norm if norm > 0 else np.array([1.0, 0.0, 0.0, 0.0])


def multiply(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Product of two quaternions (w, x, y, z). Shape is (4,)."""
    scalar = a[0] * b[0] - a[1:] @ b[1:]
    vector = a[0] * b[1:] + b[0] * a[1:] + np.cross(a[1:], b[1:])
    return np.array([scalar, *vector])


def compose(a: Pose, b: Pose) -> Pose:
    """Pose of frame b, given in frame a, in the frame that a is given in."""
    return Pose(a.pos + rotation_matrix(a.quat) @ b.pos, multiply(a.quat, b.quat))


def inverse(a: Pose) -> Pose:
    """Inverse of a rigid transform."""
    conjugate = a.quat * np.array([1.0, -1.0, -1.0, -1.0])
    return Pose(-(rotation_matrix(conjugate) @ a.pos), conjugate)


def relative(frame: Pose, other: Pose) -> Pose:
    """Pose of ``other`` as seen from ``frame``, both given in the same frame."""
    return compose(inverse(frame), other)


def split_scale(matrix: Gf.Matrix4d, path: object) -> tuple[Pose, np.ndarray]:
    """Split a USD transform into a rigid transform and the scale that acts before it.

    Args:
        matrix: Transform in USD's row-vector convention.
        path: Path of the prim, for the error.

    Returns:
        The rigid transform and the scale along the prim's own axes, shape (3,). A mirroring transform has a negative
        scale along all axes.

    Raises:
        SceneError: If the transform shears or has a zero scale.
    """
    full = np.array(matrix, dtype=float)
    axes = full[:3, :3]
    scale = np.linalg.norm(axes, axis=1)
    if not np.all(scale > 1e-12):
        raise SceneError(f"{path}: its world transform has a zero scale; every axis needs a scale above zero")
    if np.linalg.det(axes) < 0:
        scale = -scale
    rotation = axes / scale[:, None]
    shear = np.abs(rotation @ rotation.T - np.eye(3)).max()
    if shear > _SHEAR_TOLERANCE:
        raise SceneError(
            f"{path}: its world transform shears (a non-uniform scale above a rotation); "
            "put the scale on the prim itself or make it uniform"
        )
    return Pose(full[3, :3].copy(), quat_from_matrix(rotation.T)), scale
