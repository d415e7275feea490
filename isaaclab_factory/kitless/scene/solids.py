# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Volume, centre of mass and inertia of collision shapes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .description import Pose, Shape
from .transforms import rotation_matrix


@dataclass
class Solid:
    """A homogeneous body of density one.

    Attributes:
        volume: Volume (m3), which is also its mass.
        com: Centre of mass. Shape is (3,).
        inertia: Inertia about the centre of mass (m5). Shape is (3, 3).
    """

    volume: float = 0.0
    com: np.ndarray = field(default_factory=lambda: np.zeros(3))
    inertia: np.ndarray = field(default_factory=lambda: np.zeros((3, 3)))

    def moved(self, pose: Pose) -> Solid:
        """The same solid seen from the frame in which its own frame stands at ``pose``."""
        rotation = rotation_matrix(pose.quat)
        return Solid(self.volume, pose.pos + rotation @ self.com, rotation @ self.inertia @ rotation.T)

    def scaled(self, factor: float) -> Solid:
        """The same shape with its mass multiplied by a factor."""
        return Solid(self.volume * factor, self.com, self.inertia * factor)


def about(inertia: np.ndarray, mass: float, offset: np.ndarray) -> np.ndarray:
    """Inertia about a point at ``offset`` from the centre of mass (parallel axis theorem). Shape is (3, 3)."""
    return inertia + mass * (offset @ offset * np.eye(3) - np.outer(offset, offset))


def united(solids: list[Solid]) -> Solid:
    """Several solids in one frame taken as one body; overlaps count twice, as in PhysX."""
    mass = sum(solid.volume for solid in solids)
    if mass <= 0:
        return Solid()
    com = sum(solid.volume * solid.com for solid in solids) / mass
    return Solid(mass, com, sum(about(solid.inertia, solid.volume, solid.com - com) for solid in solids))


def primitive_solid(shape: Shape, size: tuple[float, ...]) -> Solid:
    """Solid of a box, sphere, capsule or cylinder of the sizes that :class:`Shape` defines, in the collider's frame."""
    if shape is Shape.BOX:
        squares = np.square(size)
        mass = 8.0 * float(np.prod(size))
        return Solid(mass, inertia=np.diag(mass / 3.0 * (squares.sum() - squares)))
    if shape is Shape.SPHERE:
        (radius,) = size
        mass = 4.0 / 3.0 * np.pi * radius**3
        return Solid(mass, inertia=0.4 * mass * radius**2 * np.eye(3))
    radius, half = size
    cylinder = np.pi * radius**2 * 2.0 * half
    axial = cylinder * radius**2 / 2.0
    lateral = cylinder * (radius**2 / 4.0 + half**2 / 3.0)
    if shape is Shape.CYLINDER:
        return Solid(cylinder, inertia=np.diag([lateral, lateral, axial]))
    if shape is Shape.CAPSULE:
        # two hemispheres: a sphere cut in half, each centre of mass 3/8 r beyond the end of the cylinder
        sphere = 4.0 / 3.0 * np.pi * radius**3
        axial += 0.4 * sphere * radius**2
        lateral += sphere * (0.4 * radius**2 + half**2 + 0.75 * half * radius)
        return Solid(cylinder + sphere, inertia=np.diag([lateral, lateral, axial]))
    raise ValueError(f"a {shape.value} has no volume of its own")


def mesh_solid(vertices: np.ndarray, faces: np.ndarray) -> Solid:
    """Solid enclosed by a closed triangle mesh, by summing signed tetrahedra (Blow and Binstock, 2004).

    Args:
        vertices: Shape is (V, 3).
        faces: Triangles, consistently oriented, outwards or inwards. Shape is (F, 3).
    """
    origin = vertices.mean(axis=0)  # close to the surface, for accuracy far from the frame's origin
    a, b, c = np.moveaxis((vertices - origin)[faces], 1, 0)
    volumes = np.einsum("fi,fi->f", a, np.cross(b, c)) / 6.0
    volume = volumes.sum()
    if volume == 0.0:
        return Solid()
    total = a + b + c
    com = volumes @ total / 4.0 / volume
    second = sum(np.einsum("f,fi,fj->ij", volumes, p, p) for p in (a, b, c, total)) / 20.0
    covariance = np.sign(volume) * (second - volume * np.outer(com, com))
    return Solid(abs(volume), origin + com, np.trace(covariance) * np.eye(3) - covariance)
