# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The Franka's file, read back with USD alone, against the manufacturer's Denavit-Hartenberg table and NumPy."""

import numpy as np
import pytest
from pxr import Usd, UsdGeom, UsdPhysics
from scipy.spatial.transform import Rotation

from isaaclab_factory.assets import Franka, usd_file
from isaaclab_factory.assets.franka_model import LINKS

ARM = [f"panda_joint{i}" for i in range(1, 8)]
# a, d, alpha of Craig's convention for joints 1 to 7 (https://frankarobotics.github.io/docs, "Denavit-Hartenberg").
DH = [
    (0.0, 0.333, 0.0),
    (0.0, 0.0, -np.pi / 2),
    (0.0, 0.316, np.pi / 2),
    (0.0825, 0.0, np.pi / 2),
    (-0.0825, 0.384, -np.pi / 2),
    (0.0, 0.0, np.pi / 2),
    (0.088, 0.0, np.pi / 2),
]


@pytest.fixture
def stage() -> Usd.Stage:
    return Usd.Stage.Open(str(usd_file(Franka())))


def matrix(pos, quat) -> np.ndarray:
    pose = np.eye(4)
    pose[:3, :3] = Rotation.from_quat([*quat.GetImaginary(), quat.GetReal()]).as_matrix()
    pose[:3, 3] = pos
    return pose


def forward_kinematics(stage: Usd.Stage, joint_pos: dict[str, float]) -> dict[str, np.ndarray]:
    """Pose of every link from the joints in the file."""
    joints = [UsdPhysics.Joint(prim) for prim in stage.Traverse() if prim.IsA(UsdPhysics.Joint)]
    poses = {"Franka": np.eye(4)}
    while joints:
        joint = next(j for j in joints if j.GetBody0Rel().GetTargets()[0].name in poses)
        joints.remove(joint)
        prim = joint.GetPrim()
        motion = np.eye(4)
        q = joint_pos.get(prim.GetName(), 0.0)
        if prim.IsA(UsdPhysics.RevoluteJoint):
            assert UsdPhysics.RevoluteJoint(prim).GetAxisAttr().Get() == "Z"
            motion[:3, :3] = Rotation.from_rotvec([0.0, 0.0, q]).as_matrix()
        elif prim.IsA(UsdPhysics.PrismaticJoint):
            assert UsdPhysics.PrismaticJoint(prim).GetAxisAttr().Get() == "Y"
            motion[1, 3] = q
        frame0 = matrix(joint.GetLocalPos0Attr().Get(), joint.GetLocalRot0Attr().Get())
        frame1 = matrix(joint.GetLocalPos1Attr().Get(), joint.GetLocalRot1Attr().Get())
        parent, child = (rel.GetTargets()[0].name for rel in (joint.GetBody0Rel(), joint.GetBody1Rel()))
        poses[child] = poses[parent] @ frame0 @ motion @ np.linalg.inv(frame1)
    return poses


def denavit_hartenberg(joint_pos: np.ndarray) -> np.ndarray:
    """Pose of link 7 by Craig's product of link transforms."""
    pose = np.eye(4)
    for (a, d, alpha), q in zip(DH, joint_pos, strict=True):
        ca, sa, cq, sq = np.cos(alpha), np.sin(alpha), np.cos(q), np.sin(q)
        step = [[cq, -sq, 0, a], [sq * ca, cq * ca, -sa, -d * sa], [sq * sa, cq * sa, ca, d * ca], [0, 0, 0, 1]]
        pose = pose @ np.array(step)
    return pose


def test_arm_follows_the_denavit_hartenberg_table(stage):
    rng = np.random.default_rng(0)
    for _ in range(20):
        q = rng.uniform(-2.5, 2.5, 7)
        poses = forward_kinematics(stage, dict(zip(ARM, q, strict=True)))
        np.testing.assert_allclose(poses["panda_link7"], denavit_hartenberg(q), atol=1e-6)


def test_hand_fingertip_and_fingers_stand_where_the_reference_has_them(stage):
    poses = forward_kinematics(stage, {"panda_finger_joint1": 0.01, "panda_finger_joint2": 0.01})
    flange_to_hand = np.linalg.inv(poses["panda_link7"]) @ poses["panda_hand"]
    expected = Rotation.from_euler("z", -45, degrees=True).as_matrix()
    np.testing.assert_allclose(flange_to_hand[:3, :3], expected, atol=1e-6)
    np.testing.assert_allclose(flange_to_hand[:3, 3], [0, 0, 0.107], atol=1e-6)
    in_hand = {name: np.linalg.inv(poses["panda_hand"]) @ pose for name, pose in poses.items()}
    np.testing.assert_allclose(in_hand["panda_fingertip_centered"][:3, 3], [0, 0, 0.112071], atol=1e-6)
    np.testing.assert_allclose(in_hand["panda_leftfinger"][:3, 3], [0, 0.01, 0.0584], atol=1e-6)
    np.testing.assert_allclose(in_hand["panda_rightfinger"][:3, 3], [0, -0.01, 0.0584], atol=1e-6)
    for name in ("panda_fingertip_centered", "panda_leftfinger", "panda_rightfinger"):
        np.testing.assert_allclose(in_hand[name][:3, :3], np.eye(3), atol=1e-6)


def test_links_stand_at_the_poses_that_the_joints_give_at_zero(stage):
    cache = UsdGeom.XformCache()
    for name, pose in forward_kinematics(stage, {}).items():
        prim = stage.GetDefaultPrim() if name == "Franka" else stage.GetPrimAtPath(f"/Franka/{name}")
        np.testing.assert_allclose(np.array(cache.GetLocalToWorldTransform(prim)).T, pose, atol=1e-6)


def test_inertias_are_the_published_tensors(stage):
    for link in LINKS:
        api = UsdPhysics.MassAPI(stage.GetPrimAtPath(f"/Franka/{link.name}"))
        assert api.GetMassAttr().Get() == pytest.approx(link.inertial.mass)
        np.testing.assert_allclose(api.GetCenterOfMassAttr().Get(), link.inertial.com, atol=1e-7)
        axes = matrix([0, 0, 0], api.GetPrincipalAxesAttr().Get())[:3, :3]
        tensor = axes @ np.diag(api.GetDiagonalInertiaAttr().Get()) @ axes.T
        xx, yy, zz, xy, xz, yz = link.inertial.inertia
        np.testing.assert_allclose(
            tensor, [[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]], rtol=1e-5, atol=2e-7 * max(xx, yy)
        )


def test_every_inertia_belongs_to_a_possible_body():
    for link in LINKS:
        xx, yy, zz, xy, xz, yz = link.inertial.inertia
        moments = np.linalg.eigvalsh([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])
        assert moments[0] > 0
        assert moments[0] + moments[1] >= moments[2]


def test_limits_efforts_and_drives(stage):
    limits = {  # rad, N m, rad/s
        1: (-2.8973, 2.8973, 87.0, 2.175),
        2: (-1.7628, 1.7628, 87.0, 2.175),
        3: (-2.8973, 2.8973, 87.0, 2.175),
        4: (-3.0718, -0.0698, 87.0, 2.175),
        5: (-2.8973, 2.8973, 12.0, 2.61),
        6: (-0.0175, 3.7525, 12.0, 2.61),
        7: (-2.8973, 2.8973, 12.0, 2.61),
    }
    for number, (lower, upper, effort, velocity) in limits.items():
        prim = stage.GetPrimAtPath(f"/Franka/joints/panda_joint{number}")
        joint = UsdPhysics.RevoluteJoint(prim)
        assert np.radians(joint.GetLowerLimitAttr().Get()) == pytest.approx(lower)
        assert np.radians(joint.GetUpperLimitAttr().Get()) == pytest.approx(upper)
        drive = UsdPhysics.DriveAPI(prim, "angular")
        assert drive.GetMaxForceAttr().Get() == effort
        assert drive.GetStiffnessAttr().Get() == drive.GetDampingAttr().Get() == 0.0
        assert np.radians(prim.GetAttribute("physxJoint:maxJointVelocity").Get()) == pytest.approx(velocity)
    for number in (1, 2):
        prim = stage.GetPrimAtPath(f"/Franka/joints/panda_finger_joint{number}")
        joint = UsdPhysics.PrismaticJoint(prim)
        assert (joint.GetLowerLimitAttr().Get(), joint.GetUpperLimitAttr().Get()) == pytest.approx((0.0, 0.04))
        drive = UsdPhysics.DriveAPI(prim, "linear")
        values = [drive.GetStiffnessAttr(), drive.GetDampingAttr(), drive.GetMaxForceAttr()]
        assert [value.Get() for value in values] == [7500.0, 173.0, 40.0]
        assert prim.GetAttribute("physxJoint:armature").Get() == pytest.approx(0.3)


def test_second_finger_mimics_the_first(stage):
    first, second = (stage.GetPrimAtPath(f"/Franka/joints/panda_finger_joint{i}") for i in (1, 2))
    assert "PhysxMimicJointAPI:rotY" in second.GetMetadata("apiSchemas").GetAppliedItems()
    # PhysX keeps q + gearing * q_reference + offset = 0, so that gearing -1 means equal positions.
    assert second.GetAttribute("physxMimicJoint:rotY:gearing").Get() == -1.0
    assert second.GetAttribute("physxMimicJoint:rotY:offset").Get() == 0.0
    assert second.GetRelationship("physxMimicJoint:rotY:referenceJoint").GetTargets() == [first.GetPath()]
    assert second.GetRelationship("newton:mimicJoint").GetTargets() == [first.GetPath()]


def test_robot_is_one_articulation_without_gravity_and_self_collision(stage):
    root = stage.GetDefaultPrim()
    assert [p.GetPath() for p in stage.Traverse() if p.HasAPI(UsdPhysics.ArticulationRootAPI)] == [root.GetPath()]
    assert root.GetAttribute("physxArticulation:enabledSelfCollisions").Get() is False
    bodies = [prim for prim in stage.Traverse() if prim.HasAPI(UsdPhysics.RigidBodyAPI)]
    assert [prim.GetName() for prim in bodies] == [link.name for link in LINKS]
    assert all(prim.GetAttribute("physxRigidBody:disableGravity").Get() for prim in bodies)


def test_closed_fingers_touch_with_pads_that_end_at_the_fingertip(stage):
    cache = UsdGeom.BBoxCache(Usd.TimeCode.Default(), ["default"])
    hand = np.array(UsdGeom.XformCache().GetLocalToWorldTransform(stage.GetPrimAtPath("/Franka/panda_hand"))).T
    faces = []
    for side in ("left", "right"):
        box = cache.ComputeWorldBound(stage.GetPrimAtPath(f"/Franka/panda_{side}finger/collision_0"))
        corners = np.array([[*box.GetRange().GetCorner(i), 1.0] for i in range(8)])
        in_hand = corners @ np.array(box.GetMatrix()) @ np.linalg.inv(hand).T
        faces.append((in_hand.min(axis=0), in_hand.max(axis=0)))
    (left_low, left_high), (right_low, right_high) = faces
    assert left_low[1] == pytest.approx(0.0, abs=1e-6)
    assert right_high[1] == pytest.approx(0.0, abs=1e-6)
    for low, high in faces:
        assert high[2] == pytest.approx(0.112071, abs=1e-6)
        assert high[2] - low[2] == pytest.approx(0.017608, abs=1e-6)
        assert high[0] == pytest.approx(-low[0], abs=1e-6)
    assert left_high[1] == pytest.approx(-right_low[1], abs=1e-6)


def test_no_collider_of_the_arm_reaches_the_table_near_the_factory_poses(stage):
    """Lowest point of every capsule and box of the moving links at the reference's reset pose."""
    q = dict(zip(ARM, [1.5178e-03, -1.9651e-01, -1.4364e-03, -1.9761, -2.7717e-04, 1.7796, 7.8556e-01], strict=True))
    poses = forward_kinematics(stage, q)
    for link in LINKS[1:]:
        for shape in link.colliders:
            center = (poses[link.name] @ [*shape.center, 1.0])[2]
            if hasattr(shape, "radius"):
                axis = poses[link.name][2, "XYZ".index(shape.axis)]
                reach = abs(axis) * shape.length / 2 + shape.radius
            else:
                reach = np.abs(poses[link.name][2, :3]) @ np.array(shape.size) / 2
            assert center - reach > 0.0, link.name


def test_negative_friction_is_rejected():
    with pytest.raises(ValueError, match="friction must not be negative"):
        usd_file(Franka(friction=-1.0))
