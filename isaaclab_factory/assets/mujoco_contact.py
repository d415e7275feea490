# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Contact numbers of MuJoCo, written into the USD files.

Newton's importer reads them (``newton:*`` and ``mjc:*`` attributes), so MuJoCo's C library and MuJoCo Warp get the same
ones. PhysX ignores them.

They were tuned on a torque controlled arm that holds a part of a few tens of grams between two finger pads and pushes
it into a tight hole. Softer contacts let the part slip; stiffer ones need a shorter step.
"""

from __future__ import annotations

from pxr import Sdf, Usd, Vt

TIME_STEP = 1.0 / 480.0
"""Longest engine step for which the numbers hold (s)."""

SOLREF = Vt.DoubleArray([2.0 * TIME_STEP, 1.0])
"""Time constant (s) and damping ratio of contacts and joint limits: the stiffest that MuJoCo keeps stable."""

SOLIMP = Vt.DoubleArray([0.99, 0.999, 0.0005, 0.5, 2.0])
"""Impedance of contacts, joint limits and couplings (``solimp``); the third value is in m or rad."""

MIMIC_SOLREF = Vt.DoubleArray([0.005, 1.0])
"""Time constant (s) and damping ratio of the coupling between the fingers."""


def write_contact(collider: Usd.Prim, priority: int = 0) -> None:
    """Give a collider the contact numbers.

    Contacts are looked for where shapes touch, not before: Newton's default is a gap of 10 mm. Already with a gap of
    0.1 mm a peg that is pushed in the grasp loses contacts of its pads, spins and is thrown out.

    Args:
        collider: The collider.
        priority: MuJoCo's priority: of two colliders the one with the higher priority decides about their friction.
    """
    collider.AddAppliedSchema("NewtonCollisionAPI")
    _set(collider, "newton:contactGap", Sdf.ValueTypeNames.Float, 0.0)
    _set(collider, "newton:contactMargin", Sdf.ValueTypeNames.Float, 0.0)
    _set(collider, "mjc:solref", Sdf.ValueTypeNames.DoubleArray, SOLREF)
    _set(collider, "mjc:solimp", Sdf.ValueTypeNames.DoubleArray, SOLIMP)
    if priority:
        _set(collider, "mjc:priority", Sdf.ValueTypeNames.Int, priority)


def write_joint_limit(joint: Usd.Prim) -> None:
    """Give the limits of a joint the stiffness of contacts."""
    _set(joint, "mjc:solreflimit", Sdf.ValueTypeNames.DoubleArray, SOLREF)
    _set(joint, "mjc:solimplimit", Sdf.ValueTypeNames.DoubleArray, SOLIMP)


def write_mimic(follower: Usd.Prim, leader: Sdf.Path) -> None:
    """Make a joint follow another one to one.

    Args:
        follower: The joint that follows.
        leader: Path of the joint that it follows.
    """
    follower.AddAppliedSchema("NewtonMimicAPI")
    follower.AddAppliedSchema("MjcEqualityJointAPI")
    follower.CreateRelationship("newton:mimicJoint", custom=False).SetTargets([leader])
    _set(follower, "newton:mimicCoef0", Sdf.ValueTypeNames.Float, 0.0)
    _set(follower, "newton:mimicCoef1", Sdf.ValueTypeNames.Float, 1.0)
    _set(follower, "mjc:solref", Sdf.ValueTypeNames.DoubleArray, MIMIC_SOLREF)
    _set(follower, "mjc:solimp", Sdf.ValueTypeNames.DoubleArray, SOLIMP)


def _set(prim: Usd.Prim, name: str, kind: Sdf.ValueTypeName, value: object) -> None:
    prim.CreateAttribute(name, kind, custom=False).Set(value)
