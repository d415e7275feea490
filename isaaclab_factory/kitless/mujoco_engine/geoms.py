# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Colliders of a scene as geoms of a MuJoCo model."""

from __future__ import annotations

import logging

import mujoco
import numpy as np

from ..scene.description import Collider, Pose, Shape
from .rotations import compose
from .settings import Settings

logger = logging.getLogger("isaaclab_factory.kitless")

FLAT_THICKNESS = 0.01
"""Thickness given to a flat mesh (m): it becomes a box that ends at the mesh's plane."""

_PRIMITIVES = {
    Shape.BOX: mujoco.mjtGeom.mjGEOM_BOX,
    Shape.SPHERE: mujoco.mjtGeom.mjGEOM_SPHERE,
    Shape.CAPSULE: mujoco.mjtGeom.mjGEOM_CAPSULE,
    Shape.CYLINDER: mujoco.mjtGeom.mjGEOM_CYLINDER,
}


def add_geom(
    spec: mujoco.MjSpec,
    body: mujoco.MjsBody,
    collider: Collider,
    frame: Pose,
    contype: int,
    conaffinity: int,
    settings: Settings,
    gap: float = 0.0,
) -> None:
    """Add a collider to a body.

    Args:
        spec: Model under construction.
        body: Body that carries the collider.
        collider: What to add. A static triangle mesh is replaced by its convex hull, with a warning.
        frame: Pose of the prim's frame in the frame of the MuJoCo body.
        contype: Contact class bit.
        conaffinity: Bits of the classes that it may touch.
        settings: Contact settings.
        gap: Distance (m) from which on contacts are looked for.
    """
    kind, size, pose, mesh = _shape(spec, collider)
    pose = compose(frame, pose)
    body.add_geom(
        name=collider.path,
        type=kind,
        size=size,
        pos=pose.pos,
        quat=pose.quat,
        meshname=mesh,
        contype=contype,
        conaffinity=conaffinity,
        friction=[collider.material.dynamic_friction, settings.torsional_friction, settings.rolling_friction],
        solref=contact_solref(collider.material.restitution, settings.contact_time_constant * spec.option.timestep),
        solimp=[*settings.contact_impedance, 0.5, 2.0],
        gap=gap,
    )
    if collider.rest_offset:
        logger.warning("%s: rest offset %g m is not honoured by the MuJoCo engine", collider.path, collider.rest_offset)
    if collider.material.static_friction != collider.material.dynamic_friction:
        logger.warning(
            "%s: MuJoCo has one friction coefficient; the dynamic one (%g) is used, not the static one (%g)",
            collider.path,
            collider.material.dynamic_friction,
            collider.material.static_friction,
        )


def contact_solref(restitution: float, time_constant: float) -> tuple[float, float]:
    """MuJoCo's ``solref`` of a contact that gives back a part of the speed.

    The half-wave of a damped oscillator leaves with e = exp(-pi zeta / sqrt(1 - zeta^2)) of the speed it came with. Its
    frequency is that of the contact without rebound, so that the time step stays small against it.

    Args:
        restitution: Coefficient of restitution e, between 0 and 1.
        time_constant: Time constant of a contact without rebound (s).

    Returns:
        Time constant (s) and damping ratio zeta.
    """
    if restitution <= 0.0:
        return time_constant, 1.0
    log_e = np.log(min(restitution, 0.999))
    zeta = float(-log_e / np.sqrt(np.pi**2 + log_e**2))
    return time_constant / zeta, zeta


def _shape(spec: mujoco.MjSpec, collider: Collider) -> tuple[mujoco.mjtGeom, list[float], Pose, str]:
    """Geom type, size, pose and mesh name of a collider."""
    if collider.shape is Shape.PLANE:
        return mujoco.mjtGeom.mjGEOM_PLANE, [0.0, 0.0, 1.0], collider.pose, ""
    if collider.shape in _PRIMITIVES:
        size = [float(value) for value in collider.size] + [0.0] * (3 - len(collider.size))
        return _PRIMITIVES[collider.shape], size, collider.pose, ""
    return _mesh(spec, collider)


def _mesh(spec: mujoco.MjSpec, collider: Collider) -> tuple[mujoco.mjtGeom, list[float], Pose, str]:
    """Convex hull of a mesh; a box for a mesh without volume."""
    vertices = np.unique(np.asarray(collider.vertices, dtype=float), axis=0)
    centre = vertices.mean(axis=0)
    _, spread, axes = np.linalg.svd(vertices - centre, full_matrices=False)
    if len(vertices) < 4 or spread[2] <= 1e-6 * spread[0]:
        return _flat_box(collider, vertices, centre, axes)
    if collider.shape is Shape.TRIANGLES:
        logger.warning("%s: MuJoCo collides meshes as their convex hull", collider.path)
    spec.add_mesh(name=collider.path, uservert=vertices.ravel(), inertia=mujoco.mjtMeshInertia.mjMESH_INERTIA_CONVEX)
    return mujoco.mjtGeom.mjGEOM_MESH, [0.0, 0.0, 0.0], collider.pose, collider.path


def _flat_box(
    collider: Collider, vertices: np.ndarray, centre: np.ndarray, axes: np.ndarray
) -> tuple[mujoco.mjtGeom, list[float], Pose, str]:
    """Box below a flat mesh: its upper face is the mesh's plane, up is the side with the larger z."""
    normal = axes[2] if axes[2][2] >= 0.0 else -axes[2]
    frame = np.stack([axes[0], np.cross(normal, axes[0]), normal], axis=1)
    local = (vertices - centre) @ frame
    lower, upper = local.min(axis=0), local.max(axis=0)
    half = np.maximum((upper - lower) / 2.0, 1e-4)
    half[2] = FLAT_THICKNESS / 2.0
    middle = (lower + upper) / 2.0
    middle[2] = -half[2]
    quat = np.empty(4)
    mujoco.mju_mat2Quat(quat, frame.ravel())
    pose = compose(collider.pose, Pose(centre + frame @ middle, quat))
    return mujoco.mjtGeom.mjGEOM_BOX, half.tolist(), pose, ""
