# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Triangle meshes and mass properties that the parts are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull


@dataclass(frozen=True)
class TriangleMesh:
    """A surface of triangles with outward, counter-clockwise faces.

    Attributes:
        vertices: Corner points (m). Shape is (V, 3).
        faces: Vertex indices of the triangles. Shape is (F, 3).
    """

    vertices: np.ndarray
    faces: np.ndarray


@dataclass(frozen=True)
class Sphere:
    """A sphere.

    Attributes:
        radius: Radius (m).
        center: Centre (m).
    """

    radius: float
    center: tuple[float, float, float]


@dataclass(frozen=True)
class Cylinder:
    """A cylinder about the z axis.

    Attributes:
        radius: Radius (m).
        bottom: Height of its lower face (m).
        top: Height of its upper face (m).
    """

    radius: float
    bottom: float
    top: float


@dataclass(frozen=True)
class MassProperties:
    """Mass, centre of mass and inertia of a rigid body.

    Attributes:
        mass: Mass (kg).
        com: Centre of mass in the body frame (m). Shape is (3,).
        inertia: Inertia about the centre of mass in the axes of the body frame (kg m2). Shape is (3, 3).
    """

    mass: float
    com: np.ndarray
    inertia: np.ndarray


def polygon(num_sides: int, radius: float, fit: str = "inside", corner: float = 0.0) -> np.ndarray:
    """Corners of a regular polygon.

    Args:
        num_sides: Number of sides.
        radius: Radius of the circle that it stands for (m).
        fit: "inside" where the corners lie on the circle, "outside" where the sides touch it, "even" where the corners
            stick out of it as far as the sides stay inside.
        corner: Angle of the first corner from the x axis (rad).

    Returns:
        Corners, counter-clockwise. Shape is (num_sides, 2).
    """
    inner_share = np.cos(np.pi / num_sides)
    corner_radius = radius * {"inside": 1.0, "outside": 1.0 / inner_share, "even": 2.0 / (1.0 + inner_share)}[fit]
    angle = corner + 2.0 * np.pi * np.arange(num_sides) / num_sides
    return corner_radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def at_height(outline: np.ndarray, z: float) -> np.ndarray:
    """An outline in the plane, lifted to a height.

    Args:
        outline: Corners (m). Shape is (N, 2).
        z: Height (m).

    Returns:
        Corners (m). Shape is (N, 3).
    """
    return np.column_stack([outline, np.full(len(outline), z)])


def revolve(profile: np.ndarray, num_sides: int, fit: str = "inside", corner: float = 0.0) -> TriangleMesh:
    """Solid of revolution about z with the section of a regular polygon, closed by flat end faces.

    Args:
        profile: Radius and height of every ring from the bottom up (m). Shape is (R, 2).
        num_sides: Number of sides of each ring.
        fit: How each ring stands for its circle; see :func:`polygon`.
        corner: Angle of a corner from the x axis (rad).

    Returns:
        The closed surface.
    """
    return capped_loops([at_height(polygon(num_sides, radius, fit, corner), z) for radius, z in profile])


def capped_loops(loops: list[np.ndarray]) -> TriangleMesh:
    """Surface through closed loops, each joined to the next, with the flat first and last loop filled.

    Args:
        loops: Loops round the axis with the same number of corners, corner by corner at about the same angle, in the
            order in which one meets them going up the outside, and on down the inside of a blind hole (m). Each of
            shape (N, 3).

    Returns:
        The closed surface.
    """
    num, last = len(loops[0]), len(loops) - 1
    start, end = num * len(loops), num * len(loops) + 1  # the middles of the two flat ends
    here = np.arange(num)
    after = (here + 1) % num
    faces = [
        *_band_faces(num, [(ring, ring + 1) for ring in range(last)]),
        np.stack([np.full(num, start), after, here], axis=1),
        np.stack([np.full(num, end), last * num + here, last * num + after], axis=1),
    ]
    middles = [[*loop[:, :2].mean(axis=0), loop[0, 2]] for loop in (loops[0], loops[-1])]
    return TriangleMesh(np.concatenate([*loops, middles]), np.concatenate(faces))


def ring_torus(loops: list[np.ndarray]) -> TriangleMesh:
    """Surface of a ring-shaped solid through closed loops, each joined to the next and the last to the first.

    Args:
        loops: As in :func:`capped_loops`; the last one is where the inside ends.

    Returns:
        The closed surface.
    """
    bands = [(ring, (ring + 1) % len(loops)) for ring in range(len(loops))]
    return TriangleMesh(np.concatenate(loops), np.concatenate(_band_faces(len(loops[0]), bands)))


def _band_faces(num: int, bands: list[tuple[int, int]]) -> list[np.ndarray]:
    """Triangles between pairs of loops with ``num`` corners each, facing outwards where the second is the upper one."""
    here = np.arange(num)
    after = (here + 1) % num
    faces = []
    for low, high in bands:
        a, b = low * num, high * num
        faces.append(np.stack([a + here, a + after, b + after], axis=1))
        faces.append(np.stack([a + here, b + after, b + here], axis=1))
    return faces


def convex_hull(points: np.ndarray) -> TriangleMesh:
    """Convex hull of points (m), of shape (N, 3), with only the corners as vertices."""
    hull = ConvexHull(points)
    vertices = points[hull.vertices]
    index = np.zeros(len(points), dtype=int)
    index[hull.vertices] = np.arange(len(hull.vertices))
    faces = index[hull.simplices]
    normals = np.cross(vertices[faces[:, 1]] - vertices[faces[:, 0]], vertices[faces[:, 2]] - vertices[faces[:, 0]])
    inward = (normals * hull.equations[:, :3]).sum(axis=1) < 0.0
    faces[inward] = faces[inward][:, ::-1]
    return TriangleMesh(vertices, faces)


def prism(outline: np.ndarray, height: float) -> TriangleMesh:
    """Prism over a convex outline, from z = 0 to z = height.

    Args:
        outline: Corners, counter-clockwise (m). Shape is (N, 2).
        height: Height (m).

    Returns:
        The closed surface.
    """
    num = len(outline)
    vertices = np.concatenate([at_height(outline, z) for z in (0.0, height)])
    here = np.arange(num)
    after = (here + 1) % num
    fan = np.arange(1, num - 1)
    faces = [
        np.stack([here, after, num + after], axis=1),
        np.stack([here, num + after, num + here], axis=1),
        np.stack([np.zeros_like(fan), fan + 1, fan], axis=1),
        np.stack([np.full_like(fan, num), num + fan, num + fan + 1], axis=1),
    ]
    return TriangleMesh(vertices, np.concatenate(faces))


def mesh_volume(mesh: TriangleMesh) -> float:
    """Volume within a closed surface (m3)."""
    return float(np.linalg.det(mesh.vertices[mesh.faces]).sum() / 6.0)


def uniform_mass_properties(mesh: TriangleMesh, mass: float) -> MassProperties:
    """Mass properties of the solid within a closed surface, with the mass (kg) spread evenly.

    Sums over the tetrahedra between the origin and each triangle. With corners a, b, c and volume V, the integral of
    x x^T over one is V / 20 (a a^T + b b^T + c c^T + s s^T), where s = a + b + c.
    """
    corners = mesh.vertices[mesh.faces]
    volumes = np.linalg.det(corners) / 6.0
    density = mass / volumes.sum()
    total = corners.sum(axis=1)
    com = (volumes[:, None] * total).sum(axis=0) / 4.0 / volumes.sum()
    second = np.einsum("f,fki,fkj->ij", volumes, corners, corners) + np.einsum("f,fi,fj->ij", volumes, total, total)
    second = density * second / 20.0 - mass * np.outer(com, com)
    return MassProperties(mass, com, np.trace(second) * np.eye(3) - second)
