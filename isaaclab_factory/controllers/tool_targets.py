# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Where a tool is pulled, from where it is now, as Warp kernels: one thread per environment.

Both kinds of target begin at the tool's present pose, so a tool that is held back is pulled no harder than the largest
step allows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import warp as wp

wp.set_module_options({"enable_backward": False})

TWO_PI = wp.constant(2.0 * math.pi)
PI = wp.constant(math.pi)
LEAST_YAW = wp.constant(math.radians(-125.0))
"""Where the last joint of the Franka ends for an upright tool in front of the robot, as a yaw of the tool
(``wrap_yaw`` of Isaac Lab's Factory: yaws lie between -125 and 235 degrees)."""


@wp.func
def euler_angles(rotation: wp.quatf) -> wp.vec3f:
    """Roll, pitch and yaw in rad, about the fixed axes x, y and z in this order."""
    x, y, z, w = rotation[0], rotation[1], rotation[2], rotation[3]
    roll = wp.atan2(2.0 * (w * x + y * z), 1.0 - 2.0 * (x * x + y * y))
    pitch = wp.asin(wp.clamp(2.0 * (w * y - z * x), -1.0, 1.0))
    yaw = wp.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))
    return wp.vec3f(roll, pitch, yaw)


@wp.func
def rotation_of(roll: float, pitch: float, yaw: float) -> wp.quatf:
    """The rotation with these angles, see :func:`euler_angles`."""
    about_x = wp.quatf(wp.sin(0.5 * roll), 0.0, 0.0, wp.cos(0.5 * roll))
    about_y = wp.quatf(0.0, wp.sin(0.5 * pitch), 0.0, wp.cos(0.5 * pitch))
    about_z = wp.quatf(0.0, 0.0, wp.sin(0.5 * yaw), wp.cos(0.5 * yaw))
    return about_z * about_y * about_x


@wp.func
def pointing_down(rotation: wp.quatf) -> wp.quatf:
    """The rotation with roll pi, pitch zero and the yaw of ``rotation``: the tool's z axis points straight down."""
    yaw = euler_angles(rotation)[2]
    return wp.quatf(wp.cos(0.5 * yaw), wp.sin(0.5 * yaw), 0.0, 0.0)


@wp.func
def within_half_turn(angle: float) -> float:
    """The angle between -pi and pi."""
    return angle - TWO_PI * wp.floor(angle / TWO_PI + 0.5)


@wp.func
def above_least_yaw(yaw: float) -> float:
    """The yaw counted from where the last joint ends, so that a way between two yaws never leads through its end."""
    return yaw - TWO_PI * wp.floor((yaw - LEAST_YAW) / TWO_PI)


@wp.kernel(enable_backward=False)
def _add_delta(
    pose: wp.array2d[wp.transformf],
    body: int,
    delta_pos: wp.array[wp.vec3f],
    delta_quat: wp.array[wp.quatf],
    center: wp.array[wp.vec3f],
    bounds: wp.vec3f,
    target: wp.array[wp.transformf],
):
    env = wp.tid()
    tool = pose[env, body]
    offset = wp.transform_get_translation(tool) + delta_pos[env] - center[env]
    rotation = pointing_down(delta_quat[env] * wp.transform_get_rotation(tool))
    target[env] = wp.transformf(center[env] + wp.max(wp.min(offset, bounds), -bounds), rotation)


@wp.kernel(enable_backward=False)
def _step_towards(
    pose: wp.array2d[wp.transformf],
    body: int,
    goal_pos: wp.array[wp.vec3f],
    goal_yaw: wp.array[wp.float32],
    position_limit: wp.array[wp.vec3f],
    rotation_limit: wp.array[wp.vec3f],
    target: wp.array[wp.transformf],
    offset: wp.array[wp.vec4f],
):
    env = wp.tid()
    pos = wp.transform_get_translation(pose[env, body])
    angles = euler_angles(wp.transform_get_rotation(pose[env, body]))
    way = goal_pos[env] - pos
    turn = above_least_yaw(goal_yaw[env]) - above_least_yaw(angles[2])
    largest, largest_turn = position_limit[env], rotation_limit[env]
    roll = angles[0] + wp.clamp(within_half_turn(PI - angles[0]), -largest_turn[0], largest_turn[0])
    pitch = angles[1] + wp.clamp(-angles[1], -largest_turn[1], largest_turn[1])
    yaw = angles[2] + wp.clamp(turn, -largest_turn[2], largest_turn[2])
    target[env] = wp.transformf(pos + wp.max(wp.min(way, largest), -largest), rotation_of(roll, pitch, yaw))
    offset[env] = wp.vec4f(way[0], way[1], way[2], turn)


class DeltaTarget:
    """Targets at a delta from the tool's pose, kept in a box and upright: ``FactoryEnv._apply_action`` of Isaac Lab.

    Attributes:
        delta_pos_w: Position deltas in m along the axes of the world. Shape is (num_envs, 3).
        delta_quat_w: Rotation deltas (x, y, z, w), multiplied from the left. Shape is (num_envs, 4).
        center_w: Center of the box in m, world frame. Shape is (num_envs, 3).
        target_pose_w: Targets of the last :meth:`update`: positions in m and orientations (x, y, z, w), world frame.
            Shape is (num_envs, 7).
        poses: The same as ``wp.transformf``. Shape is (num_envs,).

    The first three are to be written to, in place.
    """

    def __init__(self, num_envs: int, body_id: int, bounds: Sequence[float], device: str | torch.device = "cpu"):
        """Create the buffers, with deltas of zero.

        Args:
            num_envs: Number of environments.
            body_id: The tool among the robot's bodies.
            bounds: Half extents of the box in m. Three values.
            device: Device of the arrays.

        Raises:
            ValueError: If the number of bounds is wrong.
        """
        self._body_id, self._bounds = body_id, wp.vec3f(*_three(bounds, "bounds"))
        self.delta_pos_w, self.center_w = (torch.zeros(num_envs, 3, device=device) for _ in range(2))
        self.delta_quat_w = torch.tensor((0.0, 0.0, 0.0, 1.0), device=device).repeat(num_envs, 1)
        self.target_pose_w = torch.zeros(num_envs, 7, device=device)
        self.poses = wp.from_torch(self.target_pose_w, dtype=wp.transformf)
        self._inputs = [
            wp.from_torch(self.delta_pos_w, dtype=wp.vec3f),
            wp.from_torch(self.delta_quat_w, dtype=wp.quatf),
            wp.from_torch(self.center_w, dtype=wp.vec3f),
        ]

    def update(self, body_pose_w: wp.array, envs: slice | None = None) -> None:
        """Compute the targets.

        Args:
            body_pose_w: Poses of the robot's bodies, as ``wp.transformf``, world frame. Shape is
                (num_envs, num_bodies).
            envs: Environments to compute them for. Defaults to all.
        """
        poses, *inputs, target = rows([body_pose_w, *self._inputs, self.poses], envs)
        inputs = [poses, self._body_id, *inputs, self._bounds]
        wp.launch(_add_delta, len(target), inputs, [target], device=target.device)


class SteppedTarget:
    """Targets on the way from the tool's pose to an upright goal, but no further than a limit.

    It is ``ForgeEnv._apply_action`` of Isaac Lab. The yaw is never turned through the end of the Franka's last joint.

    Attributes:
        goal_pos_w: Positions of the goal in m, world frame. Shape is (num_envs, 3).
        goal_yaw: Yaws of the goal in rad. Shape is (num_envs,).
        position_limit: Largest distance of the target from the tool in m along each axis of the world. Shape is
            (num_envs, 3).
        rotation_limit: Largest change of roll, pitch and yaw in rad. Shape is (num_envs, 3).
        target_pose_w: Targets of the last :meth:`update`: positions in m and orientations (x, y, z, w), world frame.
            Shape is (num_envs, 7).
        poses: The same as ``wp.transformf``. Shape is (num_envs,).
        offset_w: Position in m and yaw in rad of the goal relative to the tool, without the limits. Shape is
            (num_envs, 4).

    The first four are to be written to, in place.
    """

    def __init__(
        self,
        num_envs: int,
        body_id: int,
        position_limit: Sequence[float],
        rotation_limit: Sequence[float],
        device: str | torch.device = "cpu",
    ):
        """Create the buffers.

        Args:
            num_envs: Number of environments.
            body_id: The tool among the robot's bodies.
            position_limit: Limits of all environments in m. Three values.
            rotation_limit: Limits of all environments in rad. Three values.
            device: Device of the arrays.

        Raises:
            ValueError: If the number of limits is wrong.
        """
        self._body_id = body_id
        self.goal_pos_w = torch.zeros(num_envs, 3, device=device)
        self.goal_yaw = torch.zeros(num_envs, device=device)
        self.position_limit, self.rotation_limit = (
            torch.tensor(_three(limits, name), dtype=torch.float32, device=device).repeat(num_envs, 1)
            for limits, name in ((position_limit, "position_limit"), (rotation_limit, "rotation_limit"))
        )
        self.target_pose_w = torch.zeros(num_envs, 7, device=device)
        self.offset_w = torch.zeros(num_envs, 4, device=device)
        self.poses = wp.from_torch(self.target_pose_w, dtype=wp.transformf)
        self._inputs = [
            wp.from_torch(self.goal_pos_w, dtype=wp.vec3f),
            wp.from_torch(self.goal_yaw),
            wp.from_torch(self.position_limit, dtype=wp.vec3f),
            wp.from_torch(self.rotation_limit, dtype=wp.vec3f),
        ]
        self._outputs = [self.poses, wp.from_torch(self.offset_w, dtype=wp.vec4f)]

    def update(self, body_pose_w: wp.array, envs: slice | None = None) -> None:
        """Compute the targets.

        Args:
            body_pose_w: Poses of the robot's bodies, as ``wp.transformf``, world frame. Shape is
                (num_envs, num_bodies).
            envs: Environments to compute them for. Defaults to all.
        """
        poses, *inputs = rows([body_pose_w, *self._inputs], envs)
        outputs = rows(self._outputs, envs)
        inputs = [poses, self._body_id, *inputs]
        wp.launch(_step_towards, len(outputs[0]), inputs, outputs, device=self.poses.device)


def rows(arrays: Sequence[wp.array], envs: slice | None) -> list[wp.array]:
    """Views of arrays for some environments, which are their first dimension; the arrays themselves for None."""
    return list(arrays) if envs is None else [array[envs] for array in arrays]


def _three(values: Sequence[float], name: str) -> tuple[float, ...]:
    if len(values) != 3:
        raise ValueError(f"{name} needs 3 values, got {len(values)}.")
    return tuple(values)
