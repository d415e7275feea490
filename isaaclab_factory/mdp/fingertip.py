# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The state of one robot body as the Factory controller and policy see it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from isaaclab.assets import Articulation

from isaaclab_factory.controllers.rotations import quat_conjugate, quat_mul, rotvec_from_quat


class FingertipState:
    """Pose of the tool's body and its velocity measured over the last physics step.

    The velocity is the difference between the present pose and the pose at the last :meth:`mark`, which the action
    term calls before each physics step. Factory's policy observes this instead of the simulator's velocity: it is what
    a robot's encoders give.
    """

    def __init__(self, asset: Articulation, body_id: int, physics_dt: float):
        """Find the body.

        Args:
            asset: The robot.
            body_id: Index of the tool's body in the robot.
            physics_dt: Time between two marks in s.
        """
        self._asset = asset
        self._body_id = body_id
        self._physics_dt = physics_dt
        self._marked_pose_w = self.pose_w.clone()

    @property
    def pose_w(self) -> torch.Tensor:
        """Position in m and orientation of the body, world frame. Shape is (num_envs, 7)."""
        return self._asset.data.body_link_pose_w[:, self._body_id]

    @property
    def pos_w(self) -> torch.Tensor:
        """Position of the body in m, world frame. Shape is (num_envs, 3)."""
        return self.pose_w[:, :3]

    @property
    def quat_w(self) -> torch.Tensor:
        """Orientation of the body, world frame. Shape is (num_envs, 4)."""
        return self.pose_w[:, 3:]

    @property
    def measured_lin_vel_w(self) -> torch.Tensor:
        """Linear velocity over the last physics step in m/s, world frame. Shape is (num_envs, 3)."""
        return (self.pos_w - self._marked_pose_w[:, :3]) / self._physics_dt

    @property
    def measured_ang_vel_w(self) -> torch.Tensor:
        """Angular velocity over the last physics step in rad/s, world frame. Shape is (num_envs, 3)."""
        turn = quat_mul(self.quat_w, quat_conjugate(self._marked_pose_w[:, 3:]))
        return rotvec_from_quat(turn) / self._physics_dt

    def mark(self) -> None:
        """Remember the present pose as the one before the next physics step."""
        self._marked_pose_w.copy_(self.pose_w)

    def reset(self, env_ids: Sequence[int] | slice) -> None:
        """Forget the motion of some environments: their measured velocity is zero until the next physics step.

        Args:
            env_ids: Indices of the environments that were reset.
        """
        self._marked_pose_w[env_ids] = self.pose_w[env_ids]
