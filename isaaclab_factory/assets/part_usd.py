# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""USD stages of the parts."""

from __future__ import annotations

from pxr import Usd, UsdGeom

from isaaclab_factory.geometry import GearBase, Hole, MetricBolt, Part, Table

from .ground import Ground
from .usd_writer import (
    add_box,
    add_sdf_collider,
    apply_schema,
    bind_physics_material,
    make_collider,
    make_rigid_body,
    new_stage,
)

STEEL = (0.72, 0.60, 0.30)
BLOCK = (0.55, 0.58, 0.62)
WOOD = (0.62, 0.52, 0.42)


def part_stage(part: Part) -> Usd.Stage:
    """A rigid body with one SDF mesh collider, its convex pieces and a contact material.

    The prim's frame is that of the geometry: for a peg and a hole the centre of the base with z along the axis.
    """
    stage, root = new_stage(type(part).__name__)
    make_rigid_body(root, part.mass_properties)
    apply_schema(root, "PhysxRigidBodyAPI")
    color = BLOCK if isinstance(part, Hole | GearBase | MetricBolt) else STEEL
    add_sdf_collider(stage, f"{root.GetPath()}/collision", part.mesh(), part.convex_pieces(), color)
    bind_physics_material(root, part.friction)
    return stage


def table_stage(table: Table) -> Usd.Stage:
    """A static table; the centre of its top surface is the origin. Only the top collides."""
    stage, root = new_stage("Table")
    names = ["top", *(f"leg_{index}" for index in range(4))]
    for name, (center, size) in zip(names, table.boxes(), strict=True):
        box = add_box(stage, f"{root.GetPath()}/{name}", center, size, WOOD)
        if name == "top":
            make_collider(box.GetPrim())
    bind_physics_material(root, table.friction)
    return stage


def ground_stage(ground: Ground) -> Usd.Stage:
    """An infinite static plane at z = 0, normal +z."""
    stage, root = new_stage("Ground")
    plane = UsdGeom.Plane.Define(stage, f"{root.GetPath()}/plane")
    plane.CreateAxisAttr(UsdGeom.Tokens.z)
    plane.CreateWidthAttr(100.0)
    plane.CreateLengthAttr(100.0)
    plane.CreateDisplayColorAttr([(0.3, 0.32, 0.35)])
    make_collider(plane.GetPrim())
    bind_physics_material(root, ground.friction)
    return stage
