# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Event terms: how the control of the arm differs from episode to episode.

Every term works with any :class:`TorqueAction`, except :func:`randomize_target_limits`. What is drawn is a variation of
the number in the action's configuration, not of the present one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from .lookup import torque_action
from .pose_target_action_cfg import PoseTargetTorqueActionCfg

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

    from .pose_target_action import PoseTargetTorqueAction


def randomize_stiffness(
    env: ManagerBasedRLEnv,
    env_ids: torch.Tensor | slice | None,
    largest_increase: tuple[float, float, float, float, float, float],
    action_name: str = "arm",
) -> None:
    """Vary the task-space stiffness, and with it the damping, which is ``2 sqrt(stiffness)``.

    Each component is the configuration's times or divided by ``1 + U(0, largest_increase)``, with equal chances
    (``get_random_prop_gains`` of Isaac Lab's FORGE).

    Args:
        env: The environment.
        env_ids: Indices of the environments.
        largest_increase: Largest relative increase of each component, without unit.
        action_name: Name of the torque action.
    """
    arm = torque_action(env, action_name)
    _vary(arm.stiffness, env_ids, arm.cfg.stiffness, largest_increase)


def randomize_target_limits(
    env: ManagerBasedRLEnv,
    env_ids: torch.Tensor | slice | None,
    largest_position_increase: tuple[float, float, float],
    largest_rotation_increase: tuple[float, float, float],
    action_name: str = "arm",
) -> None:
    """Vary how far the target may be from the tool, in the same way as :func:`randomize_stiffness`.

    Args:
        env: The environment.
        env_ids: Indices of the environments.
        largest_position_increase: Largest relative increase of the limit along each axis, without unit.
        largest_rotation_increase: Largest relative increase of the limit of roll, pitch and yaw, without unit.
        action_name: Name of the :class:`PoseTargetTorqueAction`.
    """
    arm: PoseTargetTorqueAction = torque_action(env, action_name, PoseTargetTorqueActionCfg)
    _vary(arm.position_limit, env_ids, arm.cfg.position_limit, largest_position_increase)
    _vary(arm.rotation_limit, env_ids, arm.cfg.rotation_limit, largest_rotation_increase)


def randomize_ema_factor(
    env: ManagerBasedRLEnv,
    env_ids: torch.Tensor | slice | None,
    ema_range: tuple[float, float],
    action_name: str = "arm",
) -> None:
    """Draw the share of the new action in the moving average of the actions, uniformly.

    Args:
        env: The environment.
        env_ids: Indices of the environments.
        ema_range: Least and largest share.
        action_name: Name of the torque action.
    """
    factor = torque_action(env, action_name).ema_factor
    rows = _rows(env_ids)
    factor[rows] = torch.empty_like(factor[rows]).uniform_(*ema_range)


def randomize_dead_zone(
    env: ManagerBasedRLEnv,
    env_ids: torch.Tensor | slice | None,
    largest: tuple[float, float, float, float, float, float],
    action_name: str = "arm",
) -> None:
    """Draw how much of each component of the arm's wrench is lost, uniformly from zero.

    A robot's joints have friction, so that small wrenches do not arrive (FORGE, arXiv:2408.04587).

    Args:
        env: The environment.
        env_ids: Indices of the environments.
        largest: Largest loss, three in N and three in N m.
        action_name: Name of the torque action.
    """
    dead_zone = torque_action(env, action_name).dead_zone
    rows = _rows(env_ids)
    drawn = torch.rand_like(dead_zone[rows])
    for column, bound in enumerate(largest):
        drawn[:, column] *= bound
    dead_zone[rows] = drawn


def _vary(
    values: torch.Tensor,
    env_ids: torch.Tensor | slice | None,
    defaults: tuple[float, ...],
    largest_increases: tuple[float, ...],
) -> None:
    """Write defaults, each multiplied or divided by a random number. The shape is (num_envs, len(defaults))."""
    rows = _rows(env_ids)
    drawn = torch.rand_like(values[rows])
    for column, (default, increase) in enumerate(zip(defaults, largest_increases, strict=True)):
        drawn[:, column].mul_(increase).add_(1.0)
        decreases = torch.rand_like(drawn[:, column]) < 0.5
        drawn[:, column] = default * torch.where(decreases, 1.0 / drawn[:, column], drawn[:, column])
    values[rows] = drawn


def _rows(env_ids: torch.Tensor | slice | None) -> torch.Tensor | slice:
    return slice(None) if env_ids is None else env_ids
