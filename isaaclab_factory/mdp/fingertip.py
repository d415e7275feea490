# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The state of the tool as the Factory controller and policy see it."""

from __future__ import annotations

import torch
from isaaclab.assets import Articulation
from isaaclab.utils.math import quat_box_minus

from isaaclab_factory.controllers import OperationalSpaceController


class FingertipState:
    """Pose of the tool's body, and its velocity measured over the last physics step.

    The measured velocity is the difference between the present pose and the one before the physics step, where the
    controller acted. Factory's policy observes this instead of the simulator's velocity, because it is what the
    encoders of a robot give. It is zero from a reset until the controller acts: the pose before a reset, or before a
    restored state, is no motion.
    """

    def __init__(self, asset: Articulation, controller: OperationalSpaceController, physics_dt: float):
        """Remember the body.

        Args:
            asset: The robot.
            controller: What moves the robot's tool.
            physics_dt: Length of a physics step in s.
        """
        self._asset = asset
        self._body_id = controller.body_id
        self._physics_dt = physics_dt
        self._pose_before_w = controller.tool_pose_w
        self._is_moving = controller.has_acted.unsqueeze(-1)

    @property
    def pose_w(self) -> torch.Tensor:
        """Position in m and orientation (x, y, z, w) of the body, world frame. Shape is (num_envs, 7)."""
        return self._asset.data.body_link_pose_w.torch[:, self._body_id]

    @property
    def pose_before_w(self) -> torch.Tensor:
        """Pose one physics step before, or the present one where there was none. Shape is (num_envs, 7)."""
        return torch.where(self._is_moving > 0.0, self._pose_before_w, self.pose_w)

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
        return (self.pos_w - self._pose_before_w[:, :3]) / self._physics_dt * self._is_moving

    @property
    def measured_ang_vel_w(self) -> torch.Tensor:
        """Angular velocity over the last physics step in rad/s, world frame. Shape is (num_envs, 3)."""
        return quat_box_minus(self.quat_w, self._pose_before_w[:, 3:]) / self._physics_dt * self._is_moving
