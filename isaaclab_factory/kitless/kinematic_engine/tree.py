# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A tree of links: forward kinematics, Jacobians and mass matrices for a batch of joint positions.

Roy Featherstone, Rigid Body Dynamics Algorithms, 2008, chapters 4 and 6; the mass matrix is the sum of J^T I J.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from ..scene.description import Articulation, Body, Joint, JointType, Pose
from .rotations import from_rotation_vector, multiply, rotate, to_matrix


@dataclass
class LinkPoses:
    """Where links and joints are. N trees, L links, D degrees of freedom; all in the world frame.

    Attributes:
        pos: Positions of the link frames (m). Shape is (N, L, 3).
        quat: Orientations (x, y, z, w). Shape is (N, L, 4).
        anchor: Points on the joint axes (m). Shape is (N, D, 3).
        axis: Joint axes. Shape is (N, D, 3).
    """

    pos: torch.Tensor
    quat: torch.Tensor
    anchor: torch.Tensor
    axis: torch.Tensor


class Tree:
    """Kinematics of an articulation, or of a single body, which is a tree without joints.

    Args:
        bodies: The links, base first.
        articulation: The articulation, None for a single body.
        joints: All joints of the scene by their path.
        device: Torch device.

    Attributes:
        is_revolute: True for degrees of freedom that turn. Shape is (D,).
    """

    def __init__(
        self, bodies: list[Body], articulation: Articulation | None, joints: dict[str, Joint], device: str
    ) -> None:
        self._device = device
        self.fixed_base = articulation is not None and articulation.fixed_base
        incoming = (
            [None if path is None else joints[path] for path in articulation.incoming_joints[1:]]
            if articulation
            else []
        )
        index = {body.path: i for i, body in enumerate(bodies)}
        self._parents = [index[joint.parent] for joint in incoming]
        self._outer = [self._tensors(joint.parent_frame) for joint in incoming]
        self._inner = [self._tensors(joint.child_frame) for joint in incoming]
        self._axes = [self._tensor(joint.axis) for joint in incoming]
        self._types = [joint.type for joint in incoming]
        moving = [joint for joint in incoming if joint.type is not JointType.FIXED]
        revolute = [joint.type is JointType.REVOLUTE for joint in moving]
        self.is_revolute = torch.tensor(revolute, dtype=torch.bool, device=device)
        self._moved = self._moved_links(len(bodies), len(moving))

    def _tensor(self, array: np.ndarray) -> torch.Tensor:
        return torch.as_tensor(array, dtype=torch.float64, device=self._device)

    def _tensors(self, pose: Pose) -> tuple[torch.Tensor, torch.Tensor]:
        return self._tensor(pose.pos), self._tensor(pose.quat[[1, 2, 3, 0]])

    def _moved_links(self, num_links: int, num_dofs: int) -> torch.Tensor:
        """1 where a degree of freedom moves a link. Shape is (L, D)."""
        moved = torch.zeros(num_links, num_dofs, dtype=torch.float64, device=self._device)
        dof = 0
        for link, (parent, kind) in enumerate(zip(self._parents, self._types, strict=True), start=1):
            moved[link] = moved[parent]
            if kind is not JointType.FIXED:
                moved[link, dof] = 1.0
                dof += 1
        return moved

    def forward(self, root_pose: torch.Tensor, joint_pos: torch.Tensor) -> LinkPoses:
        """Link poses.

        Args:
            root_pose: Pose of the base (x, y, z, qx, qy, qz, qw). Shape is (N, 7).
            joint_pos: Joint positions (rad or m). Shape is (N, D).
        """
        pos, quat = [root_pose[:, :3]], [root_pose[:, 3:]]
        anchors, axes = [], []
        for parent, kind, outer, inner, axis in zip(
            self._parents, self._types, self._outer, self._inner, self._axes, strict=True
        ):
            joint_at = pos[parent] + rotate(quat[parent], outer[0].expand_as(pos[parent]))
            joint_quat = multiply(quat[parent], outer[1].expand_as(quat[parent]))
            if kind is not JointType.FIXED:
                q = joint_pos[:, len(anchors), None]
                anchors.append(joint_at)
                axes.append(rotate(joint_quat, axis.expand_as(joint_at)))
                if kind is JointType.REVOLUTE:
                    joint_quat = multiply(joint_quat, from_rotation_vector(axis * q))
                else:
                    joint_at = joint_at + axes[-1] * q
            back = inner[1] * inner[1].new_tensor((-1.0, -1.0, -1.0, 1.0))
            quat.append(multiply(joint_quat, back.expand_as(joint_quat)))
            pos.append(joint_at - rotate(quat[-1], inner[0].expand_as(joint_at)))
        none = root_pose.new_zeros(len(root_pose), 0, 3)
        return LinkPoses(
            torch.stack(pos, 1),
            torch.stack(quat, 1),
            torch.stack(anchors, 1) if anchors else none,
            torch.stack(axes, 1) if axes else none,
        )

    def jacobian(self, poses: LinkPoses, com: torch.Tensor) -> torch.Tensor:
        """Velocities of the links per generalised velocity.

        Args:
            poses: Where the links are.
            com: Their centres of mass in the world frame (m). Shape is (N, L, 3).

        Returns:
            Rows are the linear velocity at the centre of mass and the angular velocity, world frame. Columns are the
            linear velocity of the base's centre of mass, its angular velocity and the joint velocities. Shape is
            (N, L, 6, 6 + D).
        """
        num, links, dofs = len(com), com.shape[1], poses.axis.shape[1]
        out = com.new_zeros(num, links, 6, 6 + dofs)
        out[..., range(6), range(6)] = 1.0
        arm = com - com[:, :1]
        for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):  # the base turns a link by w x arm
            out[..., i, 3 + j] = arm[..., k]
            out[..., i, 3 + k] = -arm[..., j]
        axis = poses.axis[:, None].expand(num, links, dofs, 3)
        turning = torch.linalg.cross(axis, com[:, :, None] - poses.anchor[:, None])
        revolute = self.is_revolute[:, None]
        moved = self._moved[..., None]
        out[..., :3, 6:] = (torch.where(revolute, turning, axis) * moved).transpose(-1, -2)
        out[..., 3:, 6:] = (torch.where(revolute, axis, 0.0) * moved).transpose(-1, -2)
        return out


def mass_matrix(
    jacobian: torch.Tensor, masses: torch.Tensor, inertias: torch.Tensor, quat: torch.Tensor, armature: torch.Tensor
) -> torch.Tensor:
    """Generalised mass matrices with armature.

    Args:
        jacobian: As :meth:`Tree.jacobian` returns it. Shape is (N, L, 6, 6 + D).
        masses: Link masses (kg). Shape is (N, L).
        inertias: About the centres of mass in the axes of the links (kg m2). Shape is (N, L, 3, 3).
        quat: Orientations of the links (x, y, z, w). Shape is (N, L, 4).
        armature: Armature of the joints. Shape is (N, D).

    Returns:
        Shape is (N, 6 + D, 6 + D).
    """
    turn = to_matrix(quat)
    world_inertias = turn @ inertias @ turn.transpose(-1, -2)
    linear, angular = jacobian[:, :, :3], jacobian[:, :, 3:]
    out = torch.einsum("nl,nlij,nlik->njk", masses, linear, linear)
    out += torch.einsum("nlij,nlik,nlkm->njm", angular, world_inertias, angular)
    out.diagonal(dim1=1, dim2=2)[:, 6:] += armature
    return out
