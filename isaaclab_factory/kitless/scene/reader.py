# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Reads a USD stage into a :class:`SceneDescription`."""

from __future__ import annotations

import math

import numpy as np
from pxr import Usd, UsdGeom, UsdPhysics

from .articulations import ArticulationReader
from .audit import audit
from .colliders import ColliderReader, ReadCollider, convex_piece_paths
from .description import Articulation, Body, Collider, Joint, SceneDescription
from .filters import read_collision_groups, read_filtered_pairs
from .joints import JointReader, is_joint
from .mass import body_mass
from .materials import MaterialReader
from .notes import Notes, SceneError
from .prims import authored, value
from .transforms import relative, rotation_matrix, split_scale
from .worlds import check_copies, find_worlds, world_origins

_GRAVITY = 9.81  # m/s2, what UsdPhysics.Scene stands for where no magnitude is authored
_ANGULAR_DAMPING = 0.05  # 1/s, PhysX's default


def read_stage(stage: Usd.Stage) -> SceneDescription:
    """Describe the physics of a stage.

    Prims named env_0, env_1, ... under one parent are parallel worlds: the first is read, the others must be copies of
    it. A stage without such prims is one world.

    Args:
        stage: The stage that Isaac Lab's spawners authored, in metres.

    Returns:
        The description. What is approximated is logged as a warning with the prim's path.

    Raises:
        SceneError: If the stage holds something that would change the motion and cannot be simulated.
    """
    if UsdGeom.StageHasAuthoredMetersPerUnit(stage) and not math.isclose(UsdGeom.GetStageMetersPerUnit(stage), 1.0):
        raise SceneError(f"the stage is in units of {UsdGeom.GetStageMetersPerUnit(stage)} m; allowed are metres")
    return _StageReader(stage).read()


class _StageReader:
    """The steps of reading one stage, and what they share."""

    def __init__(self, stage: Usd.Stage) -> None:
        self._stage = stage
        self._notes = Notes()
        self._xforms = UsdGeom.XformCache()
        self._worlds = find_worlds(stage)
        self._prims = _prims_of_template(stage, self._worlds)
        scenes = [prim for prim in self._prims if prim.IsA(UsdPhysics.Scene)]
        self._scene = scenes[0] if scenes else None
        for prim in scenes[1:]:
            self._notes.add(f"all bodies are simulated in one physics scene, {scenes[0].GetPath()}", prim.GetPath())

    def read(self) -> SceneDescription:
        """Read everything."""
        audit(self._prims, self._notes)
        if len(self._worlds) > 1:
            check_copies(self._worlds)
        bodies, static_colliders = self._read_bodies()
        joints, excluded = self._read_joints(bodies)
        colliders = [collider for body in bodies for collider in body.colliders] + static_colliders
        read_filtered_pairs(self._prims, bodies, colliders)
        scene = SceneDescription(
            world_paths=[str(world.GetPath()) for world in self._worlds] or [""],
            world_origins=world_origins(self._worlds, self._xforms) if self._worlds else np.zeros((1, 3)),
            gravity=self._gravity(),
            bodies=bodies,
            joints=joints,
            articulations=self._read_articulations(bodies, joints, excluded),
            static_colliders=static_colliders,
            collision_group_filters=read_collision_groups(self._stage, self._scene, colliders),
        )
        self._notes.flush()
        return scene

    def _gravity(self) -> np.ndarray:
        up = np.eye(3)["XYZ".index(str(UsdGeom.GetStageUpAxis(self._stage)))]
        if self._scene is None:
            return -_GRAVITY * up
        direction = np.array(value(self._scene, "physics:gravityDirection", [0.0] * 3), dtype=float)
        magnitude = float(value(self._scene, "physics:gravityMagnitude", -math.inf))
        norm = np.linalg.norm(direction)
        direction = direction / norm if norm > 0 else -up
        return direction * (magnitude if magnitude >= 0 else _GRAVITY) + 0.0  # no negative zeros

    def _read_bodies(self) -> tuple[list[Body], list[Collider]]:
        """All bodies with their colliders, and the colliders that belong to none."""
        owners = {str(prim.GetPath()): prim for prim in self._prims if _is_body(prim)}
        self._check_shared(owners)
        self._check_instancers(owners)
        reader = ColliderReader(self._xforms, MaterialReader(self._scene), self._notes)
        owned: dict[str, list[ReadCollider]] = {path: [] for path in owners}
        static: list[Collider] = []
        pieces = convex_piece_paths(self._prims)
        for prim in self._prims:
            if not prim.HasAPI(UsdPhysics.CollisionAPI) or str(prim.GetPath()) in pieces:
                continue
            owner = _owner(prim, owners)
            moving = owner is not None and not value(owners[owner], "physics:kinematicEnabled", False)
            read = reader.read(prim, moving)
            if owner is None:
                static += read.colliders
            else:
                owned[owner].append(read)
        return [self._read_body(prim, owned[path]) for path, prim in owners.items()], static

    def _check_shared(self, owners: dict[str, Usd.Prim]) -> None:
        if len(self._worlds) < 2:
            return
        inside = str(self._worlds[0].GetPath()) + "/"
        for path, prim in owners.items():
            if not path.startswith(inside) and not value(prim, "physics:kinematicEnabled", False):
                raise SceneError(f"{path}: a moving body outside the environments cannot be shared by several of them")

    def _check_instancers(self, owners: dict[str, Usd.Prim]) -> None:
        """Bodies below a point instancer stand for as many as it has points, and none of them can be told apart."""
        for prim in self._prims:
            if prim.IsA(UsdGeom.PointInstancer):
                inside = [path for path in owners if path.startswith(f"{prim.GetPath()}/")]
                if inside:
                    raise SceneError(f"{inside[0]}: rigid bodies of a point instancer cannot be simulated")

    def _read_body(self, prim: Usd.Prim, colliders: list[ReadCollider]) -> Body:
        path = str(prim.GetPath())
        pose, scale = split_scale(self._xforms.GetLocalToWorldTransform(prim), path)
        mass, com, inertia = body_mass(prim, pose, scale, colliders)
        shapes = [shape for collider in colliders for shape in collider.colliders]
        for shape in shapes:
            shape.pose = relative(pose, shape.pose)
        turn = rotation_matrix(split_scale(self._xforms.GetParentToWorldTransform(prim), path)[0].quat)
        max_angular = authored(prim, "physxRigidBody:maxAngularVelocity", math.inf)
        return Body(
            path=path,
            pose=pose,
            mass=mass,
            com=com,
            inertia=inertia,
            kinematic=bool(value(prim, "physics:kinematicEnabled", False)),
            gravity=not value(prim, "physxRigidBody:disableGravity", False),
            linear_velocity=turn @ np.array(value(prim, "physics:velocity", [0.0] * 3), dtype=float),
            angular_velocity=turn @ np.radians(value(prim, "physics:angularVelocity", [0.0] * 3)),
            linear_damping=float(value(prim, "physxRigidBody:linearDamping", 0.0)),
            angular_damping=float(value(prim, "physxRigidBody:angularDamping", _ANGULAR_DAMPING)),
            max_linear_velocity=float(authored(prim, "physxRigidBody:maxLinearVelocity", math.inf)),
            max_angular_velocity=math.radians(max_angular),
            colliders=shapes,
        )

    def _read_joints(self, bodies: list[Body]) -> tuple[list[Joint], set[str]]:
        """All enabled joints, and the paths of those that articulations leave out."""
        reader = JointReader(self._xforms, {body.path: body.pose for body in bodies}, self._notes)
        joints: list[Joint] = []
        excluded: set[str] = set()
        for prim in self._prims:
            joint = reader.read(prim) if is_joint(prim) else None
            if joint is not None:
                joints.append(joint)
                if value(prim, "physics:excludeFromArticulation", False):
                    excluded.add(joint.path)
        return joints, excluded

    def _read_articulations(self, bodies: list[Body], joints: list[Joint], excluded: set[str]) -> list[Articulation]:
        reader = ArticulationReader(bodies, joints, excluded, self._notes)
        roots = [prim for prim in self._prims if prim.HasAPI(UsdPhysics.ArticulationRootAPI)]
        return [articulation for prim in roots if (articulation := reader.read(prim)) is not None]


def _prims_of_template(stage: Usd.Stage, worlds: list[Usd.Prim]) -> list[Usd.Prim]:
    """All prims, instances looked into, but those of the other worlds."""
    others = {world.GetPath() for world in worlds[1:]}
    walk = iter(Usd.PrimRange(stage.GetPseudoRoot(), Usd.TraverseInstanceProxies()))
    prims = []
    for prim in walk:
        if prim.GetPath() in others:
            walk.PruneChildren()
        elif not prim.IsPseudoRoot():
            prims.append(prim)
    return prims


def _is_body(prim: Usd.Prim) -> bool:
    return prim.HasAPI(UsdPhysics.RigidBodyAPI) and bool(value(prim, "physics:rigidBodyEnabled", True))


def _owner(prim: Usd.Prim, bodies: dict[str, Usd.Prim]) -> str | None:
    """Path of the nearest body at or above a prim."""
    while prim:
        if str(prim.GetPath()) in bodies:
            return str(prim.GetPath())
        prim = prim.GetParent()
    return None
