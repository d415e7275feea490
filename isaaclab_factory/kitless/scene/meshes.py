# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Meshes of the stage as arrays, and their convex hulls."""

from __future__ import annotations

import numpy as np
from pxr import Usd, UsdGeom
from scipy.spatial import ConvexHull, QhullError

from .notes import SceneError


def mesh_triangles(prim: Usd.Prim, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Triangles of a mesh prim with the scale baked in.

    Polygons are cut into fans from their first corner. Faces keep pointing outwards under a mirroring scale and under
    the left-handed orientation.

    Args:
        prim: A ``UsdGeom.Mesh``.
        scale: Scale along the prim's axes. Shape is (3,).

    Returns:
        Vertices, shape (V, 3), and triangles, shape (F, 3).

    Raises:
        SceneError: If the mesh has no faces or its topology does not fit its points.
    """
    mesh = UsdGeom.Mesh(prim)
    points = np.array(mesh.GetPointsAttr().Get() or np.zeros((0, 3)), dtype=float).reshape(-1, 3)
    counts = np.array(mesh.GetFaceVertexCountsAttr().Get() or [], dtype=int)
    corners = np.array(mesh.GetFaceVertexIndicesAttr().Get() or [], dtype=int)
    if len(points) < 4 or len(counts) == 0:
        raise SceneError(f"{prim.GetPath()}: a collision mesh needs points and faces; this one is empty")
    if counts.sum() != len(corners) or corners.min() < 0 or corners.max() >= len(points):
        raise SceneError(f"{prim.GetPath()}: the faces of the mesh name points that it does not have")
    fans = np.maximum(counts - 2, 0)
    starts = np.repeat(np.cumsum(counts) - counts, fans)
    steps = 1 + np.arange(fans.sum()) - np.repeat(np.cumsum(fans) - fans, fans)
    faces = np.stack([corners[starts], corners[starts + steps], corners[starts + steps + 1]], axis=1)
    left_handed = mesh.GetOrientationAttr().Get() == UsdGeom.Tokens.leftHanded
    if left_handed != (np.prod(scale) < 0):
        faces = faces[:, ::-1]
    return points * scale, faces


def convex_hull(points: np.ndarray, path: object) -> tuple[np.ndarray, np.ndarray]:
    """Convex hull of a point cloud.

    Args:
        points: Shape is (P, 3).
        path: Path of the prim, for the error.

    Returns:
        The hull's corners, shape (V, 3), and its triangles oriented outwards, shape (F, 3).

    Raises:
        SceneError: If the points lie in a plane.
    """
    try:
        hull = ConvexHull(points)
    except QhullError as error:
        raise SceneError(f"{path}: the points of the mesh lie in a plane, so they have no convex hull") from error
    number = np.zeros(len(points), dtype=int)
    number[hull.vertices] = np.arange(len(hull.vertices))
    vertices, faces = points[hull.vertices], number[hull.simplices]
    a, b, c = np.moveaxis(vertices[faces], 1, 0)
    inwards = np.einsum("fi,fi->f", np.cross(b - a, c - a), hull.equations[:, :3]) < 0
    faces[inwards] = faces[inwards, ::-1]
    return vertices, faces


def is_closed(faces: np.ndarray) -> bool:
    """True where every edge of the triangles, shape (F, 3), meets one running the other way."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    forth = edges[np.lexsort(edges.T)]
    back = edges[:, ::-1]
    return np.array_equal(forth, back[np.lexsort(back.T)])
