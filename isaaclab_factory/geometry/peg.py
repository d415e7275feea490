# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A round or polygonal peg with a chamfer at both ends."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .checks import require_length, require_number, require_whole
from .part import Part
from .sections import ROUND, check_section, section_polygon
from .solids import TriangleMesh, polygon, revolve


@dataclass
class Peg(Part):
    """A peg, standing on the origin along +z.

    Attributes:
        diameter: Diameter, of a polygon that of the circle within it, which is the width across flats (m).
        length: Length (m).
        chamfer: Width of the 45 degree chamfer at each end (m); 0 for sharp edges.
        section: Cross-section, one of :data:`~isaaclab_factory.geometry.sections.SECTIONS`. A flat of a polygon lies
            across the -y axis.
        mesh_sides: Sides of the triangle mesh of a round peg.
        collider_sides: Sides of the convex piece of a round peg.
    """

    diameter: float
    length: float
    chamfer: float = 0.0005
    section: str = ROUND
    mesh_sides: int = 128
    collider_sides: int = 24

    def check(self) -> None:
        """Raise a ValueError where no such peg can exist."""
        super().check()
        require_length(self, diameter=self.diameter, length=self.length)
        require_number(self, chamfer=self.chamfer)
        check_section(self, self.section)
        if not 0.0 <= self.chamfer < min(self.diameter, self.length) / 2.0:
            raise ValueError(
                f"Peg: chamfer must be at least 0 and less than half of the diameter ({self.diameter} m) and of the"
                f" length ({self.length} m), got {self.chamfer}."
            )
        require_whole(self, 8, mesh_sides=self.mesh_sides, collider_sides=self.collider_sides)

    @property
    def profile(self) -> np.ndarray:
        """Radius, of a polygon that of its flats, and height of each ring from the bottom up (m).

        Shape is (4, 2), or (2, 2) without a chamfer.
        """
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
    def collider_excess(self) -> float:
        """How far the corners of a round peg's convex piece stick out of it (m)."""
        if self.section != ROUND:
            return 0.0
        return float(np.linalg.norm(polygon(self.collider_sides, self.diameter / 2.0, "even")[0])) - self.diameter / 2.0

    def mesh(self) -> TriangleMesh:
        """The closed surface; its corners lie on the ideal round peg, so it never sticks out of it."""
        return self._solid(self.mesh_sides, "inside")

    def convex_pieces(self) -> list[TriangleMesh]:
        """The convex pieces for engines without signed distance fields: one hull, since the peg is convex.

        That of a round peg has few sides, because every contact query walks over them, so it is the ideal peg on
        average: with 24 sides the corners of the 8 mm peg stick out 17 micrometres and the sides stay as far inside.
        A polygonal peg is its own hull.
        """
        # a gripper that closes along y holds two flats: held by two corners the polygon slips by 2.7 mm
        return [self._solid(self.collider_sides, "even", round_corner=math.pi / self.collider_sides - math.pi / 2.0)]

    def _solid(self, circle_sides: int, circle_fit: str, round_corner: float = 0.0) -> TriangleMesh:
        sides, corner = section_polygon(self.section, circle_sides)
        if self.section == ROUND:
            return revolve(self.profile, sides, circle_fit, round_corner)
        return revolve(self.profile, sides, "outside", corner)
