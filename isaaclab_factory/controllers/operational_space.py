# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The operational-space torque law of the Factory tasks, as a Warp kernel: one thread per environment.

With the Jacobian J, the arm's mass matrix M, the tool's pose error e and velocity v and a posture acceleration u, the
law is (Khatib 1987; ``compute_dof_torque`` of Isaac Lab's Factory tasks)

    tau = J^T d(K e - D v) + (I - J^T Lambda J M^-1) M u,     Lambda = (J M^-1 J^T)^-1,

where d is what a dead zone leaves of the wrench, ``d(w) = sign(w) max(|w| - dead zone, 0)`` for each component:
friction in the joints swallows small wrenches (FORGE, arXiv:2408.04587).

The second term is the part of M u that does not accelerate the point that J belongs to. Seven joints leave one
direction n with J n = 0, and that part is M n (n^T M u) / (n^T M n): the same torque without an inverse, and finite
where the arm is singular.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
import warp as wp
from isaaclab.utils import index_fill_

from .tool_targets import rows

wp.set_module_options({"enable_backward": False})

NUM_JOINTS = 7
vec7 = wp.types.vector(length=NUM_JOINTS, dtype=wp.float32)
mat77 = wp.types.matrix(shape=(NUM_JOINTS, NUM_JOINTS), dtype=wp.float32)
mat67 = wp.types.matrix(shape=(6, NUM_JOINTS), dtype=wp.float32)
TWO_PI = wp.constant(2.0 * math.pi)


@wp.func
def rotation_vector(rotation: wp.quatf) -> wp.vec3f:
    """Axis times angle (rad) of the shorter way to turn."""
    axis = wp.vec3f(rotation[0], rotation[1], rotation[2])
    if rotation[3] < 0.0:
        axis = -axis
    sine = wp.length(axis)
    if sine < 1.0e-6:
        return 2.0 * axis
    return (2.0 * wp.atan2(sine, wp.abs(rotation[3])) / sine) * axis


@wp.func
def velocity_at_origin(
    velocity_com: wp.spatial_vectorf, pose: wp.transformf, center_of_mass: wp.vec3f
) -> wp.spatial_vectorf:
    """Velocity of a body's origin from that of its center of mass, which is given in the body's frame."""
    angular = wp.spatial_bottom(velocity_com)
    offset = wp.quat_rotate(wp.transform_get_rotation(pose), center_of_mass)
    return wp.spatial_vector(wp.spatial_top(velocity_com) - wp.cross(angular, offset), angular)


@wp.func
def free_direction(jacobian: mat67) -> vec7:
    """Unit vector n with J n = 0: the last column of Q in the QR decomposition of J^T, by Householder reflections."""
    reflected = wp.transpose(jacobian)
    normals = mat67()
    for k in range(6):
        squares = wp.float32(0.0)
        for i in range(k, NUM_JOINTS):
            squares += reflected[i, k] * reflected[i, k]
        if squares > 0.0:
            norm = wp.sqrt(squares)
            pivot = reflected[k, k]
            normal = vec7()
            for i in range(k, NUM_JOINTS):
                normal[i] = reflected[i, k]
            normal[k] = pivot + wp.where(pivot < 0.0, -norm, norm)
            normal = wp.normalize(normal)
            normals[k] = normal
            for j in range(k, 6):
                along = wp.float32(0.0)
                for i in range(k, NUM_JOINTS):
                    along += normal[i] * reflected[i, j]
                for i in range(k, NUM_JOINTS):
                    reflected[i, j] = reflected[i, j] - 2.0 * along * normal[i]
    direction = vec7()
    direction[6] = 1.0
    for k in range(6):
        normal = normals[5 - k]
        direction -= 2.0 * wp.dot(normal, direction) * normal
    return direction


@wp.func
def nullspace_torque(acceleration: vec7, jacobian: mat67, mass_matrix: mat77) -> vec7:
    """The part of the torque ``M acceleration`` that does not accelerate the point of the Jacobian."""
    direction = free_direction(jacobian)
    momentum = mass_matrix * direction
    return (wp.dot(momentum, acceleration) / wp.dot(momentum, direction)) * momentum


@wp.kernel(enable_backward=False)
def _compute_torque(
    pose: wp.array2d[wp.transformf],
    velocity_com: wp.array2d[wp.spatial_vectorf],
    center_of_mass: wp.array2d[wp.vec3f],
    joint_pos: wp.array2d[wp.float32],
    joint_vel: wp.array2d[wp.float32],
    jacobian: wp.array4d[wp.float32],
    mass_matrix: wp.array3d[wp.float32],
    body: int,
    points: wp.vec2i,
    first_jacobian: int,
    joints: wp.array[wp.int32],
    target: wp.array[wp.transformf],
    stiffness: wp.array[wp.spatial_vectorf],
    dead_zone: wp.array[wp.spatial_vectorf],
    posture: vec7,
    posture_stiffness: float,
    posture_damping: float,
    torque_limit: float,
    smoothing: float,
    wrench: wp.array[wp.spatial_vectorf],
    smoothed_wrench: wp.array[wp.spatial_vectorf],
    tool_pose: wp.array[wp.transformf],
    has_acted: wp.array[wp.float32],
    torque: wp.array2d[wp.float32],
):
    env = wp.tid()
    tool = pose[env, body]
    tool_pos = wp.transform_get_translation(tool)
    goal = target[env]
    turn = wp.transform_get_rotation(goal) * wp.quat_inverse(wp.transform_get_rotation(tool))
    error = wp.spatial_vector(wp.transform_get_translation(goal) - tool_pos, rotation_vector(turn))
    velocity = velocity_at_origin(velocity_com[env, body], tool, center_of_mass[env, body])
    exerted = wp.spatial_vectorf()
    for i in range(6):
        stiff = stiffness[env][i]
        asked = stiff * error[i] - 2.0 * wp.sqrt(stiff) * velocity[i]
        exerted[i] = wp.sign(asked) * wp.max(wp.abs(asked) - dead_zone[env][i], 0.0)

    arm_jacobian = mat67()
    arm_mass = mat77()
    acceleration = vec7()
    for j in range(NUM_JOINTS):
        joint = joints[j]
        for i in range(6):
            first = jacobian[env, points[0] + first_jacobian, i, joint]
            second = jacobian[env, points[1] + first_jacobian, i, joint]
            arm_jacobian[i, j] = 0.5 * (first + second)
        for i in range(NUM_JOINTS):
            arm_mass[i, j] = mass_matrix[env, joints[i], joint]
        distance = posture[j] - joint_pos[env, joint]
        distance -= TWO_PI * wp.floor(distance / TWO_PI + 0.5)
        acceleration[j] = posture_stiffness * distance - posture_damping * joint_vel[env, joint]

    total = wp.transpose(arm_jacobian) * exerted + nullspace_torque(acceleration, arm_jacobian, arm_mass)
    for j in range(NUM_JOINTS):
        torque[env, j] = wp.clamp(total[j], -torque_limit, torque_limit)

    # the same wrench about the tool's origin instead of about the point where it acts
    middle = 0.5 * (
        wp.transform_get_translation(pose[env, points[0]]) + wp.transform_get_translation(pose[env, points[1]])
    )
    force = wp.spatial_top(exerted)
    at_tool = wp.spatial_vector(force, wp.spatial_bottom(exerted) + wp.cross(middle - tool_pos, force))
    wrench[env] = at_tool
    smoothed_wrench[env] = smoothed_wrench[env] + smoothing * (at_tool - smoothed_wrench[env])
    tool_pose[env] = tool
    has_acted[env] = 1.0


@wp.kernel(enable_backward=False)
def _write_columns(values: wp.array2d[wp.float32], columns: wp.array[wp.int32], out: wp.array2d[wp.float32]):
    row, i = wp.tid()
    out[row, columns[i]] = values[row, i]


class OperationalSpaceController:
    """Task-space spring and damper for a tool plus a null-space posture spring, for an arm of seven joints.

    The wrench K e - D v belongs to the tool, and the Jacobian may be another point's: the mean of two links'. That of
    the two fingers is how Isaac Lab's ``FactoryEnv`` applies it. For the arm's joints it is the Jacobian of the point
    midway between the origins of the finger links, 53.7 mm above the fingertip, so that a force also turns the tool
    about its tip. The tool's own Jacobian is the mean of the tool's and the tool's.

    Attributes:
        body_id: The tool among the robot's bodies.
        point_ids: The two bodies whose mean Jacobian is used. Shape is (2,).
        joint_ids: The arm among the robot's joints. Shape is (7,).
        stiffness: Task-space stiffness, three in N/m and three in N m/rad, which may be changed at any time. Shape is
            (num_envs, 6).
        dead_zone: How much of each component of the wrench is lost, in N and N m. It may be changed at any time. Shape
            is (num_envs, 6).
        torque: Joint torques of the last :meth:`compute` in N m, within the limit. Shape is (num_envs, 7).
        wrench_w: Force in N and torque about the tool's origin in N m that the tool was to exert, world frame. At rest
            it is what the tool does exert on its surroundings. Shape is (num_envs, 6).
        smoothed_wrench_w: The same, smoothed from one :meth:`compute` to the next. Zero after :meth:`reset`. Shape is
            (num_envs, 6).
        tool_pose_w: Where the tool was: position in m and orientation (x, y, z, w), world frame. Shape is
            (num_envs, 7).
        has_acted: 1.0 where :meth:`compute` was called since :meth:`reset`, 0.0 elsewhere. Shape is (num_envs,).
    """

    def __init__(
        self,
        num_envs: int,
        body_id: int,
        point_ids: tuple[int, int],
        joint_ids: Sequence[int],
        stiffness: Sequence[float],
        nullspace_joint_pos: Sequence[float],
        nullspace_stiffness: float,
        nullspace_damping: float,
        torque_limit: float,
        dead_zone: Sequence[float] = (0.0,) * 6,
        smoothing: float = 1.0,
        device: str | torch.device = "cpu",
    ):
        """Store the gains and create the buffers. The task-space damping is critical for a unit mass, ``2 sqrt(K)``.

        Args:
            num_envs: Number of environments.
            body_id: The tool among the robot's bodies.
            point_ids: The two bodies whose mean Jacobian is used, among the robot's bodies.
            joint_ids: The arm among the robot's joints. Seven values.
            stiffness: Task-space stiffness, three in N/m and three in N m/rad.
            nullspace_joint_pos: Posture that the null space moves to, in rad. Seven values.
            nullspace_stiffness: Posture stiffness in 1/s^2.
            nullspace_damping: Posture damping in 1/s.
            torque_limit: Largest absolute joint torque in N m.
            dead_zone: How much of each component of the wrench is lost, three in N and three in N m.
            smoothing: Share of the present wrench in the smoothed one.
            device: Device of the arrays.

        Raises:
            ValueError: If the number of gains or joints is wrong.
        """
        lengths = {"stiffness": (stiffness, 6), "nullspace_joint_pos": (nullspace_joint_pos, NUM_JOINTS)}
        lengths |= {"joint_ids": (joint_ids, NUM_JOINTS), "dead_zone": (dead_zone, 6)}
        for name, (values, length) in lengths.items():
            if len(values) != length:
                raise ValueError(f"{name} needs {length} values, got {len(values)}.")
        self._device = wp.device_from_torch(torch.device(device))
        self.body_id, self.point_ids = body_id, wp.vec2i(*point_ids)
        self.joint_ids = wp.array(list(joint_ids), dtype=wp.int32, device=self._device)
        self.stiffness, self.dead_zone = (
            torch.tensor(tuple(values), dtype=torch.float32, device=device).repeat(num_envs, 1)
            for values in (stiffness, dead_zone)
        )
        self._env_gains = [wp.from_torch(gains, dtype=wp.spatial_vectorf) for gains in (self.stiffness, self.dead_zone)]
        self._gains = [vec7(*nullspace_joint_pos), nullspace_stiffness, nullspace_damping, torque_limit, smoothing]
        self.wrench_w, self.smoothed_wrench_w = (torch.zeros(num_envs, 6, device=device) for _ in range(2))
        self.tool_pose_w = torch.zeros(num_envs, 7, device=device)
        self.has_acted = torch.zeros(num_envs, device=device)
        self.torque = wp.zeros((num_envs, NUM_JOINTS), dtype=wp.float32, device=self._device)
        self._outputs = [
            wp.from_torch(self.wrench_w, dtype=wp.spatial_vectorf),
            wp.from_torch(self.smoothed_wrench_w, dtype=wp.spatial_vectorf),
            wp.from_torch(self.tool_pose_w, dtype=wp.transformf),
            wp.from_torch(self.has_acted),
            self.torque,
        ]

    def compute(self, data: Any, target_pose_w: wp.array, envs: slice | None = None) -> wp.array:
        """Joint torques that pull the tool to a target.

        Args:
            data: Data of the robot: :class:`isaaclab.assets.ArticulationData`, or another object with these of its
                attributes: ``body_link_pose_w``, ``body_com_vel_w``, ``body_com_pos_b``, ``joint_pos``,
                ``joint_vel``, ``body_link_jacobian_w`` and ``mass_matrix``.
            target_pose_w: Poses of the tool, as ``wp.transformf``: position in m and orientation (x, y, z, w), world
                frame. Shape is (num_envs,).
            envs: Environments to compute them for. Defaults to all.

        Returns:
            :attr:`torque`.
        """
        arrays = [
            data.body_link_pose_w.warp,
            data.body_com_vel_w.warp,
            data.body_com_pos_b.warp,
            data.joint_pos.warp,
            data.joint_vel.warp,
            data.body_link_jacobian_w.warp,
            data.mass_matrix.warp,
        ]
        num_bodies, num_jacobians = arrays[0].shape[1], arrays[5].shape[1]
        inputs = [
            *rows(arrays, envs),
            self.body_id,
            self.point_ids,
            num_jacobians - num_bodies,  # of a fixed base there is no Jacobian of the root
            self.joint_ids,
            *rows([target_pose_w, *self._env_gains], envs),
            *self._gains,
        ]
        outputs = rows(self._outputs, envs)
        wp.launch(_compute_torque, dim=len(outputs[0]), inputs=inputs, outputs=outputs, device=self._device)
        return self.torque

    def write_torque(self, joint_forces: wp.array, envs: slice | None = None) -> None:
        """Write :attr:`torque` to the forces of all joints of the robot.

        Args:
            joint_forces: Forces in N and torques in N m. Shape is (num_envs, num_joints).
            envs: Environments to write them for. Defaults to all.
        """
        torque, out = rows([self.torque, joint_forces], envs)
        wp.launch(_write_columns, torque.shape, [torque, self.joint_ids], [out], device=self._device)

    def reset(self, env_ids: Sequence[int] | torch.Tensor | slice | None = None) -> None:
        """Forget what was done in some environments.

        Args:
            env_ids: Indices of the environments. Defaults to all.
        """
        index_fill_(self.smoothed_wrench_w, env_ids, 0.0)
        index_fill_(self.has_acted, env_ids, 0.0)
