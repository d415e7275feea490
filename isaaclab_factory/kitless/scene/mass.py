# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Mass, centre of mass and inertia of a rigid body by the rules of ``UsdPhysics.MassAPI``.

What is authored on the body wins. What is not is computed from its colliders: each weighs what its own ``MassAPI``
says, or its volume times the first density found on the collider, on the body, on its material, or 1000 kg/m3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pxr import Usd

from .colliders import ReadCollider
from .description import Pose
from .notes import SceneError
from .prims import value
from .solids import Solid, about, united
from .transforms import inverse, quat_array, rotation_matrix

_DEFAULT_DENSITY = 1000.0  # kg/m3, UsdPhysics: density of water
_DEFAULT_MASS = 1.0  # kg, PhysX: a body that has neither a mass nor a collider
_DEFAULT_RADIUS = 0.1  # m, PhysX: a body without an inertia or a collider turns like a sphere of this radius


@dataclass
class _Authored:
    """``MassAPI`` of a prim; None or 0 where nothing was authored."""

    mass: float
    density: float
    com: np.ndarray | None
    inertia: np.ndarray | None

    @classmethod
    def on(cls, prim: Usd.Prim) -> _Authored:
        mass, density = float(value(prim, "physics:mass", 0.0)), float(value(prim, "physics:density", 0.0))
        if not (0.0 <= mass < np.inf and 0.0 <= density < np.inf):
            raise SceneError(f"{prim.GetPath()}: mass {mass} and density {density} must not be negative or infinite")
        com = np.array(value(prim, "physics:centerOfMass", [-np.inf] * 3), dtype=float)
        diagonal = np.array(value(prim, "physics:diagonalInertia", [0.0] * 3), dtype=float)
        inertia = None
        if np.any(diagonal != 0.0):
            if not np.all((diagonal >= 0.0) & (diagonal < np.inf)):
                raise SceneError(
                    f"{prim.GetPath()}: physics:diagonalInertia {diagonal} must not be negative or infinite"
                )
            axes = value(prim, "physics:principalAxes", None)
            rotation = np.eye(3) if axes is None else rotation_matrix(quat_array(axes))
            inertia = rotation @ np.diag(diagonal) @ rotation.T
        return cls(mass, density, com if np.all(np.isfinite(com)) else None, inertia)


def body_mass(
    prim: Usd.Prim, pose: Pose, scale: np.ndarray, colliders: list[ReadCollider]
) -> tuple[float, np.ndarray, np.ndarray]:
    """Mass properties of a body.

    Args:
        prim: The body's prim.
        pose: Pose of the body frame in the world.
        scale: World scale of the prim, which an authored centre of mass is given in. Shape is (3,).
        colliders: Its colliders.

    Returns:
        The mass (kg), the centre of mass in the body frame (m), shape (3,), and the inertia about it along the axes of
        the body frame (kg m2), shape (3, 3).

    Raises:
        SceneError: If an authored number is negative.
    """
    own = _Authored.on(prim)
    to_body = inverse(pose)
    parts = [_collider_mass(collider, own.density, to_body) for collider in colliders if collider.solid is not None]
    whole = united(parts)
    mass = own.mass or whole.volume or _DEFAULT_MASS
    com = whole.com if own.com is None else own.com * scale
    if own.inertia is not None:
        return mass, com, own.inertia
    if whole.volume == 0.0:
        return mass, com, 0.4 * mass * _DEFAULT_RADIUS**2 * np.eye(3)
    return mass, com, about(whole.inertia, whole.volume, com - whole.com) * (mass / whole.volume)


def _collider_mass(collider: ReadCollider, body_density: float, to_body: Pose) -> Solid:
    """A collider as a solid of its real mass in the body frame."""
    solid = collider.solid.moved(to_body)
    own = _Authored.on(collider.prim)
    density = own.density or body_density or collider.density or _DEFAULT_DENSITY
    mass = own.mass or solid.volume * density
    return solid.scaled(mass / solid.volume) if solid.volume > 0 else Solid()
