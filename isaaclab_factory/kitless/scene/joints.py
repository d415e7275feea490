# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""From joint prims to :class:`Joint`."""

from __future__ import annotations

import math

import numpy as np
from pxr import Usd, UsdGeom

from .description import Drive, Joint, JointType, Mimic, Pose
from .notes import Notes, SceneError
from .prims import LARGE, authored, instances, targets, value
from .transforms import compose, quat_array, relative, split_scale

_TYPES = {
    "PhysicsFixedJoint": JointType.FIXED,
    "PhysicsRevoluteJoint": JointType.REVOLUTE,
    "PhysicsPrismaticJoint": JointType.PRISMATIC,
}
_AXES = {"X": np.array([1.0, 0.0, 0.0]), "Y": np.array([0.0, 1.0, 0.0]), "Z": np.array([0.0, 0.0, 1.0])}
_UNIT = {JointType.REVOLUTE: math.pi / 180.0, JointType.PRISMATIC: 1.0}  # SI per USD unit of the joint's position
_FREEDOM = {JointType.REVOLUTE: "angular", JointType.PRISMATIC: "linear"}  # instance names of drives and states


def is_joint(prim: Usd.Prim) -> bool:
    """True for a joint of any type, also of those that cannot be simulated."""
    kind = str(prim.GetTypeName())
    return kind.startswith(("Physics", "PhysxPhysics")) and kind.endswith("Joint")


class JointReader:
    """Reads joint prims."""

    def __init__(self, xforms: UsdGeom.XformCache, body_poses: dict[str, Pose], notes: Notes) -> None:
        """
        Args:
            xforms: Cache of world transforms.
            body_poses: World pose of every rigid body by its path.
            notes: Where approximations are noted.
        """
        self._xforms = xforms
        self._bodies = body_poses
        self._notes = notes

    def read(self, prim: Usd.Prim) -> Joint | None:
        """Read a joint prim.

        Returns:
            The joint with its coordinate as USD defines it (body 1 relative to body 0), None for one that is disabled
            or connects no rigid body.

        Raises:
            SceneError: If the joint is of a type that cannot be simulated, can break, or connects a body with itself.
        """
        path, kind = str(prim.GetPath()), str(prim.GetTypeName())
        if not value(prim, "physics:jointEnabled", True):
            return None
        if kind not in _TYPES:
            raise SceneError(f"{path}: a {kind} cannot be simulated; allowed are fixed, revolute and prismatic joints")
        for name in ("physics:breakForce", "physics:breakTorque"):
            if value(prim, name, math.inf) < LARGE:
                raise SceneError(f"{path}: {name} is set, but joints cannot break; leave it at infinity")
        parent, parent_frame = self._side(prim, 0)
        child, child_frame = self._side(prim, 1)
        if parent is None and child is None:
            self._notes.add("a joint without a rigid body holds nothing", path)
            return None
        if parent == child:
            raise SceneError(f"{path}: a joint must connect two bodies or a body and the world; both sides are {child}")
        joint = Joint(path, _TYPES[kind], parent, child or "", parent_frame, child_frame)
        joint.collision_enabled = bool(value(prim, "physics:collisionEnabled", False))
        if joint.type is not JointType.FIXED:
            self._read_freedom(prim, joint)
        return joint if child is not None else reversed_joint(joint)

    def _side(self, prim: Usd.Prim, side: int) -> tuple[str | None, Pose]:
        """Rigid body on one side of a joint, None for the world, and the joint frame in its frame."""
        pos = np.array(value(prim, f"physics:localPos{side}", [0.0] * 3), dtype=float)
        quat = value(prim, f"physics:localRot{side}", None)
        local = Pose(pos, quat_array(quat) if quat is not None else Pose().quat)
        paths = targets(prim, f"physics:body{side}")
        if not paths:
            return None, local
        if len(paths) > 1:
            raise SceneError(f"{prim.GetPath()}: physics:body{side} names {len(paths)} prims; allowed is one")
        target = prim.GetStage().GetPrimAtPath(paths[0])
        if not target:
            raise SceneError(f"{prim.GetPath()}: physics:body{side} names {paths[0]}, which does not exist")
        pose, scale = split_scale(self._xforms.GetLocalToWorldTransform(target), target.GetPath())
        frame = compose(pose, Pose(local.pos * scale, local.quat))
        body = target
        while body and str(body.GetPath()) not in self._bodies:
            body = body.GetParent()
        if not body:
            return None, frame
        return str(body.GetPath()), relative(self._bodies[str(body.GetPath())], frame)

    def _read_freedom(self, prim: Usd.Prim, joint: Joint) -> None:
        """Fill in what only joints with a degree of freedom have."""
        unit, freedom = _UNIT[joint.type], _FREEDOM[joint.type]
        joint.axis = _AXES[str(value(prim, "physics:axis", "X"))].copy()
        joint.lower = _bounded(value(prim, "physics:lowerLimit", -math.inf)) * unit
        joint.upper = _bounded(value(prim, "physics:upperLimit", math.inf)) * unit
        if joint.lower > joint.upper:
            raise SceneError(f"{joint.path}: the lower limit {joint.lower} lies above the upper limit {joint.upper}")
        joint.armature = float(value(prim, "physxJoint:armature", 0.0))
        joint.friction = float(value(prim, "physxJoint:jointFriction", 0.0))
        joint.max_velocity = _bounded(authored(prim, "physxJoint:maxJointVelocity", math.inf)) * unit
        joint.position = float(value(prim, f"state:{freedom}:physics:position", 0.0)) * unit
        joint.velocity = float(value(prim, f"state:{freedom}:physics:velocity", 0.0)) * unit
        for name in instances(prim, "PhysicsDriveAPI"):
            if name == freedom:
                joint.drive = _read_drive(prim, freedom, unit)
            else:
                self._notes.add(f"a drive '{name}' on a joint whose freedom is {freedom} has no effect", joint.path)
        joint.mimic = self._read_mimic(prim, joint)

    def _read_mimic(self, prim: Usd.Prim, joint: Joint) -> Mimic | None:
        """Coupling to another joint; gearing and offset are authored in degrees where a joint turns."""
        names = instances(prim, "PhysxMimicJointAPI")
        if not names:
            return None
        prefix = f"physxMimicJoint:{names[0]}"
        references = targets(prim, f"{prefix}:referenceJoint")
        if len(names) > 1 or len(references) != 1:
            raise SceneError(f"{joint.path}: a mimic joint must follow exactly one reference joint")
        reference = prim.GetStage().GetPrimAtPath(references[0])
        kind = _TYPES.get(str(reference.GetTypeName())) if reference else None
        if kind not in _UNIT:
            raise SceneError(f"{joint.path}: its reference {references[0]} must be a revolute or prismatic joint")
        if value(prim, f"{prefix}:naturalFrequency", 0.0) > 0.0:
            self._notes.add(
                "a compliant mimic joint (naturalFrequency, dampingRatio) is simulated as rigid", joint.path
            )
        unit = _UNIT[joint.type]
        gearing = float(value(prim, f"{prefix}:gearing", 1.0)) * unit / _UNIT[kind]
        return Mimic(references[0], gearing, float(value(prim, f"{prefix}:offset", 0.0)) * unit)


def reversed_joint(joint: Joint) -> Joint:
    """The same joint with its bodies exchanged and its axis turned round, so that the coordinate keeps its meaning."""
    joint.parent, joint.child = joint.child or None, joint.parent or ""
    joint.parent_frame, joint.child_frame = joint.child_frame, joint.parent_frame
    joint.axis = -joint.axis
    return joint


def _read_drive(prim: Usd.Prim, freedom: str, unit: float) -> Drive:
    """A drive with its gains, which USD gives per degree, in SI units."""
    prefix = f"drive:{freedom}:physics"
    return Drive(
        stiffness=float(value(prim, f"{prefix}:stiffness", 0.0)) / unit,
        damping=float(value(prim, f"{prefix}:damping", 0.0)) / unit,
        max_force=_bounded(value(prim, f"{prefix}:maxForce", math.inf)),
        target_pos=float(value(prim, f"{prefix}:targetPosition", 0.0)) * unit,
        target_vel=float(value(prim, f"{prefix}:targetVelocity", 0.0)) * unit,
        acceleration=str(value(prim, f"{prefix}:type", "force")) == "acceleration",
    )


def _bounded(number: float) -> float:
    """A limit, with the largest floats that tools write for "none" taken as infinite."""
    return math.copysign(math.inf, number) if abs(number) >= LARGE else float(number)
