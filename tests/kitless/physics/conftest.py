# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Small scenes, described by hand, and the views of their simulation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from isaaclab_factory.kitless.mujoco_engine import MujocoEngine
from isaaclab_factory.kitless.scene.description import (
    Articulation,
    Body,
    Collider,
    Drive,
    Joint,
    JointType,
    Material,
    Pose,
    SceneDescription,
    Shape,
)
from isaaclab_factory.kitless.views import SimulationView

ENV = "/World/envs/env_0"
GRAVITY = 9.81
DT = 1.0 / 120.0


@dataclass
class Rig:
    """A running scene."""

    engine: MujocoEngine
    view: SimulationView

    def step(self, count: int = 1) -> None:
        """Advance by physics steps."""
        for _ in range(count):
            self.engine.step(DT)


def rotation(axis: tuple[float, float, float], angle: float) -> np.ndarray:
    """Quaternion (w, x, y, z) of a turn about a unit axis."""
    return np.array([np.cos(angle / 2), *(np.sin(angle / 2) * np.asarray(axis))])


def box(
    path: str, half: tuple[float, float, float], pos=(0.0, 0.0, 0.0), friction: float = 0.5, **material
) -> Collider:
    """A box collider."""
    stuff = Material(static_friction=friction, dynamic_friction=friction, **material)
    return Collider(path, Shape.BOX, half, Pose(pos=np.array(pos, dtype=float)), stuff)


def ground(friction: float = 0.5, path: str = "/World/ground", **material) -> Collider:
    """A plane at height zero that all worlds share."""
    stuff = Material(static_friction=friction, dynamic_friction=friction, **material)
    return Collider(path, Shape.PLANE, (), Pose(), stuff)


def body(name: str, pos=(0.0, 0.0, 0.0), quat=(1.0, 0.0, 0.0, 0.0), mass=1.0, com=(0.0, 0.0, 0.0), **kwargs) -> Body:
    """A rigid body of environment 0."""
    pose = Pose(np.array(pos, dtype=float), np.array(quat, dtype=float))
    inertia = kwargs.pop("inertia", np.diag([0.01, 0.02, 0.025]))
    return Body(f"{ENV}/{name}", pose, mass, np.array(com, dtype=float), np.asarray(inertia, dtype=float), **kwargs)


def arm(fixed_base: bool = True, drives: bool = True, name: str = "Robot", **joint_options):
    """A tree of five links: three hinges in a row with skew frames, a slide, and a branch.

    Returns:
        The bodies, the joints and the articulation.
    """
    rng = np.random.default_rng(7)
    links, joints, incoming = [], [], [None]
    base = body(f"{name}/base", pos=(0.2, -0.1, 0.4), quat=rotation((0, 0, 1), 0.4), mass=2.0, com=(0.02, 0.01, 0.05))
    links.append(base)
    if fixed_base:
        root_joint = Joint(f"{ENV}/{name}/root_joint", JointType.FIXED, None, base.path, parent_frame=base.pose)
        joints.append(root_joint)
        incoming = [root_joint.path]
    parents = ["base", "link1", "link2", "link2"]
    kinds = [JointType.REVOLUTE, JointType.REVOLUTE, JointType.PRISMATIC, JointType.REVOLUTE]
    for i, (parent, kind) in enumerate(zip(parents, kinds, strict=True), start=1):
        root = rng.normal(size=(3, 3))
        spread = root @ root.T * 0.002 + np.eye(3) * 0.002
        inertia = np.trace(spread) * np.eye(3) - spread
        link = body(f"{name}/link{i}", mass=0.5 + 0.3 * i, com=rng.normal(size=3) * 0.05, inertia=inertia)
        outer = Pose(rng.normal(size=3) * 0.2, _unit(rng.normal(size=4)))
        inner = Pose(rng.normal(size=3) * 0.05, _unit(rng.normal(size=4)))
        options = {"drive": Drive(0.0, 0.0) if drives else None, **joint_options}
        joint = Joint(
            f"{ENV}/{name}/joint{i}", kind, f"{ENV}/{name}/{parent}", link.path, outer, inner,
            np.array([0.0, 0.0, 1.0]), **options,
        )  # fmt: skip
        links.append(link)
        joints.append(joint)
        incoming.append(joint.path)
    moving = [joint.path for joint in joints if joint.type is not JointType.FIXED]
    tree = Articulation(f"{ENV}/{name}", [link.path for link in links], moving, incoming, fixed_base)
    return links, joints, tree


def pendulum(length: float = 0.5, mass: float = 1.0, axis=(0.0, 1.0, 0.0), kind=JointType.REVOLUTE, **joint_options):
    """One link on a fixed base at height 1: its centre of mass hangs ``length`` below the joint."""
    base = body("Robot/base", pos=(0.0, 0.0, 1.0))
    inertia = np.eye(3) * 1e-3
    bob = body("Robot/bob", mass=mass, com=(0.0, 0.0, -length), inertia=inertia)
    root_joint = Joint(f"{ENV}/Robot/root_joint", JointType.FIXED, None, base.path, parent_frame=base.pose)
    joint = Joint(f"{ENV}/Robot/joint", kind, base.path, bob.path, axis=np.array(axis), **joint_options)
    tree = Articulation(f"{ENV}/Robot", [base.path, bob.path], [joint.path], [root_joint.path, joint.path], True)
    return [base, bob], [root_joint, joint], tree


def scene(num_worlds: int = 1, gravity: float = GRAVITY, spacing: float = 3.0, **parts) -> SceneDescription:
    """A scene of several worlds in a row, the first one at (1, 2, 0)."""
    origins = np.array([[1.0 + spacing * i, 2.0, 0.0] for i in range(num_worlds)])
    paths = [f"/World/envs/env_{i}" for i in range(num_worlds)]
    return SceneDescription(paths, origins, np.array([0.0, 0.0, -gravity]), **parts)


def _unit(quat: np.ndarray) -> np.ndarray:
    return quat / np.linalg.norm(quat)


@pytest.fixture
def make() -> SimpleNamespace:
    """Functions that describe bodies, colliders, articulations and scenes."""
    return SimpleNamespace(
        arm=arm, body=body, box=box, ground=ground, pendulum=pendulum, rotation=rotation, scene=scene,
        DT=DT, GRAVITY=GRAVITY, ENV=ENV,
    )  # fmt: skip


@pytest.fixture
def run() -> Callable[[SceneDescription], Rig]:
    """Function that starts a scene."""
    torch.set_num_threads(1)

    def start(description: SceneDescription, **options) -> Rig:
        engine = MujocoEngine(description, DT, **options)
        return Rig(engine, SimulationView(engine))

    return start
