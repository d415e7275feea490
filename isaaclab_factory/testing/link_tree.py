# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Poses, Jacobians and mass matrix of a robot with a fixed base, from its joint positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import isaaclab.utils.math as math_utils
import torch

from isaaclab_factory.assets.franka_model import Link, LinkJoint
from isaaclab_factory.controllers import quat_from_rotvec

_AXES = {"X": (1.0, 0.0, 0.0), "Y": (0.0, 1.0, 0.0), "-Y": (0.0, -1.0, 0.0), "Z": (0.0, 0.0, 1.0)}


@dataclass
class Configuration:
    """Links and joints at some joint positions, world frame. N robots, L links, D joints that move.

    Attributes:
        links: Poses of the links as 4 x 4 matrices. Shape is (N, L, 4, 4).
        anchors: Points on the joint axes in m. Shape is (N, D, 3).
        axes: Joint axes. Shape is (N, D, 3).
    """

    links: torch.Tensor
    anchors: torch.Tensor
    axes: torch.Tensor


class LinkTree:
    """Kinematics and inertia of links that revolute, prismatic and fixed joints carry.

    Everything is in float64. Formulas: R. Featherstone, Rigid Body Dynamics Algorithms, 2008, chapters 2 and 4.
    """

    def __init__(self, links: Sequence[Link]):
        """Read the links.

        Args:
            links: The links, each after its parent, the base first.
        """
        self.link_names = [link.name for link in links]
        self._joints = [link.joint for link in links[1:]]
        moving = [joint for joint in self._joints if joint.type != "fixed"]
        self.joint_names = [joint.name for joint in moving]
        self.is_revolute = torch.tensor([joint.type == "revolute" for joint in moving])
        self._parents = [self.link_names.index(joint.parent) for joint in self._joints]
        self._frames = torch.stack([_joint_frame(joint) for joint in self._joints])
        self._axes = torch.tensor([_AXES[joint.axis] for joint in moving], dtype=torch.float64)
        self._moves = self._links_moved(moving)

    def _links_moved(self, moving: list[LinkJoint]) -> torch.Tensor:
        """1 where a joint moves a link. Shape is (L, D)."""
        moves = torch.zeros(len(self.link_names), len(moving), dtype=torch.float64)
        for link, (joint, parent) in enumerate(zip(self._joints, self._parents, strict=True), start=1):
            moves[link] = moves[parent]
            if joint in moving:
                moves[link, moving.index(joint)] = 1.0
        return moves

    def forward(self, root_pose: torch.Tensor, joint_pos: torch.Tensor) -> Configuration:
        """Poses of all links.

        Args:
            root_pose: Pose of the base in the world, position in m and orientation (x, y, z, w). Shape is (N, 7).
            joint_pos: Joint positions in rad or m. Shape is (N, D).

        Returns:
            Links and joints in the world frame.
        """
        root = _matrix(root_pose[:, :3].double(), math_utils.matrix_from_quat(root_pose[:, 3:].double()))
        links, anchors, axes = [root], [], []
        for joint, parent, frame in zip(self._joints, self._parents, self._frames, strict=True):
            pose = links[parent] @ frame
            if joint.type != "fixed":
                axis = self._axes[len(axes)]
                q = joint_pos[:, len(axes), None].double()
                anchors.append(pose[:, :3, 3])
                axes.append(pose[:, :3, :3] @ axis)
                pose = pose @ (_turn(axis * q) if joint.type == "revolute" else _shift(axis * q))
            links.append(pose)
        return Configuration(torch.stack(links, 1), torch.stack(anchors, 1), torch.stack(axes, 1))

    def jacobians(self, configuration: Configuration, points: torch.Tensor) -> torch.Tensor:
        """Velocities of points of the links per joint velocity.

        Args:
            configuration: Where the links are.
            points: One point on each link, in its frame, in m. Shape is (N, L, 3).

        Returns:
            Linear velocity of the point, then angular velocity of the link, world frame. Shape is (N, L, 6, D).
        """
        axes = configuration.axes[:, None].expand(-1, len(self.link_names), -1, -1)
        arms = _to_world(configuration.links, points)[:, :, None] - configuration.anchors[:, None]
        revolute = self.is_revolute[:, None]
        linear = torch.where(revolute, torch.linalg.cross(axes, arms), axes)
        angular = torch.where(revolute, axes, 0.0)
        return (torch.cat((linear, angular), dim=-1) * self._moves[..., None]).mT

    def mass_matrix(
        self, configuration: Configuration, masses: torch.Tensor, coms: torch.Tensor, inertias: torch.Tensor
    ) -> torch.Tensor:
        """Joint-space mass matrix: the sum over the links of ``J^T I J``, J about the centre of mass.

        Args:
            configuration: Where the links are.
            masses: Masses in kg. Shape is (N, L).
            coms: Centres of mass in the links' frames in m. Shape is (N, L, 3).
            inertias: Inertias about the centres of mass in the axes of the links in kg m^2. Shape is (N, L, 3, 3).

        Returns:
            The mass matrices. Shape is (N, D, D).
        """
        linear, angular = self.jacobians(configuration, coms).split(3, dim=2)
        rotation = configuration.links[..., :3, :3]
        inertias_w = rotation @ inertias @ rotation.mT
        return (masses[..., None, None] * (linear.mT @ linear) + angular.mT @ inertias_w @ angular).sum(dim=1)


def _joint_frame(joint: LinkJoint) -> torch.Tensor:
    """Pose of the carried link in its parent at joint position zero. Shape is (4, 4)."""
    quat = math_utils.quat_from_euler_xyz(*torch.tensor(joint.rpy, dtype=torch.float64).unbind())
    return _matrix(torch.tensor(joint.xyz, dtype=torch.float64), math_utils.matrix_from_quat(quat))


def _matrix(pos: torch.Tensor, rotation: torch.Tensor) -> torch.Tensor:
    """Homogeneous matrices. Shapes are (..., 3), (..., 3, 3) and (..., 4, 4)."""
    matrix = torch.zeros(*pos.shape[:-1], 4, 4, dtype=pos.dtype)
    matrix[..., :3, :3] = rotation
    matrix[..., :3, 3] = pos
    matrix[..., 3, 3] = 1.0
    return matrix


def _shift(offset: torch.Tensor) -> torch.Tensor:
    """Matrices of a translation. Shapes are (N, 3) and (N, 4, 4)."""
    return _matrix(offset, torch.eye(3, dtype=offset.dtype))


def _turn(rotvec: torch.Tensor) -> torch.Tensor:
    """Matrices of a rotation vector. Shapes are (N, 3) and (N, 4, 4)."""
    return _matrix(torch.zeros_like(rotvec), math_utils.matrix_from_quat(quat_from_rotvec(rotvec)))


def _to_world(links: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
    """Points of the links in the world frame. Shapes are (N, L, 4, 4) and (N, L, 3)."""
    return (links[..., :3, :3] @ points[..., None]).squeeze(-1) + links[..., :3, 3]
