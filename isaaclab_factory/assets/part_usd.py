# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""USD stages of the parts."""

from __future__ import annotations

import numpy as np
from pxr import Usd, UsdGeom, UsdPhysics

from isaaclab_factory.geometry import GearBase, Hole, MassProperties, MetricBolt, Part, Table
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


def part_stage(part: Part, fixed: bool = False, decides_friction: bool = False) -> Usd.Stage:
    """A rigid body with a mesh to look at and colliders in two variants, each with its contact material.

    The prim's frame is that of the geometry: for a peg and a hole the centre of the base with z along the axis.

    Args:
        part: The part.
        fixed: False for a free body at the root. True for an articulation whose link "part" has a fixed joint to the
            world: in MuJoCo such a body has no degrees of freedom, where a kinematic one has six of 1e10 kg.
        decides_friction: Whether MuJoCo takes the friction of this part where it touches another part.

    Returns:
        The stage.
    """
    stage, root = new_stage(type(part).__name__)
    body = UsdGeom.Xform.Define(stage, f"{root.GetPath()}/part").GetPrim() if fixed else root
    make_rigid_body(body, part.mass_properties)
    apply_schema(body, "PhysxRigidBodyAPI")
    color = BLOCK if isinstance(part, Hole | GearBase | MetricBolt) else STEEL
    mesh = add_mesh(stage, f"{body.GetPath()}/mesh", part.mesh(), color).GetPrim()
    variants = root.GetVariantSets().AddVariantSet(COLLIDERS)
    for name in (CONVEX, SDF):
        variants.AddVariant(name)
        variants.SetVariantSelection(name)
        with variants.GetVariantEditContext():
            if name == SDF:
                make_sdf_collider(mesh, add_physics_material(root, part.friction))
            else:
                _add_convex_colliders(root, body, part, color, decides_friction)
    if fixed:
        _fix_to_world(root, body)
    return stage


def _add_convex_colliders(
    root: Usd.Prim, body: Usd.Prim, part: Part, color: tuple[float, float, float], decides_friction: bool
) -> None:
    """The convex pieces. MuJoCo knows one friction for two colliders, the larger one, where PhysX takes the mean.

    So a part whose friction differs from everybody else's gets the mean and a priority, which makes it count.
    """
    material = add_physics_material(root, (part.friction + FRICTION) / 2.0)
    path, priority = f"{body.GetPath()}/convex", 2 if decides_friction else int(part.friction != FRICTION)
    add_convex_pieces(root.GetStage(), path, part.convex_pieces(), color, material, priority)


def _fix_to_world(root: Usd.Prim, body: Usd.Prim) -> None:
    """Make the root a fixed-base articulation, with a second link: OpenUSD's physics parser skips those with one."""
    stage = root.GetStage()
    UsdPhysics.ArticulationRootAPI.Apply(root)
    apply_schema(root, "PhysxArticulationAPI", enabledSelfCollisions=False)
    frame = UsdGeom.Xform.Define(stage, f"{root.GetPath()}/frame").GetPrim()
    make_rigid_body(frame, MassProperties(0.001, np.zeros(3), 1e-7 * np.eye(3)))
    for name, parent, child in (("root_joint", root, body), ("frame_joint", body, frame)):
        joint = UsdPhysics.FixedJoint.Define(stage, f"{root.GetPath()}/joints/{name}")
        joint.CreateBody0Rel().SetTargets([parent.GetPath()])
        joint.CreateBody1Rel().SetTargets([child.GetPath()])


def table_stage(table: Table) -> Usd.Stage:
    """A static table; the centre of its top surface is the origin. Only the top collides."""
    stage, root = new_stage("Table")
    material = add_physics_material(root, table.friction)
    names = ["top", *(f"leg_{index}" for index in range(4))]
    for name, (center, size) in zip(names, table.boxes(), strict=True):
        add_box(stage, f"{root.GetPath()}/{name}", center, size, WOOD)
    # a prim of its own: Isaac Lab's Newton backend draws no collider of what also has prims to look at, as the legs are
    collider = add_box(stage, f"{root.GetPath()}/collider", *table.boxes()[0], WOOD)
    collider.CreatePurposeAttr(UsdGeom.Tokens.guide)
    make_collider(collider.GetPrim(), material)
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
