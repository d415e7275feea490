# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A round peg with a chamfer at both ends."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .solids import MassProperties, TriangleMesh, require_positive, revolve


@dataclass
class Peg:
    """A round peg, standing on the origin along +z. The defaults are Factory's 8 mm peg.

    The diameter, length and mass are those of ``Peg8mm`` in Isaac Lab's ``direct/factory/factory_tasks_cfg.py``; the
    chamfer is that of the mesh in the Factory paper (https://arxiv.org/abs/2205.03532).

    Attributes:
        diameter: Diameter (m).
        length: Length (m).
        chamfer: Width of the 45 degree chamfer at each end (m); 0 for sharp edges.
        mass: Mass (kg).
        friction: Default coefficient of friction; an event may write another at run time.
        mesh_sides: Sides of the triangle mesh.
        collider_sides: Sides of the convex piece.
    """

    diameter: float = 0.007986
    length: float = 0.050
    chamfer: float = 0.0005
    mass: float = 0.019
    friction: float = 0.75
    mesh_sides: int = 128
    collider_sides: int = 24

    def __post_init__(self):
        self.check()

    def check(self) -> None:
        """Raise a ValueError where no such peg can exist."""
        require_positive(self, diameter=self.diameter, length=self.length, mass=self.mass)
        if not 0.0 <= self.chamfer < min(self.diameter, self.length) / 2.0:
            raise ValueError(
                f"Peg: chamfer must be at least 0 and less than half of the diameter ({self.diameter} m) and of the"
                f" length ({self.length} m), got {self.chamfer}."
            )
        if self.friction < 0.0:
            raise ValueError(f"Peg: friction must not be negative, got {self.friction}.")
        for name in ("mesh_sides", "collider_sides"):
            if getattr(self, name) < 8:
                raise ValueError(f"Peg: {name} must be at least 8, got {getattr(self, name)}.")

    @property
    def profile(self) -> np.ndarray:
        """Radius and height of each ring from the bottom up (m). Shape is (4, 2), or (2, 2) without a chamfer."""
        radius, chamfer = self.diameter / 2.0, self.chamfer
        if chamfer == 0.0:
            return np.array([[radius, 0.0], [radius, self.length]])
        return np.array(
            [
                [radius - chamfer, 0.0],
                [radius, chamfer],
                [radius, self.length - chamfer],
                [radius - chamfer, self.length],
            ]
        )

    @property
    def volume(self) -> float:
        """Volume of the ideal round peg (m3): a stack of frustums."""
        return sum(frustum.volume for frustum in self._frustums())

    @property
    def mass_properties(self) -> MassProperties:
        """Mass properties of the ideal round peg with its mass spread evenly."""
        density = self.mass / self.volume
        com_z = self.length / 2.0
        spin = sum(density * f.fourth_moment / 2.0 for f in self._frustums())
        along = sum(density * f.second_height_moment(com_z) for f in self._frustums())
        across = spin / 2.0 + along
        return MassProperties(self.mass, np.array([0.0, 0.0, com_z]), np.diag([across, across, spin]))

    def mesh(self) -> TriangleMesh:
        """The closed surface; its corners lie on the ideal peg, so it never sticks out of it."""
        return revolve(self.profile, self.mesh_sides)

    def convex_pieces(self) -> list[TriangleMesh]:
        """The convex pieces for engines without signed distance fields: one hull, since the peg is convex.

        It has few sides, because every contact query walks over them, so it is the ideal peg on average: with 24 sides
        the corners of the 8 mm peg stick out 17 micrometres and the sides stay as far inside.
        """
        return [revolve(self.profile, self.collider_sides, fit="even")]

    def _frustums(self) -> list[_Frustum]:
        rings = self.profile
        return [_Frustum(*low, *high) for low, high in pairwise(rings)]


@dataclass(frozen=True)
class _Frustum:
    """A solid of revolution whose radius is linear between two heights, at unit density."""

    r0: float
    z0: float
    r1: float
    z1: float

    @property
    def volume(self) -> float:
        return np.pi * (self.z1 - self.z0) * (self.r0**2 + self.r0 * self.r1 + self.r1**2) / 3.0

    @property
    def fourth_moment(self) -> float:
        """Integral of pi r^4 over the height (m5); half of it is the inertia about the axis."""
        return np.pi * (self.z1 - self.z0) / 5.0 * sum(self.r0**i * self.r1 ** (4 - i) for i in range(5))

    def second_height_moment(self, z: float) -> float:
        """Integral of pi r^2 (height - z)^2 over the height (m5)."""
        a, b, r0, r1 = self.z0 - z, self.z1 - z, self.r0, self.r1
        # Bernstein products: the integrand is a quartic with radius and height both linear between the ends.
        terms = a * a * (6 * r0**2 + 3 * r0 * r1 + r1**2)
        terms += a * b * (3 * r0**2 + 4 * r0 * r1 + 3 * r1**2)
        terms += b * b * (r0**2 + 3 * r0 * r1 + 6 * r1**2)
        return np.pi * (b - a) * terms / 30.0
