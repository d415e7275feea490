# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What a physics engine has to know about a USD stage, as plain data.

The reader fills a :class:`SceneDescription` from the stage that Isaac Lab's spawners authored; an engine builds its
model from it and never looks at USD. Everything is in SI units with angles in radians. Poses are (position, quaternion
wxyz), scale is already baked into sizes and vertices.

One *template world* is described once. The other worlds (Isaac Lab environments) are copies of it that differ only in
their origin.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

import numpy as np


@dataclass
class Pose:
    """A rigid transform.

    Attributes:
        pos: Position. Shape is (3,).
        quat: Unit quaternion (w, x, y, z). Shape is (4,).
    """

    pos: np.ndarray = field(default_factory=lambda: np.zeros(3))
    quat: np.ndarray = field(default_factory=lambda: np.array([1.0, 0.0, 0.0, 0.0]))


@dataclass(frozen=True)
class Material:
    """Contact material of a collider (``UsdPhysics.MaterialAPI`` with the PhysX extension).

    Attributes:
        static_friction: Coulomb coefficient at rest.
        dynamic_friction: Coulomb coefficient when sliding.
        restitution: Coefficient of restitution.
        friction_combine_mode: "average", "min", "multiply" or "max".
        restitution_combine_mode: As for friction.
    """

    static_friction: float = 0.5
    dynamic_friction: float = 0.5
    restitution: float = 0.0
    friction_combine_mode: str = "average"
    restitution_combine_mode: str = "average"


class Shape(Enum):
    """Collider shapes and the meaning of :attr:`Collider.size`."""

    BOX = "box"  # half extents (x, y, z)
    SPHERE = "sphere"  # (radius,)
    CAPSULE = "capsule"  # (radius, half length of the cylindrical part) along z
    CYLINDER = "cylinder"  # (radius, half length) along z
    PLANE = "plane"  # (), infinite, normal along z
    HULL = "hull"  # (), convex hull of the vertices
    TRIANGLES = "triangles"  # (), static triangle mesh


@dataclass
class Collider:
    """One collision shape.

    Attributes:
        path: Prim path in the template world.
        shape: What it is.
        size: Sizes as :class:`Shape` defines them (m).
        pose: Pose in the frame of its body; in the world frame of the template when the body is None.
        material: Contact material.
        vertices: Vertices in the collider's frame (m). Shape is (V, 3); None unless HULL or TRIANGLES.
        faces: Triangles. Shape is (F, 3); None unless TRIANGLES.
        contact_offset: PhysX contact offset (m); None where not authored.
        rest_offset: PhysX rest offset (m); None where not authored.
        collision_group: Path of the collision group it is in, "" for none.
        filtered_paths: Prim paths (bodies or colliders) it must not collide with (``FilteredPairsAPI``).
        source_path: Path of the collision prim that this convex piece is a part of; "" where the collider is not a
            piece. PhysX counts the pieces of one prim as one shape.
    """

    path: str
    shape: Shape
    size: tuple[float, ...] = ()
    pose: Pose = field(default_factory=Pose)
    material: Material = field(default_factory=Material)
    vertices: np.ndarray | None = None
    faces: np.ndarray | None = None
    contact_offset: float | None = None
    rest_offset: float | None = None
    collision_group: str = ""
    filtered_paths: tuple[str, ...] = ()
    source_path: str = ""


@dataclass
class Body:
    """A rigid body.

    Attributes:
        path: Prim path in the template world.
        pose: Pose of the body frame in the template's world frame.
        mass: Mass (kg). Authored, or computed from the colliders' volume and density.
        com: Centre of mass in the body frame (m). Shape is (3,).
        inertia: Inertia about the centre of mass, axes of the body frame (kg m2). Shape is (3, 3).
        kinematic: Moved by the user, not by forces.
        gravity: False where ``physxRigidBody:disableGravity`` is set.
        linear_velocity: Start velocity of the centre of mass, world frame (m/s). Shape is (3,).
        angular_velocity: Start velocity, world frame (rad/s). Shape is (3,).
        linear_damping: PhysX linear damping (1/s).
        angular_damping: PhysX angular damping (1/s).
        max_linear_velocity: (m/s), inf where not authored.
        max_angular_velocity: (rad/s), inf where not authored.
        colliders: Its collision shapes in traversal order.
        filtered_paths: Prim paths it must not collide with.
    """

    path: str
    pose: Pose
    mass: float
    com: np.ndarray
    inertia: np.ndarray
    kinematic: bool = False
    gravity: bool = True
    linear_velocity: np.ndarray = field(default_factory=lambda: np.zeros(3))
    angular_velocity: np.ndarray = field(default_factory=lambda: np.zeros(3))
    linear_damping: float = 0.0
    angular_damping: float = 0.0
    max_linear_velocity: float = float("inf")
    max_angular_velocity: float = float("inf")
    colliders: list[Collider] = field(default_factory=list)
    filtered_paths: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the prim."""
        return self.path.rsplit("/", 1)[-1]


class JointType(Enum):
    """Joint types that carry zero or one degree of freedom."""

    FIXED = "fixed"
    REVOLUTE = "revolute"
    PRISMATIC = "prismatic"


@dataclass
class Mimic:
    """``PhysxMimicJointAPI``: q + gearing * q_reference + offset = 0 (PhysX's sign convention).

    Attributes:
        reference_path: Prim path of the reference joint in the template world.
        gearing: Gear ratio.
        offset: Offset (rad or m).
    """

    reference_path: str
    gearing: float
    offset: float = 0.0


@dataclass
class Drive:
    """A PD drive (``UsdPhysics.DriveAPI``): force = stiffness (target - q) + damping (target_vel - qd).

    Attributes:
        stiffness: (N m/rad or N/m).
        damping: (N m s/rad or N s/m).
        max_force: (N m or N), inf where not authored.
        target_pos: (rad or m).
        target_vel: (rad/s or m/s).
        acceleration: True for a drive of type "acceleration" (gains per unit of reflected inertia).
    """

    stiffness: float = 0.0
    damping: float = 0.0
    max_force: float = float("inf")
    target_pos: float = 0.0
    target_vel: float = 0.0
    acceleration: bool = False


@dataclass
class Joint:
    """A joint between two bodies.

    Attributes:
        path: Prim path in the template world.
        type: Kind of joint.
        parent: Path of body 0, None for the world.
        child: Path of body 1.
        parent_frame: Joint frame in the parent body's frame (template's world frame when parent is None).
        child_frame: Joint frame in the child body's frame.
        axis: Axis of motion in the joint frame, a unit vector. Shape is (3,).
        lower: Lower limit (rad or m), -inf for none.
        upper: Upper limit (rad or m), inf for none.
        drive: The drive, None for none.
        armature: (kg m2 or kg).
        friction: ``physxJoint:jointFriction``: PhysX's dimensionless joint friction coefficient or torque, as authored.
        max_velocity: (rad/s or m/s), inf where not authored.
        mimic: Coupling to another joint, None for none.
        position: Start position (rad or m) from ``PhysicsJointStateAPI``, 0 where not authored.
        velocity: Start velocity (rad/s or m/s).
        collision_enabled: True where the two bodies may touch each other.
    """

    path: str
    type: JointType
    parent: str | None
    child: str
    parent_frame: Pose = field(default_factory=Pose)
    child_frame: Pose = field(default_factory=Pose)
    axis: np.ndarray = field(default_factory=lambda: np.array([1.0, 0.0, 0.0]))
    lower: float = float("-inf")
    upper: float = float("inf")
    drive: Drive | None = None
    armature: float = 0.0
    friction: float = 0.0
    max_velocity: float = float("inf")
    mimic: Mimic | None = None
    position: float = 0.0
    velocity: float = 0.0
    collision_enabled: bool = False

    @property
    def name(self) -> str:
        """Name of the prim."""
        return self.path.rsplit("/", 1)[-1]


@dataclass
class Articulation:
    """A tree of links.

    Attributes:
        root_path: Path of the prim with ``ArticulationRootAPI``.
        links: Paths of the bodies in the order of PhysX (breadth first from the base), base first.
        joints: Paths of the joints with a degree of freedom, in the order of their child links.
        incoming_joints: Path of the joint that moves each link, None for the base of a floating articulation. Same
            order and length as links.
        fixed_base: True where the base is fixed to the world.
        self_collisions: True where links may touch each other.
    """

    root_path: str
    links: list[str]
    joints: list[str]
    incoming_joints: list[str | None]
    fixed_base: bool
    self_collisions: bool = False


@dataclass
class SceneDescription:
    """A template world and where its copies stand.

    Attributes:
        world_paths: Prim path prefix of every world, e.g. "/World/envs/env_0", ...; [""] when the stage has no
            environments and is one world. ``world_paths[0]`` is the template: a template path that starts with it is
            renamed to find the same prim in another world; any other path is shared by all worlds.
        world_origins: Position of each world (m). Shape is (num_worlds, 3). Poses in this description are given with
            the template's origin still included.
        gravity: Gravity vector (m/s2). Shape is (3,).
        bodies: Rigid bodies in traversal order, links of articulations included.
        joints: Joints in traversal order (disabled ones are left out).
        articulations: Articulations in traversal order.
        static_colliders: Colliders without a rigid body.
        collision_group_filters: For each collision group path, the group paths it does not collide with.
    """

    world_paths: list[str]
    world_origins: np.ndarray
    gravity: np.ndarray
    bodies: list[Body] = field(default_factory=list)
    joints: list[Joint] = field(default_factory=list)
    articulations: list[Articulation] = field(default_factory=list)
    static_colliders: list[Collider] = field(default_factory=list)
    collision_group_filters: dict[str, set[str]] = field(default_factory=dict)

    @property
    def num_worlds(self) -> int:
        """Number of worlds."""
        return len(self.world_paths)

    def path_in_world(self, template_path: str, world: int) -> str:
        """Prim path in a world for a prim path of the template."""
        prefix = self.world_paths[0]
        if template_path == prefix or template_path.startswith(prefix + "/"):
            return self.world_paths[world] + template_path[len(prefix) :]
        return template_path
