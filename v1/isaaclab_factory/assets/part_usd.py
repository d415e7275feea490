# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""USD stages of the parts."""

from __future__ import annotations

from pxr import Usd, UsdGeom

from isaaclab_factory.geometry import GearBase, Hole, MetricBolt, Part, Table
from isaaclab_factory.geometry.part import FRICTION

from .ground import Ground
from .usd_writer import (
    add_box,
    add_convex_pieces,
    add_mesh,
    add_physics_material,
    apply_schema,
    make_collider,
    make_rigid_body,
    make_sdf_collider,
    new_stage,
)

COLLIDERS = "colliders"
"""Name of the variant set of a part's colliders: "sdf" or "convex"."""

SDF = "sdf"
"""Variant for PhysX: the triangle mesh as a signed distance field."""

CONVEX = "convex"
"""Variant for MuJoCo and Newton's other solvers: convex pieces."""

STEEL = (0.72, 0.60, 0.30)
BLOCK = (0.55, 0.58, 0.62)
WOOD = (0.62, 0.52, 0.42)


def part_stage(part: Part) -> Usd.Stage:
    """A rigid body with a mesh to look at and colliders in two variants, each with its contact material.

    The prim's frame is that of the geometry: for a peg and a hole the centre of the base with z along the axis.
    """
    stage, root = new_stage(type(part).__name__)
    make_rigid_body(root, part.mass_properties)
    apply_schema(root, "PhysxRigidBodyAPI")
    color = BLOCK if isinstance(part, Hole | GearBase | MetricBolt) else STEEL
    mesh = add_mesh(stage, f"{root.GetPath()}/mesh", part.mesh(), color).GetPrim()
    variants = root.GetVariantSets().AddVariantSet(COLLIDERS)
    for name in (CONVEX, SDF):
        variants.AddVariant(name)
        variants.SetVariantSelection(name)
        with variants.GetVariantEditContext():
            if name == SDF:
                make_sdf_collider(mesh, add_physics_material(root, part.friction))
            else:
                _add_convex_colliders(stage, root, part, color)
    return stage


def _add_convex_colliders(stage: Usd.Stage, root: Usd.Prim, part: Part, color: tuple[float, float, float]) -> None:
    """The convex pieces. MuJoCo knows one friction for two colliders, the larger one, where PhysX takes the mean.

    So a part whose friction differs from everybody else's gets the mean and a priority, which make it count.
    """
    material = add_physics_material(root, (part.friction + FRICTION) / 2.0)
    path, priority = f"{root.GetPath()}/convex", int(part.friction != FRICTION)
    add_convex_pieces(stage, path, part.convex_pieces(), color, material, priority)


def table_stage(table: Table) -> Usd.Stage:
    """A static table; the centre of its top surface is the origin. Only the top collides."""
    stage, root = new_stage("Table")
    material = add_physics_material(root, table.friction)
    names = ["top", *(f"leg_{index}" for index in range(4))]
    for name, (center, size) in zip(names, table.boxes(), strict=True):
        box = add_box(stage, f"{root.GetPath()}/{name}", center, size, WOOD)
        if name == "top":
            make_collider(box.GetPrim(), material)
    return stage


def ground_stage(ground: Ground) -> Usd.Stage:
    """An infinite static plane at z = 0, normal +z."""
    stage, root = new_stage("Ground")
    plane = UsdGeom.Plane.Define(stage, f"{root.GetPath()}/plane")
    plane.CreateAxisAttr(UsdGeom.Tokens.z)
    plane.CreateWidthAttr(100.0)
    plane.CreateLengthAttr(100.0)
    plane.CreateDisplayColorAttr([(0.3, 0.32, 0.35)])
    make_collider(plane.GetPrim(), add_physics_material(root, ground.friction))
    return stage
