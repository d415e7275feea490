# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Forward kinematics and Jacobian of a serial chain of revolute joints."""

from __future__ import annotations

import torch
from isaaclab.utils.math import quat_from_matrix


class SerialChain:
    """Revolute joints in a row, each turning about the z axis of its own frame, and a tool at the end."""

    def __init__(self, joint_frames: torch.Tensor, tool_frame: torch.Tensor):
        """Store the constant transforms.

        Args:
            joint_frames: Pose of each joint's frame at angle zero, in the previous joint's frame or the base's.
                Shape is (num_joints, 4, 4).
            tool_frame: Pose of the tool in the last joint's frame. Shape is (4, 4).
        """
        self._joint_frames = joint_frames
        self._tool_frame = tool_frame

    @property
    def num_joints(self) -> int:
        """Number of joints."""
        return len(self._joint_frames)

    def forward(self, joint_pos: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Pose of the tool in the frame of the base.

        Args:
            joint_pos: Joint positions in rad. Shape is (N, num_joints).

        Returns:
            Position in m (N, 3) and orientation (x, y, z, w) (N, 4).
        """
        pos, quat, _ = self.forward_with_jacobian(joint_pos)
        return pos, quat

    def forward_with_jacobian(self, joint_pos: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Pose of the tool and its geometric Jacobian about the tool's origin, both in the frame of the base.

        Args:
            joint_pos: Joint positions in rad. Shape is (N, num_joints).

        Returns:
            Position in m (N, 3), orientation (x, y, z, w) (N, 4) and Jacobian, linear rows first (N, 6, num_joints).
        """
        frames = self._joint_frames
        cos, sin = torch.cos(joint_pos)[..., None], torch.sin(joint_pos)[..., None]
        # a turn about the own z axis mixes the first two columns and leaves the others
        steps = frames.repeat(len(joint_pos), 1, 1, 1)
        steps[..., 0] = cos * frames[..., 0] + sin * frames[..., 1]
        steps[..., 1] = cos * frames[..., 1] - sin * frames[..., 0]

        poses = [steps[:, 0]]
        for index in range(1, self.num_joints):
            poses.append(torch.bmm(poses[-1], steps[:, index]))
        tool = poses[-1] @ self._tool_frame
        joints = torch.stack(poses, dim=1)

        axes, origins, tool_pos = joints[..., :3, 2], joints[..., :3, 3], tool[:, :3, 3]
        linear = torch.linalg.cross(axes, tool_pos.unsqueeze(1) - origins)
        jacobian = torch.cat((linear, axes), dim=-1).mT
        return tool_pos, quat_from_matrix(tool[:, :3, :3]), jacobian
