# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A square block with a round hole through it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .peg import Peg
from .solids import MassProperties, TriangleMesh, box_inertia, polygon, prism, require_positive, tube


@dataclass
class Hole:
    """A square block, standing on the origin, bored through along z. The defaults are Factory's 8 mm hole.

    The diameter, height and mass are those of ``Hole8mm`` in Isaac Lab's ``direct/factory/factory_tasks_cfg.py``; the
    block's width and the bore without floor or chamfer are those of the mesh in the Factory paper
    (https://arxiv.org/abs/2205.03532).

    Attributes:
        diameter: Diameter of the bore (m).
        height: Height of the block (m).
        block_width: Edge of the square (m).
        mass: Mass (kg).
        friction: Default coefficient of friction; an event may write another at run time.
        mesh_sides: Sides of the bore in the triangle mesh; a multiple of 8, so that the block keeps its corners.
        collider_sides: Number of convex pieces round the bore; a multiple of 8 too.
    """

    diameter: float = 0.0081
    height: float = 0.025
    block_width: float = 0.025
    mass: float = 0.05
    friction: float = 0.75
    mesh_sides: int = 128
    collider_sides: int = 8

    def __post_init__(self):
        self.check()

    def check(self) -> None:
        """Raise a ValueError where no such block can exist."""
        require_positive(self, diameter=self.diameter, height=self.height, block_width=self.block_width, mass=self.mass)
        if self.friction < 0.0:
            raise ValueError(f"Hole: friction must not be negative, got {self.friction}.")
        for name in ("mesh_sides", "collider_sides"):
            sides = getattr(self, name)
            if sides < 8 or sides % 8:
                raise ValueError(f"Hole: {name} must be a positive multiple of 8, got {sides}.")
        corner_diameter = self.diameter / np.cos(np.pi / min(self.mesh_sides, self.collider_sides))
        if corner_diameter >= self.block_width:
            raise ValueError(
                f"Hole: a bore of {self.diameter} m does not fit into a block {self.block_width} m wide; the block must"
                f" be wider than {corner_diameter:.6f} m."
            )

    @property
    def volume(self) -> float:
        """Volume of the block with the ideal round bore (m3)."""
        return (self.block_width**2 - np.pi * self.diameter**2 / 4.0) * self.height

    @property
    def mass_properties(self) -> MassProperties:
        """Mass properties of the block with the ideal round bore: a box minus a cylinder."""
        density = self.mass / self.volume
        box_mass = density * self.block_width**2 * self.height
        bore_mass = box_mass - self.mass
        radius_sq = self.diameter**2 / 4.0
        across = bore_mass * (3.0 * radius_sq + self.height**2) / 12.0
        bore = np.diag([across, across, bore_mass * radius_sq / 2.0])
        box = box_inertia(box_mass, (self.block_width, self.block_width, self.height))
        return MassProperties(self.mass, np.array([0.0, 0.0, self.height / 2.0]), box - bore)

    def clearance(self, peg: Peg) -> float:
        """Gap all round a centred peg (m): half of the difference of the diameters; negative where it does not fit."""
        return (self.diameter - peg.diameter) / 2.0

    def mesh(self) -> TriangleMesh:
        """The closed surface; the flats of the bore touch the ideal bore from outside, so they never narrow it."""
        return tube(*self._outlines(self.mesh_sides), self.height)

    def convex_pieces(self) -> list[TriangleMesh]:
        """The convex pieces for engines without signed distance fields: wedges that tile the block round the bore.

        A round peg of radius p inside the regular polygon that circumscribes the bore of radius h can move its centre
        exactly within the polygon of inner radius h - p, so few pieces keep the clearance: with 8 it is exact towards
        the flats and 8 % more towards the corners.
        """
        inner, outer = self._outlines(self.collider_sides)
        return [
            prism(np.stack([inner[i], outer[i], outer[j], inner[j]]), self.height)
            for i, j in ((i, (i + 1) % len(inner)) for i in range(len(inner)))
        ]

    def _outlines(self, num_sides: int) -> tuple[np.ndarray, np.ndarray]:
        """Corners of the bore and the points of the square's edge straight outward from them. Both (num_sides, 2)."""
        inner = polygon(num_sides, self.diameter / 2.0, fit="outside")
        return inner, inner * (self.block_width / 2.0 / np.abs(inner).max(axis=1, keepdims=True))
