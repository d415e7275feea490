# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Surfaces to look at: meshes that shade right, and what they look as if they were made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import trimesh

SHARP_EDGE = np.radians(30.0)
"""Faces that meet at more than this angle (rad) have an edge between them; the others shade as one round surface."""


@dataclass(frozen=True)
class Material:
    """What a surface is made of, as physically based renderers understand it.

    Attributes:
        color: Red, green, blue (sRGB) and opacity, 0 to 1.
        metallic: 0 for paint, plastic and wood, 1 for bare metal.
        roughness: 0 for a mirror, 1 for chalk.
    """

    color: tuple[float, float, float, float]
    metallic: float = 0.0
    roughness: float = 0.6


STEEL = Material((0.72, 0.74, 0.77, 1.0), metallic=1.0, roughness=0.30)
BRASS = Material((0.86, 0.62, 0.24, 1.0), metallic=1.0, roughness=0.30)
BLUE_ANODISED = Material((0.16, 0.30, 0.52, 1.0), metallic=0.6, roughness=0.40)
TABLE_TOP = Material((0.36, 0.39, 0.43, 1.0), roughness=0.80)
TABLE_LEGS = Material((0.35, 0.36, 0.38, 1.0), roughness=0.70)
FLOOR = Material((0.42, 0.44, 0.47, 1.0), roughness=0.90)
WHITE_PAINT = Material((0.93, 0.94, 0.95, 1.0), roughness=0.35)
DARK_PLASTIC = Material((0.20, 0.21, 0.23, 1.0), roughness=0.50)


def shaded(mesh: trimesh.Trimesh) -> trimesh.Trimesh:
    """The same surface with its vertices split along sharp edges, so that vertex normals are those of the surface."""
    mesh = mesh.copy()
    mesh.merge_vertices()
    return trimesh.graph.smooth_shade(mesh, angle=SHARP_EDGE)


def box(center: tuple[float, float, float], size: tuple[float, float, float], radius: float = 0.0) -> trimesh.Trimesh:
    """A box, with edges rounded where a radius is given.

    Args:
        center: Centre (m).
        size: Full size (m).
        radius: Radius of the edges (m), at most half of the shortest side.
    """
    if radius == 0.0:
        mesh = trimesh.creation.box(size)
    else:
        # Points on the axes too, so that the hull is exactly as large as the box.
        ball = trimesh.creation.uv_sphere(radius, count=(16, 16)).vertices
        corner = np.array(size) / 2.0 - radius
        signs = np.array(np.meshgrid(*[(-1, 1)] * 3)).reshape(3, -1).T
        mesh = trimesh.convex.convex_hull(np.concatenate([ball + sign * corner for sign in signs]))
    mesh.apply_translation(center)
    return mesh


def capsule(center: tuple[float, float, float], axis: str, radius: float, length: float) -> trimesh.Trimesh:
    """A capsule.

    Args:
        center: Centre (m).
        axis: "X", "Y" or "Z".
        radius: Radius (m).
        length: Length of the cylindrical part (m).
    """
    mesh = trimesh.creation.capsule(height=length, radius=radius, count=(32, 32))
    mesh.apply_translation((0.0, 0.0, -mesh.bounds.mean(axis=0)[2]))
    direction = np.eye(3)["XYZ".index(axis)]
    mesh.apply_transform(trimesh.geometry.align_vectors((0.0, 0.0, 1.0), direction))
    mesh.apply_translation(center)
    return mesh
