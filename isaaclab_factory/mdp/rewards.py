# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Reward terms.

Isaac Lab's reward manager multiplies each weight by the environment's step time; a weight of ``1 / step_dt`` makes a
term count with its own value, as in the Factory reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

    from .actions import OperationalSpaceTorqueAction
    from .commands import AssemblyGoal


def keypoint_squash(env: ManagerBasedRLEnv, a: float, b: float, command_name: str = "assembly_goal") -> torch.Tensor:
    """Closeness of the held part's keypoints to their targets, between 0 and ``1 / (2 + b)``.

    It is ``1 / (exp(a x) + b + exp(-a x))`` with the mean keypoint distance x in m: 1/a is the distance over which it
    falls (Appendix B of arXiv:2408.04587, FORGE).

    Args:
        env: The environment.
        a: Slope in 1/m.
        b: Lowers the maximum.
        command_name: Name of the assembly goal.

    Returns:
        Rewards without unit. Shape is (num_envs,).
    """
    distance = _goal(env, command_name).keypoint_distance
    return 1.0 / (torch.exp(a * distance) + b + torch.exp(-a * distance))


def engaged(env: ManagerBasedRLEnv, command_name: str = "assembly_goal") -> torch.Tensor:
    """One where the parts are engaged, now; see :class:`AssemblyGoal`.

    Args:
        env: The environment.
        command_name: Name of the assembly goal.

    Returns:
        Rewards, 0 or 1. Shape is (num_envs,).
    """
    return _goal(env, command_name).engaged.float()


def success(env: ManagerBasedRLEnv, command_name: str = "assembly_goal") -> torch.Tensor:
    """One where the parts are assembled, now; see :class:`AssemblyGoal`.

    Args:
        env: The environment.
        command_name: Name of the assembly goal.

    Returns:
        Rewards, 0 or 1. Shape is (num_envs,).
    """
    return _goal(env, command_name).success.float()


def smoothed_action_norm(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Euclidean norm ``|s|`` of each environment's smoothed action s. A penalty needs a negative weight.

    Args:
        env: The environment.
        action_name: Name of the torque action, which smooths the actions.

    Returns:
        Norms without unit. Shape is (num_envs,).
    """
    return torch.linalg.vector_norm(_action(env, action_name).processed_actions, dim=-1)


def smoothed_action_rate_norm(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Euclidean norm ``|s - s'|`` of the change of the smoothed action s over one environment step.

    A penalty needs a negative weight.

    Args:
        env: The environment.
        action_name: Name of the torque action, which smooths the actions.

    Returns:
        Norms without unit. Shape is (num_envs,).
    """
    term = _action(env, action_name)
    return torch.linalg.vector_norm(term.processed_actions - term.previous_processed_actions, dim=-1)


def lateral_alignment(
    env: ManagerBasedRLEnv,
    coarse_distance: float,
    fine_distance: float,
    command_name: str = "assembly_goal",
) -> torch.Tensor:
    """Training aid, not in the reference: horizontal closeness of the held part to its target, between 0 and 1.

    On the rim of a hole a sideways error of some millimetres hardly changes the keypoint distance, so the keypoint
    terms do not tell the policy where to slide. This one is ``(exp(-d / c) + exp(-d / f)) / 2`` with the horizontal
    distance d of the held part's base from its target, the coarse distance c and the fine distance f.

    Args:
        env: The environment.
        coarse_distance: Distance in m over which the wide exponential falls by e.
        fine_distance: Distance in m over which the narrow exponential falls by e.
        command_name: Name of the assembly goal.

    Returns:
        Rewards without unit. Shape is (num_envs,).
    """
    distance = torch.linalg.vector_norm(_goal(env, command_name).base_pos_error_w[:, :2], dim=-1)
    return 0.5 * (torch.exp(-distance / coarse_distance) + torch.exp(-distance / fine_distance))


def _goal(env: ManagerBasedRLEnv, command_name: str) -> AssemblyGoal:
    return env.command_manager.get_term(command_name)


def _action(env: ManagerBasedRLEnv, action_name: str) -> OperationalSpaceTorqueAction:
    return env.action_manager.get_term(action_name)
