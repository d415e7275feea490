# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""ISO metric screw threads: sizes from the standards, the profile and its helicoid.

A thread is right-handed with flanks at 60 degrees (ISO 68-1). Its groove is cut to the sharp V where the flanks meet,
as in the meshes of the Factory paper (https://arxiv.org/abs/2205.03532); its ridge ends in a flat crest.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .solids import TriangleMesh

TAN_30 = np.tan(np.pi / 6.0)


@dataclass(frozen=True)
class MetricSize:
    """Sizes of a coarse metric thread, its nut and its bolt's head (m).

    Attributes:
        diameter: Nominal diameter (ISO 261).
        pitch: Coarse pitch (ISO 261).
        width_across_flats: Width of the hexagon (ISO 4032, ISO 4017).
        nut_height: Largest height of a regular nut (ISO 4032).
        head_height: Height of the bolt's head (ISO 4017).
    """

    diameter: float
    pitch: float
    width_across_flats: float
    nut_height: float
    head_height: float

    @property
    def pitch_diameter(self) -> float:
        """Basic pitch diameter (ISO 724), where ridge and groove are equally wide: d - 3/8 sqrt(3) P."""
        return self.diameter - 0.375 * np.sqrt(3.0) * self.pitch

    @property
    def minor_diameter(self) -> float:
        """Basic minor diameter (ISO 724): d - 5/8 sqrt(3) P."""
        return self.diameter - 0.625 * np.sqrt(3.0) * self.pitch


METRIC_SIZES = {
    "M3": MetricSize(0.003, 0.0005, 0.0055, 0.0024, 0.002),
    "M4": MetricSize(0.004, 0.0007, 0.007, 0.0032, 0.0028),
    "M5": MetricSize(0.005, 0.0008, 0.008, 0.0047, 0.0035),
    "M6": MetricSize(0.006, 0.001, 0.010, 0.0052, 0.004),
    "M8": MetricSize(0.008, 0.00125, 0.013, 0.0068, 0.0053),
    "M10": MetricSize(0.010, 0.0015, 0.016, 0.0084, 0.0064),
    "M12": MetricSize(0.012, 0.00175, 0.018, 0.0108, 0.0075),
    "M16": MetricSize(0.016, 0.002, 0.024, 0.0148, 0.010),
    "M20": MetricSize(0.020, 0.0025, 0.030, 0.018, 0.0125),
    "M24": MetricSize(0.024, 0.003, 0.036, 0.0215, 0.015),
}
"""Coarse metric threads by their designation."""


def metric_size(designation: str) -> MetricSize:
    """Sizes of a coarse metric thread.

    Args:
        designation: Such as "M16".

    Raises:
        ValueError: If there is no such thread.
    """
    if not isinstance(designation, str) or designation not in METRIC_SIZES:
        raise ValueError(f"There is no thread {designation!r}; choose one of {', '.join(METRIC_SIZES)}.")
    return METRIC_SIZES[designation]


@dataclass(frozen=True)
class ThreadProfile:
    """One ridge of a thread in a plane through the axis; it repeats every pitch and rises by one in a turn.

    Attributes:
        pitch: Distance from ridge to ridge along the axis (m).
        crest_radius: Radius of the flat top of the ridge (m).
        root_radius: Radius of the bottom of the groove (m): less than the crest's on a bolt, more in a nut.
        crest_flat: Width of the crest along the axis (m).
    """

    pitch: float
    crest_radius: float
    root_radius: float
    crest_flat: float

    @property
    def root_flat(self) -> float:
        """Width of the bottom of the groove along the axis (m); 0 for a sharp one."""
        return self.pitch - self.crest_flat - 2.0 * abs(self.crest_radius - self.root_radius) * TAN_30

    @property
    def corners(self) -> np.ndarray:
        """Height above the middle of a ridge and radius of the outline over one pitch (m), ending with the next ridge's
        first corner. Shape is (5, 2)."""
        crest, root = self.crest_flat / 2.0, (self.pitch - self.root_flat) / 2.0
        return np.array(
            [
                [-crest, self.crest_radius],
                [crest, self.crest_radius],
                [root, self.root_radius],
                [self.pitch - root, self.root_radius],
                [self.pitch - crest, self.crest_radius],
            ]
        )

    def radius(self, height: np.ndarray) -> np.ndarray:
        """Radius of the outline (m) at heights (m) above the middle of a ridge. Shapes are the same."""
        heights, radii = self.corners.T
        return np.interp((height - heights[0]) % self.pitch + heights[0], heights, radii)


def thread_profile(
    size: MetricSize, flank_clearance: float, crest_clearance: float, internal: bool = False
) -> ThreadProfile:
    """The ridge of a bolt or a nut.

    Args:
        size: The thread's sizes.
        flank_clearance: Radial distance by which the flanks give way from the basic profile of ISO 68-1 (m).
        crest_clearance: Distance by which the crest gives way from the nominal diameter, in a nut from the basic minor
            diameter (m).
        internal: True for a nut, whose clearances lead outwards, False for a bolt, whose clearances lead inwards.

    Returns:
        The profile, with a sharp groove.
    """
    outwards = 1.0 if internal else -1.0
    pitch_radius = size.pitch_diameter / 2.0 + outwards * flank_clearance
    crest = (size.minor_diameter if internal else size.diameter) / 2.0 + outwards * crest_clearance
    crest_flat = size.pitch / 2.0 - 2.0 * outwards * (pitch_radius - crest) * TAN_30
    return ThreadProfile(size.pitch, crest, pitch_radius + outwards * size.pitch / 4.0 / TAN_30, crest_flat)


@dataclass(frozen=True)
class Helicoid:
    """The surface of a thread between two heights.

    Attributes:
        profile: The profile.
        ridge_height: Height of the middle of a ridge at the angle zero (m).
        bottom: Lower end (m).
        top: Upper end (m).
        bevelled: Which of the two ends have a 45 degree cone that starts at the groove's depth: the chamfer of a bolt,
            the countersink of a nut.
    """

    profile: ThreadProfile
    ridge_height: float
    bottom: float
    top: float
    bevelled: tuple[float, ...] = ()

    def rings(self, sides: int, rows_per_segment: int = 3) -> tuple[np.ndarray, int]:
        """Points in rows which follow the corners of the profile round the axis.

        Args:
            sides: Points round the axis.
            rows_per_segment: Rows from one corner of the profile to the next.

        Returns:
            Points (m) of shape (rows, sides, 3), and the number of rows by which a row has risen after a turn. Rows
            beyond an end are moved to it, so that all points of the first and of the last row lie on the ends.
        """
        pitch, heights = self.profile.pitch, self.profile.corners[:, 0]
        steps = np.linspace(0.0, 1.0, rows_per_segment, endpoint=False)
        within = np.concatenate([low + steps * (high - low) for low, high in pairwise(heights) if high - low > 1e-9])
        first = int(np.floor((self.bottom - self.ridge_height) / pitch)) - 2
        last = int(np.ceil((self.top - self.ridge_height) / pitch)) + 2
        rows = (pitch * np.arange(first, last + 1)[:, None] + within).ravel()
        angle = np.broadcast_to(2.0 * np.pi * np.arange(sides) / sides, (len(rows), sides))
        rise = self.ridge_height + pitch * angle / (2.0 * np.pi)
        height = np.clip(rows[:, None] + rise, self.bottom, self.top)
        radius = self._bevel(height, self.profile.radius(height - rise))
        return np.stack([radius * np.cos(angle), radius * np.sin(angle), height], axis=-1), len(within)

    def _bevel(self, height: np.ndarray, radius: np.ndarray) -> np.ndarray:
        """Radius (m) that is left of a radius at a height beside the cones. Shapes are the same."""
        root, is_internal = self.profile.root_radius, self.profile.root_radius > self.profile.crest_radius
        for end in self.bevelled:
            depth = np.abs(height - end)
            radius = np.maximum(radius, root - depth) if is_internal else np.minimum(radius, root + depth)
        return radius


def join_rings(before: np.ndarray, thread: np.ndarray, after: np.ndarray, shift: int, closed: bool) -> TriangleMesh:
    """Surface through rings of points, of which those of a thread have risen after a turn.

    Args:
        before: Rings before the thread (m). Shape is (B, sides, 3).
        thread: Points of the thread (m). Shape is (T, sides, 3).
        after: Rings after the thread (m). Shape is (A, sides, 3).
        shift: Number of rows by which a row of the thread has risen after a turn.
        closed: Whether the last ring is joined to the first; else the two must be a single point each.

    Returns:
        The closed surface; it faces outwards where the rings go up its outside.
    """
    rings = np.concatenate([before, thread, after])
    count, sides = rings.shape[:2]
    here = np.arange(count * sides).reshape(count, sides)
    # after a turn, a row of the thread is continued by the row one pitch above it; any other ring closes in itself
    rows = np.arange(count)
    last = len(before) + len(thread) - 1
    on_thread = (rows >= len(before)) & (rows <= last)
    continued = here[np.where(on_thread, np.minimum(rows + shift, last), rows), 0]
    ahead = np.column_stack([here[:, 1:], continued])
    low, high = (rows, np.roll(rows, -1)) if closed else (rows[:-1], rows[1:])
    a, b, c, d = here[low].ravel(), ahead[low].ravel(), ahead[high].ravel(), here[high].ravel()
    faces = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])
    # A USD file holds points as float32: those that are the same there, to within 10 nm, are one.
    points = rings.reshape(-1, 3)
    _, first, index = np.unique(points.round(8), axis=0, return_index=True, return_inverse=True)
    faces = index.reshape(-1)[faces]
    distinct = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    return TriangleMesh(points[first], faces[distinct])


def clip_outline(outline: np.ndarray, normal: tuple[float, float], limit: float) -> np.ndarray:
    """Part of a convex outline where ``normal @ point <= limit`` (Sutherland and Hodgman, 1974).

    Args:
        outline: Corners in order (m). Shape is (N, 2).
        normal: Normal of the line.
        limit: Distance of the line along the normal (m).

    Returns:
        Corners in order (m). Shape is (M, 2); M is 0 where nothing is left.
    """
    excess = outline @ np.asarray(normal) - limit
    kept = []
    for i in range(len(outline)):
        j = (i + 1) % len(outline)
        if excess[i] <= 0.0:
            kept.append(outline[i])
        if excess[i] * excess[j] < 0.0:
            kept.append(outline[i] + excess[i] / (excess[i] - excess[j]) * (outline[j] - outline[i]))
    return np.array(kept).reshape(-1, 2)
