# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A hexagonal nut with a coarse metric thread."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, replace
from typing import ClassVar

import numpy as np

from .bolt import MetricBolt
from .checks import require_kind, require_length, require_number, require_whole
from .solids import Sphere, TriangleMesh, at_height, convex_hull
from .thread import TAN_30, Helicoid, join_rings
from .threaded_part import ThreadedPart

COS_30 = np.cos(np.pi / 6.0)


@dataclass
class MetricNut(ThreadedPart):
    """A hexagonal nut, its axis along +z, two flats across the x axis.

    Its frame is that of the bolt which it is screwed down on: the nut stands on the height of the bolt's head, and its
    thread fits the bolt's where the two frames are one. The default clearances ("loose") and the 45 degree countersinks
    at both ends are those of the mesh in the Factory paper (https://arxiv.org/abs/2205.03532).

    Attributes:
        size: Designation of the thread; see :data:`~isaaclab_factory.geometry.thread.METRIC_SIZES`.
        height: Height (m). Defaults to None, the largest height of a regular nut of this size (ISO 4032).
        flank_clearance: Radial distance by which the flanks stay outside of the basic profile, in pitches.
        crest_clearance: Distance by which the crest stays outside of the basic minor diameter, in pitches.
        mesh_sides: Sides of the triangle mesh; a multiple of 12, so that the hexagon keeps its corners.
        collider_sides: Spheres in a turn of the thread.
        collider_turns: Turns of the thread that have spheres, from the lower face on.
    """

    internal: ClassVar[bool] = True

    height: float | None = None
    _: KW_ONLY
    flank_clearance: float = 0.058
    crest_clearance: float = 0.093
    collider_sides: int = 8
    collider_turns: int = 2

    def __post_init__(self):
        if self.height is None:
            self.height = self.sizes.nut_height
        super().__post_init__()

    @classmethod
    def for_bolt(cls, bolt: MetricBolt, clearance: float, height: float | None = None, **others) -> MetricNut:
        """The nut for a bolt.

        Args:
            bolt: The bolt.
            clearance: Radial gap between the flanks of the centred bolt and the nut (m).
            height: Height (m). Defaults to None, that of ISO 4032.
            **others: Further attributes of the nut.

        Returns:
            The nut.

        Raises:
            TypeError: If it is no bolt.
            ValueError: If the bolt alone leaves more clearance than this, or no such nut can exist.
        """
        require_kind(cls, bolt, MetricBolt)
        require_number(cls, clearance=clearance)
        least = bolt.flank_clearance * bolt.pitch
        if clearance < least:
            raise ValueError(
                f"MetricNut: a bolt {bolt.size} with flank_clearance {bolt.flank_clearance} pitches leaves at least"
                f" {least:.6f} m of clearance, got {clearance}."
            )
        return cls(bolt.size, height, flank_clearance=(clearance - least) / bolt.pitch, **others)

    def check(self) -> None:
        """Raise a ValueError where no such nut can exist."""
        super().check()
        require_length(self, height=self.height)
        require_whole(self, 12, step=12, mesh_sides=self.mesh_sides)
        require_whole(self, 3, collider_sides=self.collider_sides)
        require_whole(self, 1, collider_turns=self.collider_turns)
        width, thread = self.sizes.width_across_flats, self.profile.root_radius
        if thread >= width / 2.0:
            raise ValueError(
                f"MetricNut: a thread of radius {thread:.6f} m does not fit into a hexagon {width} m across flats."
            )
        least = (self.collider_turns + 1) * self.pitch + 2.0 * self.countersink
        if self.height < least:
            raise ValueError(
                f"MetricNut: height must be at least {least:.6f} m for {self.collider_turns} turns of spheres, got"
                f" {self.height}."
            )

    @property
    def helicoid(self) -> Helicoid:
        """Surface of the thread, between the two faces."""
        bottom, top = self.base_height, self.base_height + self.height
        return Helicoid(self.profile, bottom, bottom, top, (bottom, top))

    @property
    def countersink(self) -> float:
        """Height of the cones at both ends of the bore (m)."""
        return self.profile.root_radius - self.profile.crest_radius

    def clearance(self, bolt: MetricBolt) -> float:
        """Radial gap between the flanks of a centred bolt and this nut (m); negative where they do not fit.

        Raises:
            TypeError: If it is no bolt.
            ValueError: If the bolt has another thread.
        """
        require_kind(self, bolt, MetricBolt)
        if bolt.size != self.size:
            raise ValueError(f"A nut {self.size} does not go on a bolt {bolt.size}.")
        return (self.flank_clearance + bolt.flank_clearance) * self.pitch

    def with_clearance(self, bolt: MetricBolt, clearance: float) -> MetricNut:
        """The same nut, with its flanks where another clearance needs them.

        Args:
            bolt: The bolt.
            clearance: See :meth:`clearance` (m).

        Raises:
            TypeError: If it is no bolt.
            ValueError: If the bolt has another thread, or no such nut can exist.
        """
        wider = (clearance - self.clearance(bolt)) / self.pitch
        return replace(self, flank_clearance=self.flank_clearance + wider)

    def mesh(self) -> TriangleMesh:
        """The closed surface; the corners of the thread lie on the ideal helicoid."""
        thread, shift = self.helicoid.rings(self.mesh_sides)
        hexagon = self._hexagon(2.0 * np.pi * np.arange(self.mesh_sides) / self.mesh_sides)
        lower, upper = (at_height(hexagon, z) for z in (self.base_height, self.base_height + self.height))
        mesh = join_rings(lower[None], thread, upper[None], shift, closed=True)
        return TriangleMesh(mesh.vertices, mesh.faces[:, ::-1])

    def convex_pieces(self) -> list[TriangleMesh | Sphere]:
        """The convex pieces for engines without signed distance fields: six walls of the hexagon and the spheres.

        The spheres touch the flanks of the ridge from within, half-way up its overlap with the bolt. They stand for the
        thread: a few of them on the smooth hulls of a bolt's ridge are fast and do not jam, as hulls on hulls do.
        """
        bottom, top = self.base_height, self.base_height + self.height
        corner = np.pi / 3.0 * np.arange(6) + np.pi / 6.0
        outer = self._hexagon(corner)
        inner = outer * (self.profile.root_radius / (self.sizes.width_across_flats / 2.0))
        walls = []
        for i in range(6):
            j = (i + 1) % 6
            outline = np.stack([inner[i], outer[i], outer[j], inner[j]])
            walls.append(convex_hull(np.concatenate([at_height(outline, z) for z in (bottom, top)])))
        return walls + self._spheres()

    def _spheres(self) -> list[Sphere]:
        profile, half_flat = self.profile, self.profile.crest_flat / 2.0
        # the sphere of radius w cos(30) about the middle of the ridge, where the ridge is 2 w wide, touches both flanks
        # half its radius further in
        overlap = (profile.crest_radius + MetricBolt(self.size, 4.0 * self.pitch).profile.crest_radius) / 2.0
        center = (overlap + COS_30 / 2.0 * (half_flat - profile.crest_radius * TAN_30)) / (1.0 - COS_30 * TAN_30 / 2.0)
        radius = (half_flat + (center - profile.crest_radius) * TAN_30) * COS_30
        start = radius / self.pitch
        turns = start + np.arange(self.collider_sides * self.collider_turns) / self.collider_sides
        angle = 2.0 * np.pi * turns
        height = self.base_height + self.pitch * turns
        centers = np.stack([center * np.cos(angle), center * np.sin(angle), height], axis=1)
        return [Sphere(radius, tuple(point)) for point in centers.tolist()]

    def _hexagon(self, angle: np.ndarray) -> np.ndarray:
        """Points of the hexagon's outline at some angles (m). Shape is (N, 2)."""
        from_flat = (angle + np.pi / 6.0) % (np.pi / 3.0) - np.pi / 6.0
        radius = self.sizes.width_across_flats / 2.0 / np.cos(from_flat)
        return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
