# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Reward terms of FORGE (arXiv:2408.04587). All are penalties, which need a negative weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from isaaclab.managers import ManagerTermBase, RewardTermCfg

from .lookup import torque_action
from .pose_target_action_cfg import PoseTargetTorqueActionCfg

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

    from .commands import AssemblyGoal
    from .force_limit import ForceLimit
    from .pose_target_action import PoseTargetTorqueAction


def excess_force(env: ManagerBasedRLEnv, command_name: str = "force_limit") -> torch.Tensor:
    """How much the smoothed force at the wrist is above the limit of the episode: ``max(|f| - limit, 0)``.

    Args:
        env: The environment.
        command_name: Name of the :class:`ForceLimit`.

    Returns:
        Forces in N. Shape is (num_envs,).
    """
    limit: ForceLimit = env.command_manager.get_term(command_name)
    return limit.excess


def goal_distance(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """How far the action asks the tool to go, in units of how far the target may be from it.

    It is ``|d| / position_limit_x + |turn| / rotation_limit_x``, with the position d and the yaw of the goal relative
    to the tool before the last physics step, and the limits of the action's configuration.

    Args:
        env: The environment.
        action_name: Name of the :class:`PoseTargetTorqueAction`.

    Returns:
        Distances without unit. Shape is (num_envs,).
    """
    arm: PoseTargetTorqueAction = torque_action(env, action_name, PoseTargetTorqueActionCfg)
    distance = torch.linalg.vector_norm(arm.goal_offset_w[:, :3], dim=-1)
    return distance / arm.cfg.position_limit[0] + arm.goal_offset_w[:, 3].abs() / arm.cfg.rotation_limit[0]


class success_prediction_error(ManagerTermBase):
    """Distance of the policy's predicted success from the truth, from 0 to 1.

    It is zero until a share of all environments succeeded at the same time, and counts from then on. Before, "no" would
    always be right, and the policy would learn that.
    """

    def __init__(self, cfg: RewardTermCfg, env: ManagerBasedRLEnv):
        """Create the buffer.

        Args:
            cfg: The configuration of the term.
            env: The environment.
        """
        super().__init__(cfg, env)
        self._counts = torch.zeros((), device=env.device)

    def state_dict(self) -> dict[str, float]:
        """Whether the error counts, for a training that goes on from a checkpoint."""
        return {"counts": self._counts.item()}

    def load_state_dict(self, state: dict[str, float]) -> None:
        """Take over whether the error counts.

        Args:
            state: What :meth:`state_dict` returned.
        """
        self._counts.fill_(state["counts"])

    def __call__(
        self,
        env: ManagerBasedRLEnv,
        needed_share: float,
        action_name: str = "arm",
        command_name: str = "assembly_goal",
    ) -> torch.Tensor:
        """Compare the prediction with the truth.

        Args:
            env: The environment.
            needed_share: Share of the environments that have to succeed at the same time once.
            action_name: Name of the :class:`PoseTargetTorqueAction`, which has the prediction.
            command_name: Name of the assembly goal, which knows the truth.

        Returns:
            Errors without unit. Shape is (num_envs,).
        """
        arm: PoseTargetTorqueAction = torque_action(env, action_name, PoseTargetTorqueActionCfg)
        goal: AssemblyGoal = env.command_manager.get_term(command_name)
        success = goal.success.float()
        torch.maximum(self._counts, (success.mean() >= needed_share).float(), out=self._counts)
        return self._counts * (success - arm.predicted_success).abs()
