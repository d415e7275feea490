# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A bolt with a coarse metric thread."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

import numpy as np

from .checks import require_length, require_whole
from .solids import Cylinder, TriangleMesh, at_height, convex_hull, polygon
from .thread import Helicoid, clip_outline, join_rings
from .threaded_part import ThreadedPart

ROOT_OVERLAP = 0.25
"""How far the convex pieces of the ridge reach into the core, in pitches."""


@dataclass
class MetricBolt(ThreadedPart):
    """A bolt that stands on its round head, the thread up along +z.

    The thread runs over the whole length, its ridge stands half a pitch above the head at the +x axis, and the tip has
    a 45 degree chamfer down to the root. The default clearances are those of the "loose" bolt in the Factory paper
    (https://arxiv.org/abs/2205.03532).

    Attributes:
        size: Designation of the thread; see :data:`~isaaclab_factory.geometry.thread.METRIC_SIZES`.
        length: Length of the thread, from the head's upper face to the tip (m).
        flank_clearance: Radial distance by which the flanks stay within the basic profile, in pitches.
        crest_clearance: Distance by which the crest stays within the nominal diameter, in pitches.
        mesh_sides: Sides of the triangle mesh.
        collider_sides: Convex pieces of the ridge in a turn.
    """

    internal: ClassVar[bool] = False

    length: float
    _: KW_ONLY
    flank_clearance: float = 0.0492
    crest_clearance: float = 0.0795
    collider_sides: int = 24

    def check(self) -> None:
        """Raise a ValueError where no such bolt can exist."""
        super().check()
        require_length(self, length=self.length)
        require_whole(self, 12, mesh_sides=self.mesh_sides, collider_sides=self.collider_sides)
        if self.length <= 2.0 * self.pitch:
            raise ValueError(f"MetricBolt: length must be more than two pitches of {self.pitch} m, got {self.length}.")

    @property
    def tip_height(self) -> float:
        """Height of the tip over the origin (m)."""
        return self.base_height + self.length

    @property
    def helicoid(self) -> Helicoid:
        """Surface of the thread, from the head to the tip."""
        return Helicoid(self.profile, self._ridge_height, self.base_height, self.tip_height, (self.tip_height,))

    @property
    def collider_excess(self) -> float:
        """How far the corners of the ridge's convex pieces stick out of the helicoid (m)."""
        return self.profile.crest_radius * (self._stretch - 1.0)

    def mesh(self) -> TriangleMesh:
        """The closed surface; the corners of the thread lie on the ideal helicoid."""
        thread, shift = self.helicoid.rings(self.mesh_sides)
        circle = polygon(self.mesh_sides, self.sizes.width_across_flats / 2.0)
        point = np.zeros_like(circle)
        head = [at_height(point, 0.0), at_height(circle, 0.0), at_height(circle, self.base_height)]
        return join_rings(np.array(head), thread, at_height(point, self.tip_height)[None], shift, closed=False)

    def convex_pieces(self) -> list[TriangleMesh | Cylinder]:
        """The convex pieces for engines without signed distance fields: head, core and short pieces of the ridge."""
        core = self.profile.root_radius
        pieces = [
            Cylinder(self.sizes.width_across_flats / 2.0, 0.0, self.base_height),
            Cylinder(core, self.base_height, self.tip_height),
        ]
        turns = np.arange(self._first_step, self._last_step + 1) / self.collider_sides
        outlines = [self._ridge_outline(turn) for turn in turns]
        for start in range(len(turns) - 1):
            ends = [
                [[self._stretch * r * np.cos(angle), self._stretch * r * np.sin(angle), z] for r, z in outlines[step]]
                for step, angle in ((start, 2.0 * np.pi * turns[start]), (start + 1, 2.0 * np.pi * turns[start + 1]))
            ]
            if all(len(end) >= 3 for end in ends):
                pieces.append(convex_hull(np.array(ends[0] + ends[1])))
        return pieces

    @property
    def _stretch(self) -> float:
        """As with an "even" polygon, the corners stick out of the helicoid as far as the chords stay inside."""
        return 2.0 / (1.0 + np.cos(np.pi / self.collider_sides))

    @property
    def _ridge_height(self) -> float:
        """Height of the middle of the first ridge over the head at the +x axis (m)."""
        return self.base_height + self.pitch / 2.0

    @property
    def _first_step(self) -> int:
        return -self.collider_sides

    @property
    def _last_step(self) -> int:
        return int(np.ceil((self.length / self.pitch + 0.5) * self.collider_sides))

    def _ridge_outline(self, turn: float) -> np.ndarray:
        """Radius and height of the corners of the ridge after some turns, cut by the head and the tip. (N, 2)."""
        profile, inner = self.profile, self.profile.root_radius - ROOT_OVERLAP * self.pitch
        middle = self._ridge_height + turn * self.pitch
        crest, foot = profile.crest_flat / 2.0, (self.pitch - profile.root_flat) / 2.0
        outline = np.array(
            [
                [inner, middle - foot],
                [profile.root_radius, middle - foot],
                [profile.crest_radius, middle - crest],
                [profile.crest_radius, middle + crest],
                [profile.root_radius, middle + foot],
                [inner, middle + foot],
            ]
        )
        for normal, limit in (
            ((0.0, 1.0), self.tip_height),
            ((0.0, -1.0), -self.base_height),
            ((1.0, 1.0), profile.root_radius + self.tip_height),
        ):
            outline = clip_outline(outline, normal, limit)
        return outline
