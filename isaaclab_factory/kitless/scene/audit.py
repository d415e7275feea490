# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Finds what is authored on physics prims but no kit-less engine honours, so that nothing is silently ignored."""

from __future__ import annotations

import math
import re

from pxr import Usd

from .notes import Notes, SceneError, logger
from .prims import LARGE, applied_schemas, value

_SPACES = ("physics:", "physx", "drive:", "limit:", "state:")

_UNSUPPORTED_SCHEMAS = {
    "PhysxTendon": "tendons",
    "PhysxDeformable": "deformable bodies",
    "OmniPhysicsDeformable": "deformable bodies",
    "PhysxAutoDeformable": "deformable bodies",
    "PhysxParticle": "particles",
    "PhysxVehicle": "vehicles",
    "PhysxForceAPI": "forces authored on prims",
    "PhysxSurfaceVelocityAPI": "surface velocities",
    "PhysxTriggerAPI": "triggers",
    "PhysxCharacterControllerAPI": "character controllers",
}
"""Prefixes of API schemas and prim types that change the motion, and what they stand for."""

_UNSUPPORTED_VALUES = {
    "physxRigidBody:lockedPosAxis": 0,
    "physxRigidBody:lockedRotAxis": 0,
    "physxRigidBody:solveContact": True,
}
"""Attributes that change the motion, and the only value that can be simulated."""

_HONOURED = re.compile(
    r"""physics:(mass|density|centerOfMass|diagonalInertia|principalAxes)
    |physics:(rigidBodyEnabled|kinematicEnabled|velocity|angularVelocity)
    |physics:(collisionEnabled|approximation|filteredPairs|filteredGroups|invertFilteredGroups|simulationOwner)
    |physics:(body[01]|localPos[01]|localRot[01]|axis|lowerLimit|upperLimit)
    |physics:(jointEnabled|excludeFromArticulation|breakForce|breakTorque)
    |physics:(staticFriction|dynamicFriction|restitution|gravityDirection|gravityMagnitude)
    |(drive|state):(angular|linear):physics:\w+
    |physxRigidBody:(disableGravity|linearDamping|angularDamping|maxLinearVelocity|maxAngularVelocity)
    |physxCollision:(contactOffset|restOffset)
    |physxArticulation:(articulationEnabled|enabledSelfCollisions)
    |physxJoint:(armature|jointFriction|maxJointVelocity)
    |physxMimicJoint:\w+:(gearing|offset|referenceJoint|referenceJointAxis|naturalFrequency|dampingRatio)
    |physxMaterial:(frictionCombineMode|restitutionCombineMode)
    |physxScene:invertCollisionGroupFilter
    |physxContactReport:\w+
    """,
    re.VERBOSE,
)
_TUNING = re.compile(
    r"""physxScene:\w+
    |physx(RigidBody|Articulation):(solver(Position|Velocity)IterationCount|sleepThreshold|stabilizationThreshold)
    |physxRigidBody:(enableCCD|enableSpeculativeCCD|maxDepenetrationVelocity|cfmScale|contactSlopCoefficient)
    |physx(ConvexHull|ConvexDecomposition|TriangleMesh|TriangleMeshSimplification|SDFMesh)Collision:\w+
    |physxMaterial:improvePatchFriction
    """,
    re.VERBOSE,
)
"""What steers PhysX's solver or its mesh cooking, and means nothing to another engine."""


def audit(prims: list[Usd.Prim], notes: Notes) -> None:
    """Check what is authored on prims against what the reader hands to an engine.

    Args:
        prims: Prims of the template world and those shared by all worlds.
        notes: Where ignored attributes are noted: each once, the tuning of PhysX's solver by a
            count, with the names at the level INFO.

    Raises:
        SceneError: If a prim holds something that would change the motion and cannot be simulated.
    """
    tuning: dict[str, str] = {}
    for prim in prims:
        _check_schemas(prim)
        for prop in prim.GetAuthoredProperties():
            name = prop.GetName()
            if not name.startswith(_SPACES) or _HONOURED.fullmatch(name):
                continue
            if isinstance(prop, Usd.Attribute) and _is_default(prim, prop):
                continue
            if name in _UNSUPPORTED_VALUES:
                _check_value(prim, name)
            elif _TUNING.fullmatch(name):
                tuning.setdefault(name, str(prim.GetPath()))
            else:
                notes.add(f"{name} has no effect without PhysX", prim.GetPath())
    if tuning:
        notes.add(f"{len(tuning)} settings of PhysX's own solver have no effect", next(iter(tuning.values())))
        logger.info("settings of PhysX's own solver, which have no effect: %s", ", ".join(sorted(tuning)))


def _check_schemas(prim: Usd.Prim) -> None:
    for schema in (*applied_schemas(prim), str(prim.GetTypeName())):
        for prefix, what in _UNSUPPORTED_SCHEMAS.items():
            if schema.startswith(prefix) and "Material" not in schema:
                raise SceneError(f"{prim.GetPath()}: {what} ({schema}) cannot be simulated without PhysX")


def _check_value(prim: Usd.Prim, name: str) -> None:
    found, allowed = value(prim, name, None), _UNSUPPORTED_VALUES[name]
    if found is not None and found != allowed:
        raise SceneError(f"{prim.GetPath()}: {name} is {found}, which cannot be simulated; allowed is {allowed}")


def _is_default(prim: Usd.Prim, attribute: Usd.Attribute) -> bool:
    """True where an attribute has no value, or says what its schema says anyway."""
    found = attribute.Get()
    fallback = prim.GetPrimDefinition().GetAttributeFallbackValue(attribute.GetName())
    if found is None or fallback == math.inf:
        return found is None or found >= LARGE
    return fallback is not None and found == fallback
