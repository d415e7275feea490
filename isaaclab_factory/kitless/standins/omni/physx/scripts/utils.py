# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Helpers that author physics on a stage."""

from __future__ import annotations

from pxr import Gf, Sdf, Usd, UsdGeom, UsdPhysics

from isaaclab_factory.kitless.unsupported import NotSupportedWithoutIsaacSim

_JOINTS = {
    "Fixed": UsdPhysics.FixedJoint,
    "Prismatic": UsdPhysics.PrismaticJoint,
    "Revolute": UsdPhysics.RevoluteJoint,
    "Spherical": UsdPhysics.SphericalJoint,
}
_RIGID_BODY_SCHEMAS = (
    UsdPhysics.RigidBodyAPI,
    UsdPhysics.CollisionAPI,
    UsdPhysics.MeshCollisionAPI,
    UsdPhysics.MassAPI,
)


def createJoint(stage: Usd.Stage, joint_type: str, from_prim: Usd.Prim | None, to_prim: Usd.Prim) -> Usd.Prim:
    """Create a joint at the origin of a body that keeps two bodies where they are.

    Args:
        stage: The stage.
        joint_type: "Fixed", "Prismatic", "Revolute" or "Spherical".
        from_prim: First body, None for the world.
        to_prim: Second body; the joint is created below it.

    Returns:
        The prim of the joint.
    """
    if joint_type not in _JOINTS:
        raise NotSupportedWithoutIsaacSim(f"creating joints of type '{joint_type}'")
    path = f"{to_prim.GetPath()}/{joint_type}Joint"
    joint = _JOINTS[joint_type].Define(stage, path)
    pose = _rigid_transform(to_prim)
    if from_prim is not None:
        joint.CreateBody0Rel().SetTargets([from_prim.GetPath()])
        pose = pose * _rigid_transform(from_prim).GetInverse()
    joint.CreateBody1Rel().SetTargets([to_prim.GetPath()])
    joint.CreateLocalPos0Attr(Gf.Vec3f(pose.ExtractTranslation()))
    joint.CreateLocalRot0Attr(Gf.Quatf(pose.ExtractRotationQuat()))
    joint.CreateLocalPos1Attr(Gf.Vec3f(0.0))
    joint.CreateLocalRot1Attr(Gf.Quatf(1.0))
    return joint.GetPrim()


def _rigid_transform(prim: Usd.Prim) -> Gf.Matrix4d:
    """World transform of a prim without its scale."""
    return UsdGeom.Xformable(prim).ComputeLocalToWorldTransform(Usd.TimeCode.Default()).RemoveScaleShear()


def removeRigidBodySubtree(prim: Usd.Prim) -> None:
    """Remove the rigid bodies, colliders and joints of a prim and all below it."""
    joints: list[Sdf.Path] = []
    for child in Usd.PrimRange(prim):
        for schema in (*_RIGID_BODY_SCHEMAS, UsdPhysics.ArticulationRootAPI):
            if child.HasAPI(schema):
                child.RemoveAPI(schema)
        if child.IsA(UsdPhysics.Joint):
            joints.append(child.GetPath())
    for path in joints:
        prim.GetStage().GetPrimAtPath(path).SetActive(False)
