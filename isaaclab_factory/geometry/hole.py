# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A square block with a round or polygonal hole."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .checks import require_kind, require_length, require_not_negative, require_number, require_whole
from .part import Part
from .peg import Peg
from .sections import ROUND, check_section, section_polygon
from .solids import TriangleMesh, at_height, capped_loops, convex_hull, prism, ring_torus

NOTCH_SIDES = 16
"""Sides of each round notch in the triangle mesh."""


@dataclass
class Hole(Part):
    """A square block, standing on the origin, with a hole along z.

    Without a plate the hole goes through the block. A plate lies below the origin and closes the hole at z = 0.

    Attributes:
        diameter: Diameter of the hole, of a polygon that of the circle within it: the width across flats (m).
        height: Height of the block (m).
        block_width: Edge of the square (m).
        section: Cross-section, one of :data:`~isaaclab_factory.geometry.sections.SECTIONS`. A flat of a polygon lies
            across the -y axis.
        chamfer: Width of the 45 degree chamfer at the upper end of the hole (m); 0 for a sharp edge.
        notch_radius: Radius of the round notch along each vertical edge of the block (m); 0 for none. Factory's block
            leaves room there for the heads of the screws that hold the plate.
        plate_width: Edge of the square plate (m); 0 for none.
        plate_thickness: Thickness of the plate (m); 0 for none.
        mesh_sides: Sides of a round hole in the triangle mesh.
        collider_sides: Number of convex pieces round a round hole.
    """

    diameter: float
    height: float
    block_width: float
    section: str = ROUND
    chamfer: float = 0.0
    notch_radius: float = 0.0
    plate_width: float = 0.0
    plate_thickness: float = 0.0
    mesh_sides: int = 128
    collider_sides: int = 8

    @classmethod
    def for_peg(
        cls,
        peg: Peg,
        clearance: float = 57e-6,
        height: float | None = None,
        block_width: float | None = None,
        **others,
    ) -> Hole:
        """The hole for a peg, of the same section.

        Args:
            peg: The peg.
            clearance: Gap all round the centred peg (m). Defaults to that of the Factory paper's 8 mm peg and hole.
            height: Height of the block (m). Defaults to None, half of the peg's length.
            block_width: Edge of the block (m). Defaults to None, three diameters of the peg.
            **others: Further attributes of the hole.

        Returns:
            The hole.

        Raises:
            TypeError: If it is no peg.
            ValueError: If the clearance is not positive, or no such hole can exist.
        """
        require_kind(cls, peg, Peg)
        require_number(cls, clearance=clearance)
        if clearance <= 0.0:
            raise ValueError(f"Hole: the clearance of a peg must be positive, got {clearance} m.")
        height = peg.length / 2.0 if height is None else height
        block_width = 3.0 * peg.diameter if block_width is None else block_width
        return cls(peg.diameter + 2.0 * clearance, height, block_width, section=peg.section, **others)

    def check(self) -> None:
        """Raise a ValueError where no such block can exist."""
        super().check()
        require_length(self, diameter=self.diameter, height=self.height, block_width=self.block_width)
        others = ("chamfer", "notch_radius", "plate_width", "plate_thickness")
        require_not_negative(self, **{name: getattr(self, name) for name in others})
        check_section(self, self.section)
        require_whole(self, 8, mesh_sides=self.mesh_sides, collider_sides=self.collider_sides)
        if self.chamfer >= self.height:
            raise ValueError(f"Hole: chamfer must be less than height ({self.height} m), got {self.chamfer}.")
        if self.notch_radius >= self.block_width / 2.0:
            raise ValueError(
                f"Hole: notch_radius must be less than half of block_width ({self.block_width} m), got"
                f" {self.notch_radius}."
            )
        self._check_plate()
        fewest = min(self.mesh_sides, self.collider_sides)
        angle, _ = self._angles(fewest, notch_sides=2)
        if (self._bore_radius(angle, fewest, self.chamfer) >= self._block_radius(angle)).any():
            raise ValueError(
                f"Hole: a {self.section} hole of {self.diameter} m with a chamfer of {self.chamfer} m does not fit into"
                f" a block {self.block_width} m wide with notches of {self.notch_radius} m."
            )

    def _check_plate(self) -> None:
        if (self.plate_width == 0.0) != (self.plate_thickness == 0.0):
            raise ValueError(
                f"Hole: plate_width and plate_thickness must both be 0 or both be positive, got {self.plate_width} and"
                f" {self.plate_thickness}."
            )
        if 0.0 < self.plate_width < self.block_width:
            raise ValueError(
                f"Hole: plate_width must be at least block_width ({self.block_width} m), got {self.plate_width}."
            )

    def clearance(self, peg: Peg) -> float:
        """Gap at every flat round a centred peg that is aligned with the hole (m); negative where it does not fit.

        Raises:
            TypeError: If it is no peg.
            ValueError: If the peg has another section.
        """
        require_kind(self, peg, Peg)
        if peg.section != self.section:
            raise ValueError(f"A {peg.section} peg and a {self.section} hole have no common clearance.")
        return (self.diameter - peg.diameter) / 2.0

    def with_clearance(self, peg: Peg, clearance: float) -> Hole:
        """The same hole, as wide as another clearance needs.

        Args:
            peg: The peg.
            clearance: See :meth:`clearance` (m).

        Raises:
            TypeError: If it is no peg.
            ValueError: If the peg has another section, or no such hole can exist.
        """
        return replace(self, diameter=self.diameter + 2.0 * (clearance - self.clearance(peg)))

    def mesh(self) -> TriangleMesh:
        """The closed surface; the flats of a round hole touch the ideal one from outside and so never narrow it."""
        angle, _ = self._angles(self.mesh_sides, NOTCH_SIDES)
        block = _outline(angle, self._block_radius(angle))
        throat, mouth = (_outline(angle, self._bore_radius(angle, self.mesh_sides, w)) for w in (0.0, self.chamfer))
        loops = [at_height(block, 0.0), at_height(block, self.height)]
        loops += [at_height(mouth, self.height)] if self.chamfer > 0.0 else []
        loops += [at_height(throat, self.height - self.chamfer), at_height(throat, 0.0)]
        if self.plate_thickness == 0.0:
            return ring_torus(loops)
        plate = _outline(angle, _square_radius(angle, self.plate_width))
        return capped_loops([at_height(plate, -self.plate_thickness), at_height(plate, 0.0), *loops])

    def convex_pieces(self) -> list[TriangleMesh]:
        """The convex pieces for engines without signed distance fields: a wedge at each flat, then the plate.

        The wedges tile the block, except that they have flat faces in place of the round notches. A round peg of radius
        p inside the regular polygon that circumscribes the hole of radius h can move its centre exactly within the
        polygon of inner radius h - p, so few pieces keep the clearance: with 8 it is exact towards the flats and 8 %
        more towards the corners.
        """
        angle, corners = self._angles(self.collider_sides, notch_sides=2)
        outer = _outline(angle, self._block_radius(angle))
        throat, mouth = (_outline(angle, self._bore_radius(angle, self.collider_sides, w)) for w in (0.0, self.chamfer))
        pieces = []
        for start, end in zip(corners, np.append(corners[1:], corners[0] + len(angle)), strict=True):
            arc = np.arange(start, end + 1) % len(angle)
            ends = arc[[0, -1]]
            levels = [(throat[ends], 0.0), (throat[ends], self.height - self.chamfer), (mouth[ends], self.height)]
            levels += [(outer[arc], 0.0), (outer[arc], self.height)]
            pieces.append(convex_hull(np.concatenate([at_height(*level) for level in levels])))
        return pieces + self._plate_piece()

    def _plate_piece(self) -> list[TriangleMesh]:
        if self.plate_thickness == 0.0:
            return []
        corners = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]) * self.plate_width / 2.0
        plate = prism(corners, self.plate_thickness)
        return [TriangleMesh(plate.vertices - [0.0, 0.0, self.plate_thickness], plate.faces)]

    def _angles(self, circle_sides: int, notch_sides: int) -> tuple[np.ndarray, np.ndarray]:
        """Angles from the x axis (rad) at which the outlines have corners, and the indices of the hole's corners."""
        sides, corner = section_polygon(self.section, circle_sides)
        turn = 2.0 * np.pi
        of_hole = (corner + turn * np.arange(sides) / sides) % turn
        half, radius = self.block_width / 2.0, self.notch_radius
        along_notch = (
            np.pi * (1.0 + np.linspace(0.0, 0.5, notch_sides + 1)) if radius > 0.0 else np.array([1.25 * np.pi])
        )
        of_notch = np.arctan2(half + radius * np.sin(along_notch), half + radius * np.cos(along_notch))
        of_block = np.concatenate([of_notch + turn * quarter / 4.0 for quarter in range(4)])
        of_block = of_block[np.abs(of_block[:, None] - of_hole).min(axis=1) > 1e-9]
        angle = np.sort(np.concatenate([of_hole, of_block]))
        return angle, np.flatnonzero(np.isin(angle, of_hole))

    def _bore_radius(self, angle: np.ndarray, circle_sides: int, widening: float) -> np.ndarray:
        """Distance of the hole's polygon from the axis, with the flats moved outwards (m). Shape is (N,)."""
        sides, corner = section_polygon(self.section, circle_sides)
        from_flat = (angle - corner) % (2.0 * np.pi / sides) - np.pi / sides
        return (self.diameter / 2.0 + widening) / np.cos(from_flat)

    def _block_radius(self, angle: np.ndarray) -> np.ndarray:
        """Distance of the block's outside from the axis (m). Shape is (N,)."""
        square = _square_radius(angle, self.block_width)
        if self.notch_radius == 0.0:
            return square
        half = self.block_width / 2.0
        # where a ray meets the circle round the corner of the block: t^2 - 2 t along + 2 half^2 - notch_radius^2 = 0
        along = half * (np.abs(np.cos(angle)) + np.abs(np.sin(angle)))
        discriminant = along**2 - 2.0 * half**2 + self.notch_radius**2
        notch = np.where(discriminant >= 0.0, along - np.sqrt(np.maximum(discriminant, 0.0)), np.inf)
        return np.minimum(square, notch)


def _square_radius(angle: np.ndarray, width: float) -> np.ndarray:
    """Distance of a square's sides from its middle (m). Shape is (N,)."""
    return width / 2.0 / np.maximum(np.abs(np.cos(angle)), np.abs(np.sin(angle)))


def _outline(angle: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Points at polar coordinates (rad, m). Shape is (N, 2)."""
    return radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
