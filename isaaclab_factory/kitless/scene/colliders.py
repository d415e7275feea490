# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""From collision prims to :class:`Collider`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from pxr import Usd, UsdGeom

from .description import Collider, Pose, Shape
from .materials import MaterialReader
from .meshes import convex_hull, is_closed, mesh_triangles
from .notes import Notes, SceneError
from .prims import finite_or_none, targets, value
from .solids import Solid, mesh_solid, primitive_solid
from .transforms import compose, split_scale

CONVEX_PIECES = "kitless:convexPieces"
"""Relationship from a collision mesh to prims that hold a convex decomposition of it."""

_CONE_SIDES = 32  # PhysX has no cone either, it makes a hull of about this many sides
_HALF_TURN = np.sqrt(0.5)
_AXIS_TO_Z = {  # rotation that carries the z axis of a Shape to the authored axis
    "X": np.array([_HALF_TURN, 0.0, _HALF_TURN, 0.0]),
    "Y": np.array([_HALF_TURN, -_HALF_TURN, 0.0, 0.0]),
    "Z": np.array([1.0, 0.0, 0.0, 0.0]),
}


@dataclass
class ReadCollider:
    """A collision prim as it was read.

    Attributes:
        prim: The prim with ``CollisionAPI``.
        colliders: Its collision shapes with poses in the world frame: one, or the convex pieces that stand for it;
            none where its collisions are switched off and it only has a mass.
        solid: Its volume, in the world frame; None where it encloses none (planes, open meshes).
        density: Density of its material (kg/m3), 0 where not authored.
    """

    prim: Usd.Prim
    colliders: list[Collider]
    solid: Solid | None
    density: float


class ColliderReader:
    """Reads collision prims."""

    def __init__(self, xforms: UsdGeom.XformCache, materials: MaterialReader, notes: Notes) -> None:
        """
        Args:
            xforms: Cache of world transforms.
            materials: Reader of the bound materials.
            notes: Where approximations are noted.
        """
        self._xforms = xforms
        self._materials = materials
        self._notes = notes

    def read(self, prim: Usd.Prim, moving: bool) -> ReadCollider:
        """Read a prim with ``CollisionAPI``.

        Args:
            prim: The collision prim.
            moving: True where it belongs to a rigid body that forces move.

        Raises:
            SceneError: If the prim is of a type or a shape that cannot collide.
        """
        material, density = self._materials.of(prim)
        collider, solid = self._shape(prim, moving)
        collider.material = material
        collider.contact_offset = finite_or_none(prim, "physxCollision:contactOffset")
        collider.rest_offset = finite_or_none(prim, "physxCollision:restOffset")
        if not value(prim, "physics:collisionEnabled", True):
            return ReadCollider(prim, [], solid, density)
        pieces = [self._piece(prim.GetStage(), path, collider) for path in targets(prim, CONVEX_PIECES)]
        return ReadCollider(prim, pieces or [collider], solid, density)

    def _shape(self, prim: Usd.Prim, moving: bool) -> tuple[Collider, Solid | None]:
        """Geometry of a prim as a collider in the world frame, and its volume there."""
        path, kind = str(prim.GetPath()), str(prim.GetTypeName())
        pose, scale = split_scale(self._xforms.GetLocalToWorldTransform(prim), path)
        if kind == "Mesh":
            return self._mesh(prim, pose, scale, moving)
        if kind == "Plane":
            if moving:
                raise SceneError(f"{path}: a plane cannot move; a rigid body needs a collider with a volume")
            return Collider(path, Shape.PLANE, (), _turned(pose, str(value(prim, "axis", "Z")))), None
        if kind == "Cube":
            size = tuple(value(prim, "size", 2.0) / 2.0 * np.abs(scale))
            return _primitive(path, Shape.BOX, size, pose)
        if kind == "Sphere":
            if not np.allclose(np.abs(scale), np.abs(scale[0]), rtol=1e-4):
                self._notes.add("a sphere scaled unevenly collides as the sphere of its largest radius", path)
            return _primitive(path, Shape.SPHERE, (value(prim, "radius", 1.0) * np.abs(scale).max(),), pose)
        if kind in ("Capsule", "Cylinder", "Cone"):
            return self._round(prim, pose, np.abs(scale), kind)
        raise SceneError(
            f"{path}: a prim of type {kind or 'none'} cannot collide; "
            "allowed are Cube, Sphere, Capsule, Cylinder, Cone, Plane and Mesh"
        )

    def _round(self, prim: Usd.Prim, pose: Pose, scale: np.ndarray, kind: str) -> tuple[Collider, Solid]:
        """A capsule, cylinder or cone along its authored axis."""
        path, axis = str(prim.GetPath()), str(value(prim, "axis", "Z"))
        along = "XYZ".index(axis)
        across = np.delete(scale, along)
        if not np.isclose(*across, rtol=1e-4):
            self._notes.add(f"a {kind.lower()} scaled unevenly collides with its largest radius", path)
        radius = float(value(prim, "radius", 1.0 if kind != "Capsule" else 0.5) * across.max())
        half = float(value(prim, "height", 2.0 if kind != "Capsule" else 1.0) / 2.0 * scale[along])
        pose = _turned(pose, axis)
        if kind != "Cone":
            return _primitive(path, Shape[kind.upper()], (radius, half), pose)
        angles = np.linspace(0.0, 2.0 * np.pi, _CONE_SIDES, endpoint=False)
        rim = np.stack([radius * np.cos(angles), radius * np.sin(angles), np.full_like(angles, -half)], axis=1)
        return _hull(path, np.vstack([rim, [[0.0, 0.0, half]]]), pose)

    def _mesh(self, prim: Usd.Prim, pose: Pose, scale: np.ndarray, moving: bool) -> tuple[Collider, Solid]:
        """A mesh in the approximation it asks for."""
        path = str(prim.GetPath())
        approximation = str(value(prim, "physics:approximation", "none"))
        vertices, faces = mesh_triangles(prim, scale)
        has_pieces = bool(targets(prim, CONVEX_PIECES))
        if approximation in ("none", "meshSimplification") and not moving:
            if approximation == "meshSimplification":
                self._notes.add("a mesh collides with all its triangles instead of a simplification", path)
            solid = mesh_solid(vertices, faces).moved(pose)
            return Collider(path, Shape.TRIANGLES, (), pose, vertices=vertices, faces=faces), solid
        if approximation == "boundingCube":
            low, high = vertices.min(axis=0), vertices.max(axis=0)
            return _primitive(path, Shape.BOX, tuple((high - low) / 2.0), _shifted(pose, (low + high) / 2.0))
        if approximation == "boundingSphere":
            centre = (vertices.min(axis=0) + vertices.max(axis=0)) / 2.0
            radius = float(np.linalg.norm(vertices - centre, axis=1).max())
            return _primitive(path, Shape.SPHERE, (radius,), _shifted(pose, centre))
        collider, solid = _hull(path, vertices, pose)
        if approximation == "convexHull":
            return collider, solid
        if approximation not in ("none", "meshSimplification", "convexDecomposition", "sdf"):
            raise SceneError(
                f"{path}: unknown physics:approximation '{approximation}'; allowed are none, convexHull, "
                "convexDecomposition, meshSimplification, boundingCube, boundingSphere and sdf"
            )
        if not has_pieces:
            self._notes.add(
                f"a mesh with the approximation '{approximation}' collides as its convex hull: "
                f"a moving concave shape needs convex pieces, see {CONVEX_PIECES}",
                path,
            )
        if not is_closed(faces):
            self._notes.add("an open mesh has no volume: the mass of its convex hull is used", path)
            return collider, solid
        return collider, mesh_solid(vertices, faces).moved(pose)

    def _piece(self, stage: Usd.Stage, path: str, whole: Collider) -> Collider:
        """A convex piece that stands for a part of a collider and takes over its material and offsets."""
        prim = stage.GetPrimAtPath(path)
        if not prim or not prim.IsA(UsdGeom.Gprim):
            raise SceneError(f"{whole.path}: {CONVEX_PIECES} names {path}, which is no geometry")
        if prim.IsA(UsdGeom.Mesh):
            pose, scale = split_scale(self._xforms.GetLocalToWorldTransform(prim), path)
            piece, _ = _hull(path, mesh_triangles(prim, scale)[0], pose)
        else:
            piece, _ = self._shape(prim, moving=True)
        return replace(
            piece,
            material=whole.material,
            contact_offset=whole.contact_offset,
            rest_offset=whole.rest_offset,
            source_path=whole.path,
        )


def convex_piece_paths(prims: list[Usd.Prim]) -> set[str]:
    """Paths of all convex pieces, which are no colliders of their own."""
    return {path for prim in prims for path in targets(prim, CONVEX_PIECES)}


def _primitive(path: str, shape: Shape, size: tuple[float, ...], pose: Pose) -> tuple[Collider, Solid]:
    size = tuple(float(number) for number in size)
    return Collider(path, shape, size, pose), primitive_solid(shape, size).moved(pose)


def _hull(path: str, points: np.ndarray, pose: Pose) -> tuple[Collider, Solid]:
    vertices, faces = convex_hull(points, path)
    return Collider(path, Shape.HULL, (), pose, vertices=vertices), mesh_solid(vertices, faces).moved(pose)


def _turned(pose: Pose, axis: str) -> Pose:
    return compose(pose, Pose(quat=_AXIS_TO_Z[axis]))


def _shifted(pose: Pose, offset: np.ndarray) -> Pose:
    return compose(pose, Pose(offset))
