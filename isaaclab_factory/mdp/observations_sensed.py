# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Observation terms of FORGE (arXiv:2408.04587): what a real robot measures, with its errors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from isaaclab.managers import ManagerTermBase, ObservationTermCfg
from isaaclab.utils.math import quat_from_angle_axis, quat_mul

from isaaclab_factory.controllers import yaw_from_quat

from .descriptions import describe
from .lookup import torque_action
from .modifiers import saturate

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

    from .commands import AssemblyGoal
    from .sensors import SmoothedJointWrench


@describe(units="N", axes=("X", "Y", "Z"), frame="sensor")
def wrist_force(env: ManagerBasedRLEnv, sensor_name: str = "wrist") -> torch.Tensor:
    """Force that the arm exerts on the hand through the sensor, smoothed, along the axes of the sensor.

    A hand that points down and presses feels a positive z. docs/forge.md says what it contains and which signal of a
    real Franka corresponds.

    Args:
        env: The environment.
        sensor_name: Name of the :class:`SmoothedJointWrenchSensorCfg` in the scene.

    Returns:
        Forces in N. Shape is (num_envs, 3).
    """
    sensor: SmoothedJointWrench = env.scene[sensor_name]
    return sensor.smoothed_wrench_b[:, :3]


_AXES = (
    *("X", "Y", "Z"),
    *("quaternion X", "quaternion Y", "quaternion Z", "quaternion W"),
    *("velocity along X", "velocity along Y", "velocity along Z"),
    *("velocity about X", "velocity about Y", "velocity about Z"),
)
_FRAME = "axes of the world, origin at the noisy tip"


@describe(units="m, 1, m/s, rad/s", axes=_AXES, frame=_FRAME)
class sensed_fingertip(ManagerTermBase):
    """Pose of the fingertip relative to the noisy tip, and its velocity, from poses that are measured with errors.

    The position has the error ``N(0, position_noise)`` along each axis, the orientation a rotation by
    ``N(0, rotation_noise)`` about a random axis. The velocities are the differences between the measured poses of now
    and of one physics step before, which has errors of its own. The hand is upright, so of the quaternion only x and y
    are observed, and of the angular velocity only that about z; the others are zero. The sign of the quaternion, which
    means nothing, is drawn for each episode.
    """

    def __init__(self, cfg: ObservationTermCfg, env: ManagerBasedRLEnv):
        """Create the buffers.

        Args:
            cfg: The configuration of the term.
            env: The environment.
        """
        super().__init__(cfg, env)
        self._sign = torch.ones(env.num_envs, 1, device=env.device)

    def reset(self, env_ids: Sequence[int] | torch.Tensor | slice | None = None) -> None:
        """Draw the signs of the quaternions of some environments.

        Args:
            env_ids: Indices of the environments. Defaults to all.
        """
        rows = slice(None) if env_ids is None else env_ids
        self._sign[rows] = torch.where(torch.rand_like(self._sign[rows]) < 0.5, -1.0, 1.0)

    def __call__(
        self,
        env: ManagerBasedRLEnv,
        position_noise: float,
        rotation_noise: float,
        action_name: str = "arm",
        command_name: str = "assembly_goal",
    ) -> torch.Tensor:
        """Measure the fingertip.

        Args:
            env: The environment.
            position_noise: Standard deviation of the position along each axis in m.
            rotation_noise: Standard deviation of the angle of the orientation's error in rad.
            action_name: Name of the torque action, which knows the fingertip.
            command_name: Name of the assembly goal, which draws the noise of the tip.

        Returns:
            Positions in m, quaternions (x, y, z, w), velocities in m/s and rad/s. Shape is (num_envs, 13).
        """
        fingertip = torque_action(env, action_name).fingertip
        goal: AssemblyGoal = env.command_manager.get_term(command_name)
        pos, quat = _measured(fingertip.pose_w, position_noise, rotation_noise)
        pos_before, quat_before = _measured(fingertip.pose_before_w, position_noise, rotation_noise)
        lin_vel = (pos - pos_before) / env.physics_dt
        turn = yaw_from_quat(quat) - yaw_from_quat(quat_before)
        ang_vel = torch.remainder(turn + math.pi, 2.0 * math.pi).sub_(math.pi) / env.physics_dt
        upright = torch.nn.functional.pad(self._sign * quat[:, :2], (0, 2))
        return torch.cat((pos - goal.noisy_tip_pos_w, upright, lin_vel, _about_z(ang_vel)), dim=-1)


@describe(units="m, 1, m/s, rad/s, 1", axes=(*_AXES, "magnified X", "magnified Y", "magnified Z"), frame=_FRAME)
class magnified_sensed_fingertip(sensed_fingertip):
    """What :class:`sensed_fingertip` observes, and the measured position once more: ``tanh(position / distance)``."""

    def __call__(
        self,
        env: ManagerBasedRLEnv,
        position_noise: float,
        rotation_noise: float,
        distance: float,
        action_name: str = "arm",
        command_name: str = "assembly_goal",
    ) -> torch.Tensor:
        """Measure the fingertip.

        Args:
            env: The environment.
            position_noise: See :class:`sensed_fingertip`, in m.
            rotation_noise: See there, in rad.
            distance: Distance in m over which the magnified position saturates.
            action_name: Name of the torque action, which knows the fingertip.
            command_name: Name of the assembly goal, which draws the noise of the tip.

        Returns:
            Positions in m, quaternions (x, y, z, w), velocities in m/s and rad/s, magnified positions without unit.
            Shape is (num_envs, 16).
        """
        values = super().__call__(env, position_noise, rotation_noise, action_name, command_name)
        return torch.cat((values, saturate(values[:, :3], distance)), dim=-1)


def _measured(pose_w: torch.Tensor, position_noise: float, rotation_noise: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Position and orientation with errors. The shape of the poses is (num_envs, 7)."""
    pos_w, quat_w = pose_w.split((3, 4), dim=-1)
    axis = torch.nn.functional.normalize(torch.randn_like(pos_w), dim=-1)
    error = quat_from_angle_axis(rotation_noise * torch.randn_like(pos_w[:, 0]), axis)
    return pos_w + position_noise * torch.randn_like(pos_w), quat_mul(quat_w, error)


def _about_z(ang_vel: torch.Tensor) -> torch.Tensor:
    """Rotation vectors about z. Shapes are (num_envs,) and (num_envs, 3)."""
    return torch.nn.functional.pad(ang_vel.unsqueeze(-1), (2, 0))
