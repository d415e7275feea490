# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The state of the tool as the Factory controller and policy see it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from isaaclab.assets import Articulation
from isaaclab.utils import index_fill_
from isaaclab.utils.math import quat_box_minus


class FingertipState:
    """Pose of the tool's body, and its velocity measured over the last physics step.

    The measured velocity is the difference between the present pose and the pose at the last :meth:`mark`, which the
    action term calls before each physics step. Factory's policy observes this instead of the simulator's velocity,
    because it is what the encoders of a robot give.
    """

    def __init__(self, asset: Articulation, body_id: int, physics_dt: float):
        """Remember the body.

        Args:
            asset: The robot.
            body_id: Index of the tool's body in the robot.
            physics_dt: Time between two marks in s.
        """
        self._asset = asset
        self._body_id = body_id
        self._physics_dt = physics_dt
        self._marked_pose_w = self.pose_w.clone()
        # 0 from a reset until the first mark: the pose before a reset, or before a restored state, is no motion
        self._is_marked = torch.zeros(len(self._marked_pose_w), 1, device=self._marked_pose_w.device)

    @property
    def pose_w(self) -> torch.Tensor:
        """Position in m and orientation (x, y, z, w) of the body, world frame. Shape is (num_envs, 7)."""
        return self._asset.data.body_link_pose_w.torch[:, self._body_id]

    @property
    def pos_w(self) -> torch.Tensor:
        """Position of the body in m, world frame. Shape is (num_envs, 3)."""
        return self.pose_w[:, :3]

    @property
    def quat_w(self) -> torch.Tensor:
        """Orientation (x, y, z, w) of the body, world frame. Shape is (num_envs, 4)."""
        return self.pose_w[:, 3:]

    @property
    def measured_lin_vel_w(self) -> torch.Tensor:
        """Linear velocity over the last physics step in m/s, world frame. Shape is (num_envs, 3)."""
        return (self.pos_w - self._marked_pose_w[:, :3]) / self._physics_dt * self._is_marked

    @property
    def measured_ang_vel_w(self) -> torch.Tensor:
        """Angular velocity over the last physics step in rad/s, world frame. Shape is (num_envs, 3)."""
        return quat_box_minus(self.quat_w, self._marked_pose_w[:, 3:]) / self._physics_dt * self._is_marked

    def mark(self) -> None:
        """Remember the present pose as the one before the next physics step."""
        self._marked_pose_w.copy_(self.pose_w)
        self._is_marked.fill_(1.0)

    def reset(self, env_ids: Sequence[int] | torch.Tensor | slice | None) -> None:
        """Forget the motion in some environments: their measured velocity is zero until the next mark.

        Args:
            env_ids: Indices of the environments. None for all.
        """
        index_fill_(self._is_marked, env_ids, 0.0)
