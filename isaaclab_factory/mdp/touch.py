# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Observation terms of what the robot feels, not in the reference's observations.

They need no sensor: at rest the arm exerts what its controller asks for, and that the robot knows. In the reference the
same is hidden in the last digits of the pose and the actions, where a network does not find it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import isaaclab.utils.math as math_utils
import torch

from .descriptors import describe

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

    from .actions import OperationalSpaceTorqueAction


@describe(units="N", axes=["X", "Y", "Z"], frame="world", observation_type="BodyState")
def exerted_force(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Force that the fingertip exerts, smoothed, along the axes of the world.

    It is the one that the torque action asks for, which at rest is the one exerted; in motion also what it takes to
    overcome the damping.

    Args:
        env: The environment.
        action_name: Name of the torque action, which smooths it over its ``touch_time_constant``.

    Returns:
        Forces in N. Shape is (num_envs, 3).
    """
    term: OperationalSpaceTorqueAction = env.action_manager.get_term(action_name)
    return term.felt_wrench_w[:, :3]


@describe(units="m", axes=["X", "Y"], frame="axes of the world, origin at the fingertip", observation_type="BodyState")
def contact_point_w(
    env: ManagerBasedRLEnv,
    force_scale: float = 0.2,
    limit: float = 0.01,
    action_name: str = "arm",
    command_name: str = "assembly_goal",
) -> torch.Tensor:
    """Where the fingertip pushes through the plane of the fixed part's tip, relative to the fingertip, along the world.

    The wrench that the fingertip exerts has the force f and the torque t about the fingertip. Its line of action meets
    the horizontal plane at the height h below the fingertip in the point (x, y) with ``t = (x, y, -h) × f``:

        x = -(t_y + h f_x) / f_z,     y = (t_x - h f_y) / f_z

    It is the centre of pressure of what the part in the hand touches on that plane: a part that half covers a hole
    stands on the other half. The plane is that of the tip as the policy knows it. So that the point is zero where the
    hand pushes nothing, ``1 / f_z`` is ``f_z / (f_z^2 + force_scale^2)``.

    Args:
        env: The environment.
        force_scale: Force in N below which the point fades to zero.
        limit: Largest absolute value in m of each coordinate.
        action_name: Name of the torque action, which knows the wrench.
        command_name: Name of the assembly goal, which knows the noisy tip.

    Returns:
        Points in m. Shape is (num_envs, 2).
    """
    term: OperationalSpaceTorqueAction = env.action_manager.get_term(action_name)
    height = term.fingertip.pos_w[:, 2] - env.command_manager.get_term(command_name).noisy_tip_pos_w[:, 2]
    force_x, force_y, force_z, torque_x, torque_y, _ = term.felt_wrench_w.unbind(-1)
    inverse = force_z / (force_z.square() + force_scale**2)
    point = torch.stack((-(torque_y + height * force_x) * inverse, (torque_x - height * force_y) * inverse), dim=-1)
    return point.clamp_(-limit, limit)


@describe(units="m", axes=["X", "Y"], frame="fingertip", observation_type="BodyState")
def contact_point_b(
    env: ManagerBasedRLEnv,
    force_scale: float = 0.2,
    limit: float = 0.01,
    action_name: str = "arm",
    command_name: str = "assembly_goal",
) -> torch.Tensor:
    """The point of :func:`contact_point_w` along the x and y axes of the fingertip, in which the part is held askew.

    Args:
        env: The environment.
        force_scale: Force in N below which the point fades to zero.
        limit: Largest absolute value in m of each coordinate along the axes of the world.
        action_name: Name of the torque action, which knows the wrench.
        command_name: Name of the assembly goal, which knows the noisy tip.

    Returns:
        Points in m. Shape is (num_envs, 2).
    """
    point = contact_point_w(env, force_scale, limit, action_name, command_name)
    quat_w = env.action_manager.get_term(action_name).fingertip.quat_w
    return math_utils.quat_apply_inverse(quat_w, torch.nn.functional.pad(point, (0, 1)))[:, :2]
