# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""USD stage of the Franka: a fixed-base articulation with drives, limits and a mimic gripper."""

from __future__ import annotations

from dataclasses import dataclass
from math import degrees

import numpy as np
from pxr import Gf, Usd, UsdGeom, UsdPhysics, UsdShade

from isaaclab_factory.geometry import MassProperties
from isaaclab_factory.geometry.checks import require_not_negative
from isaaclab_factory.geometry.part import FRICTION

from .franka_model import Box, Capsule, Inertial, Link, LinkJoint, links
from .mujoco_contact import write_joint_limit, write_mimic
from .usd_writer import (
    add_box,
    add_physics_material,
    apply_schema,
    make_collider,
    make_rigid_body,
    new_stage,
    set_color,
)

WHITE = (0.88, 0.88, 0.90)
DARK = (0.25, 0.25, 0.27)

_NO_ROTATION = Gf.Quatf(1.0)
_HALF_TURN_ABOUT_Z = Gf.Quatf(0.0, 0.0, 0.0, 1.0)


@dataclass
class Franka:
    """The Franka Emika Panda with its hand.

    Attributes:
        finger_armature: Reflected inertia of each finger's drive (kg). Not a published number: the gripper's motor and
            spindle must have some, and with less the grasp of 15 g fingers on 7500 N/m is unstable at 480 Hz.
        friction: Default coefficient of friction; an event may write another at run time.
        force_sensor: Whether there is a body "force_sensor" between the flange and the hand.
    """

    finger_armature: float = 0.3
    friction: float = FRICTION
    force_sensor: bool = False

    def __post_init__(self):
        self.check()

    def check(self) -> None:
        """Raise a ValueError where a parameter is impossible."""
        require_not_negative(self, finger_armature=self.finger_armature, friction=self.friction)


def franka_stage(franka: Franka) -> Usd.Stage:
    """The Franka on the origin at joint positions zero, with gravity off on every link as in the Factory reference."""
    stage, root = new_stage("Franka")
    UsdPhysics.ArticulationRootAPI.Apply(root)
    apply_schema(root, "PhysxArticulationAPI", enabledSelfCollisions=False)
    UsdGeom.Scope.Define(stage, f"{root.GetPath()}/joints")
    material = add_physics_material(root, franka.friction)
    poses: dict[str, Gf.Matrix4d] = {}
    for link in links(franka.force_sensor):
        poses[link.name] = _zero_pose(link, poses)
        _add_link(stage, root, link, poses[link.name], material)
        _add_joint(stage, root, link, franka)
    return stage


def joint_frame(joint: LinkJoint) -> Gf.Matrix4d:
    """Pose of the carried link in the parent link at joint position zero (a row-vector matrix, as USD keeps them)."""
    rotation = Gf.Rotation()
    rotation.SetIdentity()
    for axis, angle in zip(((1, 0, 0), (0, 1, 0), (0, 0, 1)), joint.rpy, strict=True):
        rotation *= Gf.Rotation(Gf.Vec3d(*axis), degrees(angle))
    return Gf.Matrix4d(rotation, Gf.Vec3d(*joint.xyz))


def _zero_pose(link: Link, poses: dict[str, Gf.Matrix4d]) -> Gf.Matrix4d:
    if link.joint is None:
        return Gf.Matrix4d(1.0)
    return joint_frame(link.joint) * poses[link.joint.parent]


def _mass_properties(inertial: Inertial) -> MassProperties:
    xx, yy, zz, xy, xz, yz = inertial.inertia
    return MassProperties(inertial.mass, np.array(inertial.com), np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]))


def _add_link(stage: Usd.Stage, root: Usd.Prim, link: Link, pose: Gf.Matrix4d, material: UsdShade.Material) -> None:
    xform = UsdGeom.Xform.Define(stage, root.GetPath().AppendChild(link.name))
    # Translate, orient and scale ops (not one matrix): the layout that Isaac Sim's tools expect of a rigid body.
    xform.AddTranslateOp().Set(pose.ExtractTranslation())
    xform.AddOrientOp(UsdGeom.XformOp.PrecisionDouble).Set(pose.ExtractRotationQuat())
    xform.AddScaleOp().Set(Gf.Vec3f(1.0))
    make_rigid_body(xform.GetPrim(), _mass_properties(link.inertial))
    apply_schema(xform.GetPrim(), "PhysxRigidBodyAPI", disableGravity=True)
    for index, shape in enumerate(link.colliders):
        path = f"{xform.GetPath()}/collision_{index}"
        color = DARK if "finger" in link.name else WHITE
        add = _add_capsule if isinstance(shape, Capsule) else _add_box
        make_collider(add(stage, path, shape, color), material)


def _add_box(stage: Usd.Stage, path: str, box: Box, color: tuple[float, float, float]) -> Usd.Prim:
    return add_box(stage, path, box.center, box.size, color).GetPrim()


def _add_capsule(stage: Usd.Stage, path: str, capsule: Capsule, color: tuple[float, float, float]) -> Usd.Prim:
    shape = UsdGeom.Capsule.Define(stage, path)
    shape.CreateAxisAttr(capsule.axis)
    shape.CreateRadiusAttr(capsule.radius)
    shape.CreateHeightAttr(capsule.length)
    half = Gf.Vec3f(capsule.radius)
    half["XYZ".index(capsule.axis)] += capsule.length / 2.0
    shape.CreateExtentAttr([-half, half])
    UsdGeom.XformCommonAPI(shape).SetTranslate(Gf.Vec3d(*capsule.center))
    set_color(shape, color)
    return shape.GetPrim()


def _add_joint(stage: Usd.Stage, root: Usd.Prim, link: Link, franka: Franka) -> None:
    """The joint that carries the link; for the base, the joint that holds it in the robot's frame."""
    joint = link.joint or LinkJoint("root_joint", "fixed", "", (0.0, 0.0, 0.0))
    path = f"{root.GetPath()}/joints/{joint.name}"
    kind = {
        "fixed": UsdPhysics.FixedJoint,
        "revolute": UsdPhysics.RevoluteJoint,
        "prismatic": UsdPhysics.PrismaticJoint,
    }[joint.type]
    prim = kind.Define(stage, path)
    frame = joint_frame(joint)
    # USD knows the axes X, Y and Z only: a joint along -Y has its frame turned half round about z, on both bodies.
    turn = _HALF_TURN_ABOUT_Z if joint.axis == "-Y" else _NO_ROTATION
    prim.CreateBody0Rel().SetTargets([root.GetPath().AppendChild(joint.parent) if joint.parent else root.GetPath()])
    prim.CreateBody1Rel().SetTargets([root.GetPath().AppendChild(link.name)])
    prim.CreateLocalPos0Attr(Gf.Vec3f(frame.ExtractTranslation()))
    prim.CreateLocalRot0Attr(Gf.Quatf(frame.ExtractRotationQuat()) * turn)
    prim.CreateLocalPos1Attr(Gf.Vec3f(0.0))
    prim.CreateLocalRot1Attr(turn)
    if joint.type != "fixed":
        _add_motion(prim, joint, franka)


def _add_motion(prim: UsdPhysics.RevoluteJoint | UsdPhysics.PrismaticJoint, joint: LinkJoint, franka: Franka) -> None:
    """Axis, limits, drive, armature and mimic of a moving joint. USD and PhysX count angles in degrees."""
    revolute = joint.type == "revolute"
    unit = degrees(1.0) if revolute else 1.0
    prim.CreateAxisAttr(joint.axis[-1])
    prim.CreateLowerLimitAttr(joint.lower * unit)
    prim.CreateUpperLimitAttr(joint.upper * unit)
    drive = UsdPhysics.DriveAPI.Apply(prim.GetPrim(), "angular" if revolute else "linear")
    drive.CreateTypeAttr("force")
    drive.CreateMaxForceAttr(joint.effort)
    drive.CreateStiffnessAttr(joint.stiffness / unit)
    drive.CreateDampingAttr(joint.damping / unit)
    armature = 0.0 if revolute else franka.finger_armature
    apply_schema(prim.GetPrim(), "PhysxJointAPI", maxJointVelocity=joint.velocity * unit, armature=armature)
    write_joint_limit(prim.GetPrim())
    if joint.mimics:
        reference = prim.GetPath().GetParentPath().AppendChild(joint.mimics)
        write_mimic(prim.GetPrim(), reference)
        # PhysX keeps q + gearing * q_reference + offset = 0.
        apply_schema(prim.GetPrim(), "PhysxMimicJointAPI:rotY", gearing=-1.0, offset=0.0, referenceJointAxis="rotY")
        prim.GetPrim().CreateRelationship("physxMimicJoint:rotY:referenceJoint", custom=False).SetTargets([reference])
