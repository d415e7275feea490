# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Forward kinematics and Jacobian of a serial chain of seven revolute joints, in Warp: one thread per row.

Kernels compute in double precision whatever the type of the tensors, so float32 results are exact to their last digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import warp as wp

wp.set_module_options({"enable_backward": False})

NUM_JOINTS = 7
vec7d = wp.types.vector(length=NUM_JOINTS, dtype=wp.float64)
mat67d = wp.types.matrix(shape=(6, NUM_JOINTS), dtype=wp.float64)


@wp.func
def tool_pose_and_jacobian(frames: wp.array[wp.transformd], joint_pos: vec7d):
    """Pose of the tool and geometric Jacobian about the tool's origin, linear rows first, in the frame of the base."""
    z_axis = wp.vec3d(wp.float64(0.0), wp.float64(0.0), wp.float64(1.0))
    pose = wp.transform_identity(dtype=wp.float64)
    jacobian = mat67d()
    for joint in range(NUM_JOINTS):
        turn = wp.quat_from_axis_angle(z_axis, joint_pos[joint])
        pose = pose * frames[joint] * wp.transformd(wp.vec3d(), turn)
        axis = wp.quat_rotate(wp.transform_get_rotation(pose), z_axis)
        # velocity of the point at the base's origin, until the place of the tool is known
        linear = wp.cross(wp.transform_get_translation(pose), axis)
        for i in range(3):
            jacobian[i, joint] = linear[i]
            jacobian[3 + i, joint] = axis[i]
    pose = pose * frames[NUM_JOINTS]
    for joint in range(NUM_JOINTS):
        axis = wp.vec3d(jacobian[3, joint], jacobian[4, joint], jacobian[5, joint])
        linear = wp.cross(axis, wp.transform_get_translation(pose))
        for i in range(3):
            jacobian[i, joint] += linear[i]
    return pose, jacobian


@wp.kernel(enable_backward=False)
def _forward(
    frames: wp.array[wp.transformd],
    joint_pos: wp.array[vec7d],
    pos: wp.array[wp.vec3d],
    quat: wp.array[wp.quatd],
    jacobian: wp.array[mat67d],
):
    row = wp.tid()
    pose, jacobian_of_row = tool_pose_and_jacobian(frames, joint_pos[row])
    pos[row] = wp.transform_get_translation(pose)
    quat[row] = wp.transform_get_rotation(pose)
    jacobian[row] = jacobian_of_row


class SerialChain:
    """Seven revolute joints in a row, each turning about the z axis of its own frame, and a tool at the end.

    Attributes:
        frames: Pose of each joint's frame at angle zero in the previous joint's frame or the base's, then that of the
            tool in the last joint's frame. Shape is (8,).
        device: Device of the tensors that the chain takes and returns.
    """

    def __init__(
        self,
        joint_frames: Sequence[Sequence[float]],
        tool_frame: Sequence[float],
        device: str | torch.device = "cpu",
    ):
        """Store the constant transforms, each a position in m and an orientation (x, y, z, w).

        Args:
            joint_frames: Pose of each joint's frame at angle zero, in the previous joint's frame or the base's.
                Shape is (7, 7).
            tool_frame: Pose of the tool in the last joint's frame. Shape is (7,).
            device: Device of the tensors that the chain takes and returns.

        Raises:
            ValueError: If there are not seven joints.
        """
        if len(joint_frames) != NUM_JOINTS:
            raise ValueError(f"joint_frames needs {NUM_JOINTS} poses, got {len(joint_frames)}.")
        poses = [*joint_frames, tool_frame]
        self.frames = wp.array(poses, dtype=wp.transformd, device=str(device))
        self.device = torch.device(wp.device_to_torch(self.frames.device))

    def forward(self, joint_pos: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Pose of the tool in the frame of the base.

        Args:
            joint_pos: Joint positions in rad. Shape is (N, 7).

        Returns:
            Position in m (N, 3) and orientation (x, y, z, w) (N, 4), of the type of the joint positions.

        Raises:
            ValueError: If the shape or the device of the joint positions is wrong.
        """
        pos, quat, _ = self.forward_with_jacobian(joint_pos)
        return pos, quat

    def forward_with_jacobian(self, joint_pos: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Pose of the tool and its geometric Jacobian about the tool's origin, both in the frame of the base.

        Args:
            joint_pos: Joint positions in rad. Shape is (N, 7).

        Returns:
            Position in m (N, 3), orientation (x, y, z, w) (N, 4) and Jacobian, linear rows first (N, 6, 7), of the type
            of the joint positions.

        Raises:
            ValueError: If the shape or the device of the joint positions is wrong.
        """
        rows = len(joint_pos)
        inputs = [self.frames, double_rows("joint_pos", joint_pos, (rows, NUM_JOINTS), vec7d, self.device)]
        outputs = tuple(
            torch.empty(rows, *shape, dtype=torch.float64, device=self.device)
            for shape in ((3,), (4,), (6, NUM_JOINTS))
        )
        types = (wp.vec3d, wp.quatd, mat67d)
        arrays = [wp.from_torch(t, dtype=d, return_ctype=True) for t, d in zip(outputs, types, strict=True)]
        wp.launch(_forward, dim=rows, inputs=inputs, outputs=arrays, device=self.frames.device)
        pos, quat, jacobian = (tensor.to(joint_pos.dtype) for tensor in outputs)
        return pos, quat, jacobian


def double_rows(name: str, tensor: torch.Tensor, shape: tuple[int, ...], dtype: type, device: torch.device) -> Any:
    """A tensor as an argument of a kernel that takes rows in double precision, not copied if it is in that already.

    Args:
        name: Name of the tensor, for the error.
        tensor: The tensor.
        shape: The shape it needs. A kernel would read whatever lies behind a smaller tensor.
        dtype: Warp's type of a row.
        device: The device it needs.

    Returns:
        The argument for :func:`warp.launch`.

    Raises:
        ValueError: If the shape or the device is another one.
    """
    if tensor.shape != shape or tensor.device != device:
        raise ValueError(f"{name} needs the shape {shape} on {device}, got {tuple(tensor.shape)} on {tensor.device}.")
    return wp.from_torch(tensor.double().contiguous(), dtype=dtype, requires_grad=False, return_ctype=True)
