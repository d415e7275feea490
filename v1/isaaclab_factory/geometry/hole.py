# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A square block with a round or polygonal hole through it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .checks import require_kind, require_length, require_number, require_whole
from .part import Part
from .peg import Peg
from .sections import ROUND, check_section, section_polygon
from .solids import TriangleMesh, prism, tube


@dataclass
class Hole(Part):
    """A square block, standing on the origin, with a hole through it along z.

    Attributes:
        diameter: Diameter of the hole, of a polygon that of the circle within it: the width across flats (m).
        height: Height of the block (m).
        block_width: Edge of the square (m).
        section: Cross-section, one of :data:`~isaaclab_factory.geometry.sections.SECTIONS`. A flat of a polygon lies
            across the -y axis.
        mesh_sides: Sides of a round hole in the triangle mesh.
        collider_sides: Number of convex pieces round a round hole.
    """

    diameter: float
    height: float
    block_width: float
    section: str = ROUND
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
            clearance: Gap all round the centred peg (m). Defaults to that of Factory's 8 mm peg and hole.
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
        check_section(self, self.section)
        require_whole(self, 8, mesh_sides=self.mesh_sides, collider_sides=self.collider_sides)
        inner, outer, _ = self._outlines(min(self.mesh_sides, self.collider_sides))
        widest = self.block_width * (np.linalg.norm(inner, axis=1) / np.linalg.norm(outer, axis=1)).max()
        if widest >= self.block_width:
            raise ValueError(
                f"Hole: a {self.section} hole of {self.diameter} m does not fit into a block {self.block_width} m wide;"
                f" the block must be wider than {widest:.6f} m."
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

    def mesh(self) -> TriangleMesh:
        """The closed surface; the flats of a round hole touch the ideal one from outside and so never narrow it."""
        inner, outer, _ = self._outlines(self.mesh_sides)
        return tube(inner, outer, self.height)

    def convex_pieces(self) -> list[TriangleMesh]:
        """The convex pieces for engines without signed distance fields: a wedge at each flat. They tile the block.

        A round peg of radius p inside the regular polygon that circumscribes the hole of radius h can move its centre
        exactly within the polygon of inner radius h - p, so few pieces keep the clearance: with 8 it is exact towards
        the flats and 8 % more towards the corners.
        """
        inner, outer, corners = self._outlines(self.collider_sides)
        pieces = []
        for start, end in zip(corners, np.append(corners[1:], corners[0] + len(inner)), strict=True):
            arc = np.arange(start, end + 1) % len(inner)
            pieces.append(prism(np.concatenate([inner[arc[:1]], outer[arc], inner[arc[-1:]]]), self.height))
        return pieces

    def _outlines(self, circle_sides: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The hole's polygon and the block's square at the angles of the corners of both.

        Returns:
            Points of the polygon and of the square straight outward from them (m), both (N, 2), and the indices of
            those which are corners of the polygon.
        """
        sides, corner = section_polygon(self.section, circle_sides)
        turn = 2.0 * np.pi
        of_hole = (corner + turn * np.arange(sides) / sides) % turn
        of_block = turn * (np.arange(4) + 0.5) / 4.0
        of_block = of_block[np.abs(of_block[:, None] - of_hole).min(axis=1) > 1e-9]
        angle = np.sort(np.concatenate([of_hole, of_block]))
        from_flat = (angle - corner) % (turn / sides) - np.pi / sides
        direction = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        inner = direction * (self.diameter / 2.0 / np.cos(from_flat))[:, None]
        outer = direction * (self.block_width / 2.0 / np.abs(direction).max(axis=1, keepdims=True))
        return inner, outer, np.flatnonzero(np.isin(angle, of_hole))
