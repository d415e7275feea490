# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A plate with shafts for gears."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .checks import require_kind, require_length, require_number, require_whole
from .gear import Gear
from .part import Part, require_fit
from .solids import TriangleMesh, polygon, prism, revolve


@dataclass
class GearBase(Part):
    """A plate, standing on the origin, with round shafts in a row along x.

    Attributes:
        shaft_diameter: Diameter of the shafts (m).
        shaft_height: Height of the shafts above the plate (m).
        shaft_x: Where the shafts stand along x (m).
        width: Size of the plate along x (m).
        depth: Size of the plate along y (m).
        base_height: Height of the plate (m).
        shaft_chamfer: Width of the 45 degree chamfer at the shafts' tips (m).
        mesh_sides: Sides of a shaft in the triangle mesh; a multiple of 4.
        collider_sides: Sides of a shaft's convex piece.
    """

    shaft_diameter: float
    shaft_height: float
    shaft_x: tuple[float, ...]
    width: float
    depth: float
    base_height: float
    shaft_chamfer: float = 0.0005
    mesh_sides: int = 128
    collider_sides: int = 32

    @classmethod
    def for_gears(
        cls,
        gears: Sequence[Gear],
        clearance: float = 14e-6,
        width: float | None = None,
        depth: float | None = None,
        **others,
    ) -> GearBase:
        """The base on which gears lie where they are in their frame, with shafts as high as the highest of them.

        Args:
            gears: The gears; all with the same bore and the same height of the underside.
            clearance: Gap all round a centred shaft (m). Defaults to that of Factory's gears.
            width: Size of the plate along x (m). Defaults to None, one bore beyond the outermost axis on either side.
            depth: Size of the plate along y (m). Defaults to None, four bores.
            **others: Further attributes of the base.

        Returns:
            The base.

        Raises:
            TypeError: If something is no gear.
            ValueError: If the clearance is not positive, the gears differ in their bore or underside or lie no plate's
                height above the origin, or no such base can exist.
        """
        for gear in gears:
            require_kind(cls, gear, Gear)
        require_number(cls, clearance=clearance)
        if clearance <= 0.0:
            raise ValueError(f"GearBase: the clearance of a gear must be positive, got {clearance} m.")
        if len({(gear.bore_diameter, gear.base_z) for gear in gears}) != 1:
            raise ValueError("GearBase: for_gears needs gears, all with one bore_diameter and one base_z.")
        bore, base_height = gears[0].bore_diameter, gears[0].base_z
        if base_height <= 0.0:
            raise ValueError(f"GearBase: base_z of the gears, the plate's height, must be positive, got {base_height}.")
        places = tuple(gear.axis_x for gear in gears)
        return cls(
            shaft_diameter=bore - 2.0 * clearance,
            shaft_height=max(gear.height for gear in gears),
            shaft_x=places,
            width=2.0 * (max(map(abs, places)) + bore) if width is None else width,
            depth=4.0 * bore if depth is None else depth,
            base_height=base_height,
            **others,
        )

    def check(self) -> None:
        """Raise a ValueError where no such base can exist."""
        super().check()
        sizes = ("width", "depth", "base_height", "shaft_diameter", "shaft_height")
        require_length(self, **{name: getattr(self, name) for name in sizes})
        require_number(self, shaft_chamfer=self.shaft_chamfer)
        if not 0.0 <= self.shaft_chamfer < min(self.shaft_diameter / 2.0, self.shaft_height):
            raise ValueError(
                f"GearBase: shaft_chamfer must be at least 0 and less than the shafts' radius"
                f" ({self.shaft_diameter / 2.0} m) and height ({self.shaft_height} m), got {self.shaft_chamfer}."
            )
        if not isinstance(self.shaft_x, Sequence) or isinstance(self.shaft_x, str) or not self.shaft_x:
            raise ValueError(f"GearBase: shaft_x must be a tuple with at least one shaft, got {self.shaft_x!r}.")
        require_number(self, **{f"shaft_x[{index}]": x for index, x in enumerate(self.shaft_x)})
        places = np.array([-self.width / 2.0 - self.shaft_diameter / 2.0, *sorted(self.shaft_x)])
        places = np.append(places, self.width / 2.0 + self.shaft_diameter / 2.0)
        if np.diff(places).min() <= self.shaft_diameter or self.shaft_diameter >= self.depth:
            raise ValueError(
                f"GearBase: shafts {self.shaft_diameter} m wide at x = {tuple(self.shaft_x)} m do not fit side by side"
                f" on a plate {self.width:.6g} x {self.depth:.6g} m."
            )
        require_whole(self, 8, step=4, mesh_sides=self.mesh_sides)
        require_whole(self, 8, collider_sides=self.collider_sides)

    def clearance(self, gear: Gear) -> float:
        """Gap all round a centred shaft (m): half of the difference of the diameters, negative without a fit.

        Raises:
            TypeError: If it is no gear.
        """
        require_kind(self, gear, Gear)
        return (gear.bore_diameter - self.shaft_diameter) / 2.0

    def with_clearance(self, gear: Gear, clearance: float) -> GearBase:
        """The same base, its shafts as thick as another clearance needs.

        Args:
            gear: The gear.
            clearance: See :meth:`clearance` (m).

        Raises:
            TypeError: If it is no gear.
            ValueError: If no such base can exist.
        """
        return replace(self, shaft_diameter=self.shaft_diameter - 2.0 * (clearance - self.clearance(gear)))

    def mesh(self) -> TriangleMesh:
        """The closed surface; its corners lie on the ideal shafts, so it never sticks out of them."""
        triangles = np.concatenate([self._plate_triangles(), *map(self._shaft_triangles, self.shaft_x)])
        vertices, faces = np.unique(triangles.reshape(-1, 3).round(12), axis=0, return_inverse=True)
        return TriangleMesh(vertices, faces.reshape(-1, 3))

    def convex_pieces(self) -> list[TriangleMesh]:
        """The convex pieces for engines without signed distance fields: the plate, then the shafts.

        The corners of the shafts lie on the ideal ones, so that they never narrow the clearance.
        """
        half_width, half_depth = self.width / 2.0, self.depth / 2.0
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [half_width, half_depth]
        return [prism(corners, self.base_height), *map(self._shaft_piece, self.shaft_x)]

    def _shaft_profile(self) -> np.ndarray:
        """Radius and height of each ring from the plate up (m)."""
        radius, chamfer = self.shaft_diameter / 2.0, self.shaft_chamfer
        foot, tip = self.base_height, self.base_height + self.shaft_height
        if chamfer == 0.0:
            return np.array([[radius, foot], [radius, tip]])
        return np.array([[radius, foot], [radius, tip - chamfer], [radius - chamfer, tip]])

    def _shaft_piece(self, x: float) -> TriangleMesh:
        shaft = revolve(self._shaft_profile(), self.collider_sides)
        return TriangleMesh(shaft.vertices + np.array([x, 0.0, 0.0]), shaft.faces)

    def _shaft_triangles(self, x: float) -> np.ndarray:
        """Triangles of a shaft but for its foot. Shape is (F, 3, 3)."""
        shaft = revolve(self._shaft_profile(), self.mesh_sides)
        triangles = shaft.vertices[shaft.faces] + [x, 0.0, 0.0]
        return triangles[triangles[:, :, 2].max(axis=1) > self.base_height]

    def _plate_triangles(self) -> np.ndarray:
        """Triangles of the plate but for the feet of the shafts, cut into a cell for each shaft. Shape is (F, 3, 3)."""
        shafts = sorted(self.shaft_x)
        cuts = [-self.width / 2.0, *(np.add(shafts[1:], shafts[:-1]) / 2.0), self.width / 2.0]
        triangles = []
        for x, left, right in zip(shafts, cuts[:-1], cuts[1:], strict=True):
            corners = np.array([[right, 1.0], [left, 1.0], [left, -1.0], [right, -1.0]]) * [1.0, self.depth / 2.0]
            triangles += self._cell_top(x, corners)
            (a, b, c, d), (e, f, g, h) = (np.column_stack([corners, np.full(4, z)]) for z in (0.0, self.base_height))
            triangles += [[a, c, b], [a, d, c], [a, b, f], [a, f, e], [c, d, h], [c, h, g]]
            if left == cuts[0]:
                triangles += [[b, c, g], [b, g, f]]
            if right == cuts[-1]:
                triangles += [[d, a, e], [d, e, h]]
        return np.array(triangles)

    def _cell_top(self, x: float, corners: np.ndarray) -> list[list[np.ndarray]]:
        """The upper face of a cell round a shaft: a fan from each corner, and a triangle at each side."""
        circle = polygon(self.mesh_sides, self.shaft_diameter / 2.0) + np.array([x, 0.0])
        circle, corners = (np.column_stack([p, np.full(len(p), self.base_height)]) for p in (circle, corners))
        quarter, triangles = self.mesh_sides // 4, []
        for index, corner in enumerate(corners):
            for i in range(index * quarter, (index + 1) * quarter):
                triangles.append([circle[i], corner, circle[(i + 1) % self.mesh_sides]])
            triangles.append([circle[index * quarter], corners[index - 1], corner])
        return triangles


def require_meshing(base: GearBase, gear: Gear, *neighbours: Gear) -> None:
    """Raise a ValueError where gears do not lie on shafts of a base, or do not mesh.

    Args:
        base: The base.
        gear: Gear that meshes with all others.
        *neighbours: The others.

    Raises:
        ValueError: Something does not fit. The line says what and what would.
    """
    for each in (gear, *neighbours):
        require_fit(base, each)
        if not any(math.isclose(each.axis_x, x, abs_tol=1e-6) for x in base.shaft_x):
            raise ValueError(f"Gear: axis_x must be the place of a shaft, one of {base.shaft_x} m, got {each.axis_x}.")
        if not math.isclose(each.base_z, base.base_height, abs_tol=1e-6):
            raise ValueError(
                f"Gear: base_z must be the height of the base's plate, {base.base_height} m, got {each.base_z}."
            )
    for other in neighbours:
        distance, least = abs(gear.axis_x - other.axis_x), gear.centre_distance(other)
        if not least - 1e-9 <= distance < least + gear.module:
            raise ValueError(
                f"Gear: gears of {gear.teeth} and {other.teeth} teeth mesh with their axes {least:.6f} m to less than a"
                f" module more apart, got {distance:.6f} m."
            )
    ordered = sorted(neighbours, key=lambda other: other.axis_x)
    for one, other in itertools.pairwise(ordered):
        least = one.tip_radius + other.tip_radius
        if other.axis_x - one.axis_x <= least:
            raise ValueError(
                f"Gear: the neighbours of {one.teeth} and {other.teeth} teeth must be more than {least:.6f} m apart,"
                f" got {other.axis_x - one.axis_x:.6f} m."
            )
