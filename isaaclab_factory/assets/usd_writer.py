# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Small pieces of USD that the generated files are made of.

PhysX attributes are written by name: the ``PhysxSchema`` classes come with Isaac Sim only, but the attributes are the
same.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from pxr import Gf, Sdf, Usd, UsdGeom, UsdPhysics, UsdShade, Vt

from isaaclab_factory.geometry import Cylinder, MassProperties, Sphere, TriangleMesh

from .mujoco_contact import write_contact

_TYPES = {bool: Sdf.ValueTypeNames.Bool, int: Sdf.ValueTypeNames.Int, float: Sdf.ValueTypeNames.Float}


def new_stage(root: str) -> tuple[Usd.Stage, Usd.Prim]:
    """A stage in memory, in metres and kilograms, z up, with a default prim.

    Args:
        root: Name of the default prim.

    Returns:
        The stage and its default prim.
    """
    stage = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.z)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    UsdPhysics.SetStageKilogramsPerUnit(stage, 1.0)
    prim = UsdGeom.Xform.Define(stage, f"/{root}").GetPrim()
    stage.SetDefaultPrim(prim)
    return stage, prim


def apply_schema(prim: Usd.Prim, schema: str, **attributes: bool | int | float | str) -> None:
    """Apply an API schema by name and write its attributes.

    Args:
        prim: The prim.
        schema: Name of the schema, such as "PhysxRigidBodyAPI" or, with an instance, "PhysxMimicJointAPI:rotY".
        attributes: Attribute values. Names without the schema's prefix, e.g. disableGravity for
            ``physxRigidBody:disableGravity``.
    """
    prim.AddAppliedSchema(schema)
    base, _, instance = schema.partition(":")
    prefix = base[0].lower() + base[1:].removesuffix("API") + (f":{instance}" if instance else "")
    for name, value in attributes.items():
        value_type = _TYPES.get(type(value), Sdf.ValueTypeNames.Token)
        prim.CreateAttribute(f"{prefix}:{name}", value_type, custom=False).Set(value)


def add_mesh(stage: Usd.Stage, path: str, mesh: TriangleMesh, color: Iterable[float]) -> UsdGeom.Mesh:
    """A triangle mesh with flat shading."""
    prim = UsdGeom.Mesh.Define(stage, path)
    prim.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(mesh.vertices.astype(np.float32)))
    prim.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(mesh.faces.astype(np.int32).ravel()))
    prim.CreateFaceVertexCountsAttr(Vt.IntArray([3] * len(mesh.faces)))
    prim.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    prim.CreateExtentAttr(UsdGeom.PointBased.ComputeExtent(prim.GetPointsAttr().Get()))
    set_color(prim, color)
    return prim


def add_box(
    stage: Usd.Stage, path: str, center: Iterable[float], size: Iterable[float], color: Iterable[float]
) -> UsdGeom.Cube:
    """A box: a unit cube, scaled."""
    cube = UsdGeom.Cube.Define(stage, path)
    cube.CreateSizeAttr(1.0)
    cube.CreateExtentAttr([(-0.5, -0.5, -0.5), (0.5, 0.5, 0.5)])
    xform = UsdGeom.XformCommonAPI(cube)
    xform.SetTranslate(Gf.Vec3d(*center))
    xform.SetScale(Gf.Vec3f(*size))
    set_color(cube, color)
    return cube


def add_sphere(stage: Usd.Stage, path: str, sphere: Sphere, color: Iterable[float]) -> UsdGeom.Sphere:
    """A sphere."""
    prim = UsdGeom.Sphere.Define(stage, path)
    prim.CreateRadiusAttr(sphere.radius)
    prim.CreateExtentAttr([(-sphere.radius,) * 3, (sphere.radius,) * 3])
    UsdGeom.XformCommonAPI(prim).SetTranslate(Gf.Vec3d(*sphere.center))
    set_color(prim, color)
    return prim


def add_cylinder(stage: Usd.Stage, path: str, cylinder: Cylinder, color: Iterable[float]) -> UsdGeom.Cylinder:
    """A cylinder about the z axis."""
    prim = UsdGeom.Cylinder.Define(stage, path)
    radius, height = cylinder.radius, cylinder.top - cylinder.bottom
    prim.CreateAxisAttr(UsdGeom.Tokens.z)
    prim.CreateRadiusAttr(radius)
    prim.CreateHeightAttr(height)
    prim.CreateExtentAttr([(-radius, -radius, -height / 2.0), (radius, radius, height / 2.0)])
    UsdGeom.XformCommonAPI(prim).SetTranslate(Gf.Vec3d(0.0, 0.0, (cylinder.bottom + cylinder.top) / 2.0))
    set_color(prim, color)
    return prim


def set_color(gprim: UsdGeom.Gprim, color: Iterable[float]) -> None:
    """Give a shape its display colour (r, g, b)."""
    gprim.CreateDisplayColorAttr([Gf.Vec3f(*color)])


def make_rigid_body(prim: Usd.Prim, mass: MassProperties) -> None:
    """Make a prim a rigid body with explicit mass, centre of mass and inertia."""
    UsdPhysics.RigidBodyAPI.Apply(prim)
    moments, axes = np.linalg.eigh(mass.inertia)
    if np.linalg.det(axes) < 0.0:
        axes[:, 0] *= -1.0
    # USD keeps row vectors, so its matrix is the transpose of the one whose columns are the axes.
    orientation = Gf.Matrix3d(*axes.T.ravel().tolist()).ExtractRotation().GetQuat()
    api = UsdPhysics.MassAPI.Apply(prim)
    api.CreateMassAttr(float(mass.mass))
    api.CreateCenterOfMassAttr(Gf.Vec3f(*mass.com.tolist()))
    api.CreateDiagonalInertiaAttr(Gf.Vec3f(*moments.tolist()))
    api.CreatePrincipalAxesAttr(Gf.Quatf(orientation))


def add_physics_material(root: Usd.Prim, friction: float) -> UsdShade.Material:
    """A contact material with this friction and no restitution, below a prim."""
    material = UsdShade.Material.Define(root.GetStage(), root.GetPath().AppendChild("physics_material"))
    api = UsdPhysics.MaterialAPI.Apply(material.GetPrim())
    api.CreateStaticFrictionAttr(friction)
    api.CreateDynamicFrictionAttr(friction)
    api.CreateRestitutionAttr(0.0)
    apply_schema(
        material.GetPrim(), "PhysxMaterialAPI", frictionCombineMode="average", restitutionCombineMode="average"
    )
    return material


def make_collider(prim: Usd.Prim, material: UsdShade.Material, priority: int = 0) -> None:
    """Make a shape a collider, with the contact numbers of MuJoCo.

    A mesh collides as its convex hull; a primitive shape as it is.

    Args:
        prim: The shape.
        material: Its contact material.
        priority: See :func:`~isaaclab_factory.assets.mujoco_contact.write_contact`.
    """
    UsdPhysics.CollisionAPI.Apply(prim)
    _bind(prim, material)
    write_contact(prim, priority)
    if prim.IsA(UsdGeom.Mesh):
        UsdPhysics.MeshCollisionAPI.Apply(prim).CreateApproximationAttr("convexHull")
        # All corners: by default Newton keeps 64 of them, fewer than the hull of a peg has.
        prim.AddAppliedSchema("NewtonMeshCollisionAPI")
        prim.CreateAttribute("newton:maxHullVertices", Sdf.ValueTypeNames.Int, custom=False).Set(-1)


def make_sdf_collider(prim: Usd.Prim, material: UsdShade.Material) -> None:
    """Make a mesh a collider that PhysX collides as a signed distance field."""
    UsdPhysics.CollisionAPI.Apply(prim)
    _bind(prim, material)
    UsdPhysics.MeshCollisionAPI.Apply(prim).CreateApproximationAttr("sdf")
    # Resolution and margins: the values of the Factory paper's assets, a cell of about 0.1 to 0.2 mm.
    apply_schema(prim, "PhysxSDFMeshCollisionAPI", sdfResolution=256, sdfSubgridResolution=6, sdfMargin=0.01)


def add_convex_pieces(
    stage: Usd.Stage,
    path: str,
    pieces: list[TriangleMesh | Sphere | Cylinder],
    color: Iterable[float],
    material: UsdShade.Material,
    priority: int = 0,
) -> None:
    """Convex colliders that stand for a solid. They have the purpose "guide", so that renderers pass them over.

    Args:
        stage: The stage.
        path: Prim path of their folder.
        pieces: The pieces.
        color: Display colour (r, g, b).
        material: Their contact material.
        priority: See :func:`~isaaclab_factory.assets.mujoco_contact.write_contact`.
    """
    UsdGeom.Scope.Define(stage, path).CreatePurposeAttr(UsdGeom.Tokens.guide)
    add = {TriangleMesh: add_mesh, Sphere: add_sphere, Cylinder: add_cylinder}
    for index, piece in enumerate(pieces):
        shape = add[type(piece)](stage, f"{path}/piece_{index:03d}", piece, color)
        make_collider(shape.GetPrim(), material, priority=priority)


def _bind(collider: Usd.Prim, material: UsdShade.Material) -> None:
    # On the collider itself: OpenUSD's physics parser, which Newton uses, does not look at its ancestors.
    binding = UsdShade.MaterialBindingAPI.Apply(collider)
    binding.Bind(material, UsdShade.Tokens.weakerThanDescendants, "physics")
