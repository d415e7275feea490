# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Joints: frames, limits, drives and couplings in SI units."""

from __future__ import annotations

import logging
import math

import numpy as np
import pytest
from pxr import Gf, Sdf, UsdGeom, UsdPhysics
from scipy.spatial.transform import Rotation

from isaaclab_factory.kitless.scene import JointType, SceneError, read_stage


@pytest.fixture
def pair(add_body, add_joint):
    """Makes two bodies and a joint of a kind between them."""

    def make(kind: str):
        add_body("/a")
        add_body("/b", (1, 0, 0))
        return add_joint("/joint", kind, "/a", "/b")

    return make


def test_a_revolute_joint_is_converted_to_radians(stage, pair):
    prim = pair("Revolute")
    joint = UsdPhysics.RevoluteJoint(prim)
    joint.CreateAxisAttr("Y")
    joint.CreateLowerLimitAttr(-90)
    joint.CreateUpperLimitAttr(180)
    drive = UsdPhysics.DriveAPI.Apply(prim, "angular")
    drive.CreateStiffnessAttr(2.0)
    drive.CreateDampingAttr(0.5)
    drive.CreateMaxForceAttr(7.0)
    drive.CreateTargetPositionAttr(45)
    drive.CreateTargetVelocityAttr(-90)
    floats = {
        "physxJoint:armature": 0.01,
        "physxJoint:jointFriction": 0.2,
        "physxJoint:maxJointVelocity": 360.0,
        "state:angular:physics:position": 30.0,
        "state:angular:physics:velocity": 60.0,
    }
    for name, number in floats.items():
        prim.CreateAttribute(name, Sdf.ValueTypeNames.Float).Set(number)

    (joint,) = read_stage(stage).joints

    assert (joint.type, joint.parent, joint.child) == (JointType.REVOLUTE, "/a", "/b")
    np.testing.assert_array_equal(joint.axis, [0, 1, 0])
    assert (joint.lower, joint.upper) == pytest.approx((-math.pi / 2, math.pi))
    # a spring of 2 N m per degree
    assert joint.drive.stiffness * math.pi / 180 == pytest.approx(2.0)
    assert joint.drive.damping * math.pi / 180 == pytest.approx(0.5)
    assert joint.drive.max_force == 7.0
    assert (joint.drive.target_pos, joint.drive.target_vel) == pytest.approx((math.pi / 4, -math.pi / 2))
    assert not joint.drive.acceleration
    assert (joint.armature, joint.friction) == pytest.approx((0.01, 0.2))
    assert joint.max_velocity == pytest.approx(2 * math.pi)
    assert (joint.position, joint.velocity) == pytest.approx((math.pi / 6, math.pi / 3))


def test_a_prismatic_joint_keeps_its_units(stage, pair):
    prim = pair("Prismatic")
    joint = UsdPhysics.PrismaticJoint(prim)
    joint.CreateLowerLimitAttr(-0.1)
    joint.CreateUpperLimitAttr(0.2)
    drive = UsdPhysics.DriveAPI.Apply(prim, "linear")
    drive.CreateTypeAttr("acceleration")
    drive.CreateStiffnessAttr(100.0)

    (joint,) = read_stage(stage).joints

    assert joint.type is JointType.PRISMATIC
    np.testing.assert_array_equal(joint.axis, [1, 0, 0])
    assert (joint.lower, joint.upper) == pytest.approx((-0.1, 0.2))
    assert (joint.drive.stiffness, joint.drive.acceleration) == (100.0, True)


def test_without_limits_and_drive(stage, pair):
    pair("Revolute")

    (joint,) = read_stage(stage).joints

    assert (joint.lower, joint.upper, joint.max_velocity) == (-math.inf, math.inf, math.inf)
    assert joint.drive is None and joint.mimic is None and not joint.collision_enabled


def test_frames_are_scaled_with_their_bodies(stage, pair):
    prim = pair("Fixed")
    UsdGeom.Xformable(stage.GetPrimAtPath("/a")).AddScaleOp().Set((2, 3, 4))
    joint = UsdPhysics.Joint(prim)
    joint.CreateLocalPos0Attr((1, 1, 1))
    joint.CreateLocalRot0Attr(Gf.Quatf(0.5, 0.5, 0.5, 0.5))
    joint.CreateLocalPos1Attr((0, 0, 5))

    (joint,) = read_stage(stage).joints

    np.testing.assert_allclose(joint.parent_frame.pos, [2, 3, 4])
    np.testing.assert_allclose(joint.parent_frame.quat, [0.5, 0.5, 0.5, 0.5])
    np.testing.assert_allclose(joint.child_frame.pos, [0, 0, 5])


def test_a_frame_below_a_body_is_given_in_the_frame_of_the_body(stage, pair):
    prim = pair("Fixed")
    marker = UsdGeom.Xform.Define(stage, "/a/marker")
    marker.AddTranslateOp().Set((0, 0, 2))
    marker.AddRotateZOp().Set(90)
    joint = UsdPhysics.Joint(prim)
    joint.GetBody0Rel().SetTargets(["/a/marker"])
    joint.CreateLocalPos0Attr((1, 0, 0))

    (joint,) = read_stage(stage).joints

    assert joint.parent == "/a"
    np.testing.assert_allclose(joint.parent_frame.pos, [0, 1, 2], atol=1e-9)
    turn = Rotation.from_quat(joint.parent_frame.quat, scalar_first=True)
    np.testing.assert_allclose(turn.as_rotvec(), [0, 0, math.pi / 2], atol=1e-6)


def test_a_prim_without_a_body_stands_for_the_world(stage, add_body, add_joint):
    add_body("/b")
    anchor = UsdGeom.Xform.Define(stage, "/anchor")
    anchor.AddTranslateOp().Set((0, 0, 3))
    UsdPhysics.Joint(add_joint("/joint", "Fixed", "/anchor", "/b")).CreateLocalPos0Attr((1, 0, 0))

    (joint,) = read_stage(stage).joints

    assert (joint.parent, joint.child) == (None, "/b")
    np.testing.assert_allclose(joint.parent_frame.pos, [1, 0, 3])


def test_a_joint_whose_second_side_is_the_world_is_turned_round(stage, add_body, add_joint):
    add_body("/b")
    joint = UsdPhysics.Joint(add_joint("/joint", "Prismatic", "/b", ""))
    joint.CreateLocalPos0Attr((1, 2, 3))

    (joint,) = read_stage(stage).joints

    assert (joint.parent, joint.child) == (None, "/b")
    np.testing.assert_allclose(joint.child_frame.pos, [1, 2, 3])
    # the world moves by +q along x as seen from the body, so the body moves by -q along x
    np.testing.assert_array_equal(joint.axis, [-1, 0, 0])


def test_a_mimic_joint_follows_another(stage, pair, add_body, add_joint):
    pair("Revolute")
    add_body("/c")
    prim = add_joint("/follower", "Prismatic", "/b", "/c")
    prim.AddAppliedSchema("PhysxMimicJointAPI:rotX")
    prim.CreateAttribute("physxMimicJoint:rotX:gearing", Sdf.ValueTypeNames.Float).Set(0.5)
    prim.CreateAttribute("physxMimicJoint:rotX:offset", Sdf.ValueTypeNames.Float).Set(0.25)
    prim.CreateRelationship("physxMimicJoint:rotX:referenceJoint").SetTargets(["/joint"])

    mimic = read_stage(stage).joints[1].mimic

    assert mimic.reference_path == "/joint"
    # 0.5 m per degree of the reference, given per radian
    assert mimic.gearing * math.pi / 180 == pytest.approx(0.5)
    assert mimic.offset == 0.25


def test_disabled_joints_are_left_out(stage, pair):
    UsdPhysics.Joint(pair("Spherical")).CreateJointEnabledAttr(False)

    assert read_stage(stage).joints == []


@pytest.mark.parametrize("kind", ["Spherical", "Distance", ""])
def test_other_joint_types_are_errors(stage, pair, kind):
    pair(kind)

    with pytest.raises(SceneError, match=r"/joint: .*allowed are fixed, revolute and prismatic"):
        read_stage(stage)


def test_breakable_joints_are_errors(stage, pair):
    UsdPhysics.Joint(pair("Fixed")).CreateBreakForceAttr(100.0)

    with pytest.raises(SceneError, match="/joint: physics:breakForce"):
        read_stage(stage)


def test_crossed_limits_are_errors(stage, pair):
    joint = UsdPhysics.RevoluteJoint(pair("Revolute"))
    joint.CreateLowerLimitAttr(10)
    joint.CreateUpperLimitAttr(-10)

    with pytest.raises(SceneError, match="/joint: the lower limit"):
        read_stage(stage)


def test_a_joint_to_nowhere_is_an_error(stage, pair):
    UsdPhysics.Joint(pair("Fixed")).GetBody1Rel().SetTargets(["/gone"])

    with pytest.raises(SceneError, match=r"/joint: physics:body1 names /gone"):
        read_stage(stage)


def test_a_drive_that_cannot_act_is_noted(stage, pair, caplog):
    UsdPhysics.DriveAPI.Apply(pair("Prismatic"), "angular").CreateStiffnessAttr(1.0)

    with caplog.at_level(logging.WARNING, "isaaclab_factory.kitless"):
        (joint,) = read_stage(stage).joints

    assert joint.drive is None
    assert "/joint" in caplog.text


def test_a_joint_without_a_body_is_left_out_and_noted(stage, pair, caplog):
    pair("Fixed")
    for path in ("/a", "/b"):
        UsdPhysics.RigidBodyAPI(stage.GetPrimAtPath(path)).CreateRigidBodyEnabledAttr(False)

    with caplog.at_level(logging.WARNING, "isaaclab_factory.kitless"):
        assert read_stage(stage).joints == []

    assert "holds nothing (/joint)" in caplog.text


def test_a_joint_of_a_body_with_itself_is_an_error(stage, pair):
    UsdPhysics.Joint(pair("Fixed")).GetBody1Rel().SetTargets(["/a/box"])

    with pytest.raises(SceneError, match="/joint: a joint must connect two bodies"):
        read_stage(stage)
