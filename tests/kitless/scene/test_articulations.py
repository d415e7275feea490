# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Articulations: where the root may stand, and the order of links and joints."""

from __future__ import annotations

import numpy as np
import pytest
from pxr import Sdf, UsdGeom, UsdPhysics

from isaaclab_factory.kitless.scene import SceneError, read_stage


@pytest.fixture
def chain(stage, add_body, add_joint):
    """Makes a chain of links joined by revolute joints under /robot."""

    def make(count: int):
        UsdGeom.Xform.Define(stage, "/robot")
        for i in range(count):
            add_body(f"/robot/link_{i}", (float(i), 0, 0))
        for i in range(count - 1):
            add_joint(f"/robot/joint_{i}", "Revolute", f"/robot/link_{i}", f"/robot/link_{i + 1}")

    return make


def set_root(stage, path):
    UsdPhysics.ArticulationRootAPI.Apply(stage.GetPrimAtPath(path))


def names(paths):
    return [path.rsplit("/", 1)[-1] if path else None for path in paths]


def test_a_root_on_a_link_makes_it_the_base(stage, chain):
    chain(4)
    set_root(stage, "/robot/link_1")

    (robot,) = read_stage(stage).articulations

    assert not robot.fixed_base
    assert names(robot.links) == ["link_1", "link_0", "link_2", "link_3"]
    assert names(robot.incoming_joints) == [None, "joint_0", "joint_1", "joint_2"]
    assert names(robot.joints) == ["joint_0", "joint_1", "joint_2"]


def test_a_joint_towards_the_base_is_turned_round(stage, chain):
    chain(3)
    set_root(stage, "/robot/link_2")

    scene = read_stage(stage)

    joint = scene.joints[0]
    assert (joint.parent, joint.child) == ("/robot/link_1", "/robot/link_0")
    np.testing.assert_array_equal(joint.axis, [-1, 0, 0])


@pytest.mark.parametrize("root", ["/robot", "/robot/anchor"])
def test_a_fixed_joint_to_the_world_fixes_the_base(stage, chain, add_joint, root):
    chain(3)
    add_joint("/robot/anchor", "Fixed", "", "/robot/link_0")
    set_root(stage, root)

    (robot,) = read_stage(stage).articulations

    assert robot.fixed_base and robot.root_path == root
    assert names(robot.links) == ["link_0", "link_1", "link_2"]
    assert names(robot.incoming_joints) == ["anchor", "joint_0", "joint_1"]
    assert names(robot.joints) == ["joint_0", "joint_1"]


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_a_floating_base_below_the_root_is_the_one_that_usd_finds(stage, chain, count):
    chain(count)
    set_root(stage, "/robot")

    (robot,) = read_stage(stage).articulations

    found = UsdPhysics.LoadUsdPhysicsFromRange(stage, ["/"])
    (articulation,) = found[UsdPhysics.ObjectType.Articulation][1]
    assert Sdf.Path(robot.links[0]) in articulation.rootPrims
    assert not robot.fixed_base
    assert len(robot.links) == count


def test_links_come_breadth_first_in_the_order_of_the_joints(stage, add_body, add_joint):
    UsdGeom.Xform.Define(stage, "/dog")
    for name in ("base", "a_hip", "a_knee", "b_hip", "b_knee"):
        add_body(f"/dog/{name}")
    edges = {"j1": ("b_hip", "b_knee"), "j2": ("base", "b_hip"), "j3": ("a_hip", "a_knee"), "j4": ("base", "a_hip")}
    for joint, (parent, child) in edges.items():
        add_joint(f"/dog/{joint}", "Revolute", f"/dog/{parent}", f"/dog/{child}")
    set_root(stage, "/dog/base")

    (dog,) = read_stage(stage).articulations

    assert names(dog.links) == ["base", "b_hip", "a_hip", "b_knee", "a_knee"]
    assert names(dog.joints) == ["j2", "j4", "j1", "j3"]


def test_the_franka_has_the_order_that_isaac_lab_documents(stage, add_body, add_joint):
    add_body("/panda/panda_link0")
    for i in range(1, 8):
        add_body(f"/panda/panda_link{i}")
        add_joint(f"/panda/panda_joint{i}", "Revolute", f"/panda/panda_link{i - 1}", f"/panda/panda_link{i}")
    for name in ("panda_hand", "panda_leftfinger", "panda_rightfinger"):
        add_body(f"/panda/{name}")
    add_joint("/panda/panda_hand_joint", "Fixed", "/panda/panda_link7", "/panda/panda_hand")
    add_joint("/panda/panda_finger_joint1", "Prismatic", "/panda/panda_hand", "/panda/panda_leftfinger")
    add_joint("/panda/panda_finger_joint2", "Prismatic", "/panda/panda_hand", "/panda/panda_rightfinger")
    add_joint("/panda/root_joint", "Fixed", "", "/panda/panda_link0")
    set_root(stage, "/panda")

    (robot,) = read_stage(stage).articulations

    arm = [f"panda_link{i}" for i in range(8)]
    assert names(robot.links) == [*arm, "panda_hand", "panda_leftfinger", "panda_rightfinger"]
    assert names(robot.joints) == [
        *(f"panda_joint{i}" for i in range(1, 8)),
        "panda_finger_joint1",
        "panda_finger_joint2",
    ]


def test_self_collisions_are_on_unless_switched_off(stage, chain):
    chain(2)
    set_root(stage, "/robot/link_0")
    assert read_stage(stage).articulations[0].self_collisions

    root = stage.GetPrimAtPath("/robot/link_0")
    root.CreateAttribute("physxArticulation:enabledSelfCollisions", Sdf.ValueTypeNames.Bool).Set(False)
    assert not read_stage(stage).articulations[0].self_collisions


def test_a_loop_is_an_error_unless_a_joint_is_excluded(stage, chain, add_joint):
    chain(3)
    set_root(stage, "/robot/link_0")
    closing = UsdPhysics.Joint(add_joint("/robot/joint_x", "Revolute", "/robot/link_2", "/robot/link_0"))

    with pytest.raises(SceneError, match=r"closes a loop in the articulation /robot/link_0"):
        read_stage(stage)

    closing.CreateExcludeFromArticulationAttr(True)
    scene = read_stage(stage)
    assert names(scene.articulations[0].links) == ["link_0", "link_1", "link_2"]
    assert "/robot/joint_x" in [joint.path for joint in scene.joints]


def test_a_disabled_articulation_is_left_out(stage, chain):
    chain(2)
    set_root(stage, "/robot")
    root = stage.GetPrimAtPath("/robot")
    root.CreateAttribute("physxArticulation:articulationEnabled", Sdf.ValueTypeNames.Bool).Set(False)

    scene = read_stage(stage)

    assert scene.articulations == []
    assert len(scene.bodies) == 2 and len(scene.joints) == 1


def test_a_kinematic_link_is_an_error(stage, chain):
    chain(2)
    set_root(stage, "/robot")
    UsdPhysics.RigidBodyAPI(stage.GetPrimAtPath("/robot/link_1")).CreateKinematicEnabledAttr(True)

    with pytest.raises(SceneError, match=r"/robot/link_1: .* cannot be kinematic"):
        read_stage(stage)


def test_a_root_without_bodies_is_an_error(stage):
    UsdGeom.Xform.Define(stage, "/empty")
    set_root(stage, "/empty")

    with pytest.raises(SceneError, match="/empty: an articulation root needs rigid bodies"):
        read_stage(stage)


def test_two_roots_in_one_tree_are_an_error(stage, chain):
    chain(3)
    set_root(stage, "/robot")
    set_root(stage, "/robot/link_0")

    with pytest.raises(SceneError, match=r"a link of two articulations, /robot and /robot/link_0"):
        read_stage(stage)
