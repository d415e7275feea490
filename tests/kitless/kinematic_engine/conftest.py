# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Scenes for the tests of the kinematic engine, described without a stage."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from isaaclab_factory.kitless.scene import (
    Articulation,
    Body,
    Collider,
    Drive,
    Joint,
    JointType,
    Mimic,
    Pose,
    SceneDescription,
    Shape,
)

WORLD = "/World/envs/env_0"
ORIGINS = np.array([[0.0, 0.0, 0.0], [3.0, 0.0, 0.0], [0.0, 3.0, 1.0]])


def random_pose(rng: np.random.Generator) -> Pose:
    return Pose(rng.normal(scale=0.3, size=3), Rotation.random(rng=rng).as_quat(scalar_first=True))


def random_body(path: str, rng: np.random.Generator) -> Body:
    turn = Rotation.random(rng=rng).as_matrix()
    inertia = turn @ np.diag([0.02, 0.03, 0.04]) @ turn.T
    collider = Collider(f"{path}/box", Shape.BOX, (0.05, 0.05, 0.05))
    return Body(path, random_pose(rng), float(rng.uniform(0.5, 2.0)), rng.normal(scale=0.1, size=3), inertia,
                angular_damping=0.0, colliders=[collider])  # fmt: skip


@pytest.fixture(params=[True, False], ids=["fixed", "floating"])
def scene(request) -> SceneDescription:
    """Three worlds with a branched robot of four moving joints and one fixed one, a box and a kinematic box."""
    rng = np.random.default_rng(7)
    robot = f"{WORLD}/robot"
    names = ["base", "shoulder", "hand", "left", "right", "tip"]
    bodies = [random_body(f"{robot}/{name}", rng) for name in names]
    plan = [
        ("turn", JointType.REVOLUTE, "base", "shoulder"),
        ("lift", JointType.PRISMATIC, "shoulder", "hand"),
        ("left_finger", JointType.PRISMATIC, "hand", "left"),
        ("right_finger", JointType.REVOLUTE, "hand", "right"),
        ("mount", JointType.FIXED, "hand", "tip"),
    ]
    joints = [
        Joint(
            f"{robot}/{name}",
            kind,
            f"{robot}/{parent}",
            f"{robot}/{child}",
            random_pose(rng),
            random_pose(rng),
            axis=np.array([0.0, 0.6, 0.8]),
            armature=0.0 if kind is JointType.FIXED else 0.1,
        )
        for name, kind, parent, child in plan
    ]
    anchor = None
    if request.param:
        anchor = Joint(f"{robot}/anchor", JointType.FIXED, None, f"{robot}/base", parent_frame=bodies[0].pose)
        joints.append(anchor)
    incoming = [anchor.path if anchor else None, *(joint.path for joint in joints[:5])]
    moving = [joint.path for joint in joints[:4]]
    articulation = Articulation(robot, [body.path for body in bodies], moving, incoming, request.param)
    bodies.append(random_body(f"{WORLD}/box", rng))
    bodies.append(random_body(f"{WORLD}/shelf", rng))
    bodies[-1].kinematic = True
    return SceneDescription(
        [f"/World/envs/env_{i}" for i in range(3)], ORIGINS, np.array([0.0, 0.0, -9.81]), bodies, joints, [articulation]
    )


@pytest.fixture
def gripper() -> SceneDescription:
    """One world with two sliding fingers, the second of which follows the first."""
    bodies = [Body(f"/hand/{name}", Pose(), 1.0, np.zeros(3), np.eye(3)) for name in ("palm", "left", "right")]
    joints = [
        Joint("/hand/anchor", JointType.FIXED, None, "/hand/palm"),
        Joint("/hand/a", JointType.PRISMATIC, "/hand/palm", "/hand/left", drive=Drive(stiffness=10.0), lower=0.0,
              upper=0.04, max_velocity=0.1),
        Joint("/hand/b", JointType.PRISMATIC, "/hand/palm", "/hand/right", mimic=Mimic("/hand/a", -1.0)),
    ]  # fmt: skip
    links = [body.path for body in bodies]
    articulation = Articulation("/hand", links, ["/hand/a", "/hand/b"], [joint.path for joint in joints], True)
    return SceneDescription([""], np.zeros((1, 3)), np.zeros(3), bodies, joints, [articulation])
