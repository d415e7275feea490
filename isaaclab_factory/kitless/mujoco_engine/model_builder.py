# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A MuJoCo model of the template world of a scene.

Bodies, joints, geoms and actuators carry the prim path of what they stand for as their name.
"""

from __future__ import annotations

import logging

import mujoco
import numpy as np

from ..scene.description import Articulation, Body, Joint, JointType, Pose, SceneDescription
from .collision_filter import ColliderOwner, allowed_contacts, contact_masks, forbidden_body_pairs, list_colliders
from .geoms import add_geom
from .rotations import compose, inverse, principal_axes, rotate
from .settings import Settings

logger = logging.getLogger("isaaclab_factory.kitless")

SHARED_BODY = "colliders shared by all worlds"
"""Name of the body of the static colliders outside the template world. Its pose differs from world to world."""

UNLIMITED = float(np.finfo(np.float32).max)
"""Limit that stands for none, as omni.physics.tensors reports it."""

_JOINT_TYPES = {
    JointType.REVOLUTE: mujoco.mjtJoint.mjJNT_HINGE,
    JointType.PRISMATIC: mujoco.mjtJoint.mjJNT_SLIDE,
}


def is_shared(scene: SceneDescription, path: str) -> bool:
    """Whether a prim exists once for all worlds."""
    return scene.num_worlds > 1 and scene.path_in_world(path, 1) == path


class ModelBuilder:
    """Builds the specification of a model from a scene.

    Args:
        scene: What to build.
        settings: Solver settings.
        time_step: Time of one engine step (s).

    Attributes:
        spec: The specification.
        frames: Pose of the prim's frame in the frame of its MuJoCo body, where the two differ.
    """

    def __init__(self, scene: SceneDescription, settings: Settings, time_step: float):
        self._scene = scene
        self._settings = settings
        self._joints = {joint.path: joint for joint in scene.joints}
        self._bodies: dict[str, mujoco.MjsBody] = {}
        self._tree_joints: set[str] = set()
        self.frames: dict[str, Pose] = {}
        self.spec = mujoco.MjSpec()
        self._set_options(time_step)

    def build(self) -> mujoco.MjSpec:
        """The complete specification.

        Raises:
            ValueError: If the scene holds something that MuJoCo cannot simulate; the message names the prim.
        """
        self._add_bodies()
        self._add_colliders()
        self._exclude_jointed_bodies()
        self._add_drives()
        self._add_mimics()
        self._add_loop_joints()
        return self.spec

    def _set_options(self, time_step: float) -> None:
        option, settings = self.spec.option, self._settings
        option.timestep = time_step
        option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
        option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
        option.impratio = settings.impratio
        option.iterations = settings.iterations
        option.tolerance = settings.tolerance
        # contacts between neighbours are excluded one by one below, as the joints ask for
        option.disableflags |= mujoco.mjtDisableBit.mjDSBL_FILTERPARENT
        free = [body for body in self._scene.bodies if not body.kinematic]
        option.gravity = self._scene.gravity if any(body.gravity for body in free) else np.zeros(3)
        self.spec.compiler.degree = False
        self.spec.compiler.inertiafromgeom = mujoco.mjtInertiaFromGeom.mjINERTIAFROMGEOM_FALSE

    # -- bodies and joints

    def _add_bodies(self) -> None:
        bodies = {body.path: body for body in self._scene.bodies}
        linked = set()
        for articulation in self._scene.articulations:
            self._add_articulation(articulation, bodies)
            linked.update(articulation.links)
        for body in self._scene.bodies:
            if body.path not in linked:
                self._add_free_body(body)

    def _add_free_body(self, body: Body) -> None:
        if is_shared(self._scene, body.path) and not body.kinematic:
            logger.warning("%s: outside the environments, every world simulates a body of its own", body.path)
        if body.kinematic:
            self._add_body(self.spec.worldbody, body, body.pose, mocap=True)
            return
        # on the principal axes at the centre of mass the mass matrix is diagonal and momentum is conserved exactly
        _, axes = principal_axes(body.inertia)
        inertial = Pose(body.com, axes)
        self.frames[body.path] = inverse(inertial)
        spec_body = self._add_body(self.spec.worldbody, body, compose(body.pose, inertial), mocap=False)
        spec_body.ipos, spec_body.iquat = np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0])
        spec_body.add_freejoint(name=body.path)

    def _add_articulation(self, articulation: Articulation, bodies: dict[str, Body]) -> None:
        root = bodies[articulation.links[0]]
        spec_root = self._add_body(self.spec.worldbody, root, root.pose, mocap=articulation.fixed_base)
        if articulation.fixed_base:
            self._tree_joints.add(articulation.incoming_joints[0])
        else:
            spec_root.add_freejoint(name=root.path)
        damping = max(max(bodies[path].linear_damping, bodies[path].angular_damping) for path in articulation.links)
        if damping:
            message = "%s: damping of links (up to %g 1/s) is not honoured by the MuJoCo engine"
            logger.warning(message, articulation.root_path, damping)
        for path, joint_path in zip(articulation.links[1:], articulation.incoming_joints[1:], strict=True):
            self._add_link(bodies[path], self._joints[joint_path])

    def _add_link(self, body: Body, joint: Joint) -> None:
        """Add a link to its parent, at joint position zero."""
        if joint.child == body.path:
            parent, outer, inner, sign = joint.parent, joint.parent_frame, joint.child_frame, 1.0
        else:
            parent, outer, inner, sign = joint.child, joint.child_frame, joint.parent_frame, -1.0
        pose = compose(outer, inverse(inner))
        spec_body = self._add_body(self._bodies[parent], body, pose, mocap=False)
        self._tree_joints.add(joint.path)
        if joint.type is JointType.FIXED:
            return
        solref = [self._settings.contact_time_constant * self.spec.option.timestep, 1.0]
        spec_body.add_joint(
            name=joint.path,
            type=_JOINT_TYPES[joint.type],
            pos=inner.pos,
            axis=sign * rotate(inner.quat, joint.axis),
            limited=True,
            range=[max(joint.lower, -UNLIMITED), min(joint.upper, UNLIMITED)],
            armature=joint.armature,
            frictionloss=joint.friction,
            solref_limit=solref,
            solimp_limit=[*self._settings.contact_impedance, 0.5, 2.0],
        )

    def _add_body(self, parent: mujoco.MjsBody, body: Body, pose: Pose, mocap: bool) -> mujoco.MjsBody:
        moments, axes = principal_axes(body.inertia)
        spec_body = parent.add_body(
            name=body.path,
            pos=pose.pos,
            quat=pose.quat,
            mocap=mocap,
            mass=body.mass,
            ipos=body.com,
            iquat=axes,
            inertia=moments,
            explicitinertial=True,
            gravcomp=0.0 if body.gravity else 1.0,
        )
        self._bodies[body.path] = spec_body
        return spec_body

    # -- colliders

    def _add_colliders(self) -> None:
        owners = list_colliders(self._scene)
        if not owners:
            return
        allowed = allowed_contacts(self._scene, owners)
        masks = contact_masks(allowed)
        if masks is None:
            for first, second in forbidden_body_pairs(owners, allowed):
                self.spec.add_exclude(bodyname1=first, bodyname2=second)
            # bit 0: static, bit 1: the others
            contype = np.array([1 if owner.body_path is None else 2 for owner in owners])
            masks = contype, np.where(contype == 1, 2, 3)
        contype, conaffinity = masks
        links = {path for articulation in self._scene.articulations for path in articulation.links}
        for owner, kind, affinity in zip(owners, contype, conaffinity, strict=True):
            body = self._collider_body(owner)
            frame = self.frames.get(owner.body_path, Pose())
            gap = self._settings.link_contact_gap if owner.body_path in links else 0.0
            add_geom(self.spec, body, owner.collider, frame, int(kind), int(affinity), self._settings, gap)

    def _collider_body(self, owner: ColliderOwner) -> mujoco.MjsBody:
        if owner.body_path is not None:
            return self._bodies[owner.body_path]
        if not is_shared(self._scene, owner.collider.path):
            return self.spec.worldbody
        if SHARED_BODY not in self._bodies:
            self._bodies[SHARED_BODY] = self.spec.worldbody.add_body(name=SHARED_BODY, mocap=True)
        return self._bodies[SHARED_BODY]

    def _exclude_jointed_bodies(self) -> None:
        """Two bodies that a joint connects do not touch each other unless the joint allows it."""
        excluded = {frozenset((exclude.bodyname1, exclude.bodyname2)) for exclude in self.spec.excludes}
        for joint in self._scene.joints:
            if joint.parent is None or joint.collision_enabled:
                continue
            if frozenset((joint.parent, joint.child)) not in excluded:
                self.spec.add_exclude(bodyname1=joint.parent, bodyname2=joint.child)

    # -- drives and couplings

    def _add_drives(self) -> None:
        """Give every joint a PD actuator, so that gains can be set later on."""
        for articulation in self._scene.articulations:
            for path in articulation.joints:
                self.spec.add_actuator(
                    name=path,
                    target=path,
                    trntype=mujoco.mjtTrn.mjTRN_JOINT,
                    gaintype=mujoco.mjtGain.mjGAIN_FIXED,
                    biastype=mujoco.mjtBias.mjBIAS_AFFINE,
                    forcelimited=True,
                    forcerange=[-UNLIMITED, UNLIMITED],
                )

    def _add_mimics(self) -> None:
        for joint in self._scene.joints:
            if joint.mimic is None:
                continue
            self.spec.add_equality(
                name=joint.path,
                type=mujoco.mjtEq.mjEQ_JOINT,
                objtype=mujoco.mjtObj.mjOBJ_JOINT,
                name1=joint.path,
                name2=joint.mimic.reference_path,
                data=[-joint.mimic.offset, -joint.mimic.gearing] + [0.0] * 10,
                solref=list(self._settings.mimic_solref),
                solimp=[*self._settings.contact_impedance, 0.5, 2.0],
            )

    def _add_loop_joints(self) -> None:
        """Joints outside the trees: only fixed ones can be held by a constraint."""
        for joint in self._scene.joints:
            if joint.path in self._tree_joints:
                continue
            if joint.type is not JointType.FIXED:
                raise ValueError(
                    f"{joint.path}: a {joint.type.value} joint outside an articulation is not supported by the"
                    " MuJoCo engine; apply an ArticulationRootAPI to its bodies"
                )
            self._add_weld(joint)

    def _add_weld(self, joint: Joint) -> None:
        outer = compose(self.frames.get(joint.parent, Pose()), joint.parent_frame)
        inner = compose(self.frames.get(joint.child, Pose()), joint.child_frame)
        turn = compose(outer, inverse(inner)).quat
        self.spec.add_equality(
            name=joint.path,
            type=mujoco.mjtEq.mjEQ_WELD,
            objtype=mujoco.mjtObj.mjOBJ_BODY,
            name1=joint.parent or "world",
            name2=joint.child,
            data=[*inner.pos, *outer.pos, *turn, 1.0, 0.0],
            solref=list(self._settings.mimic_solref),
            solimp=[*self._settings.contact_impedance, 0.5, 2.0],
        )
