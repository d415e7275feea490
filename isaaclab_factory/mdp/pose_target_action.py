# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The torque action of FORGE: poses relative to the observed tip of the fixed part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from isaaclab.utils import index_fill_

from isaaclab_factory.controllers import LEAST_YAW, SteppedTarget, yaw_from_quat

from .actions import TorqueAction

if TYPE_CHECKING:
    from .pose_target_action_cfg import PoseTargetTorqueActionCfg

POSE_LAWS = {
    "smoothed actions": "s <- (1 - ema_factor) s + ema_factor a, once per policy step; at the start of an episode s is"
    " the action that asks for the pose of the fingertip, 0 for roll and pitch, and -1 for the prediction",
    "goal position": "c + position_bounds s[0:3], with the noisy tip c of this step",
    "goal yaw": "yaw_range[0] + (yaw_range[1] - yaw_range[0]) (s[5] + 1) / 2; s[3:5] are not used",
    "target position": "p + clip(goal position - p, -position_limit, position_limit)",
    "target orientation": "roll, pitch and yaw of q, each moved towards pi, 0 and the goal yaw by rotation_limit at"
    " most; yaws count from -125 to 235 degrees, so that the way never leads through the end of the last joint",
    "predicted success": "(s[6] + 1) / 2",
}
"""How :class:`PoseTargetTorqueAction` gets from actions a to targets, for its description."""


class PoseTargetTorqueAction(TorqueAction):
    """Move an upright tool to poses around the noisy tip of the fixed part, as in FORGE (arXiv:2408.04587).

    The smoothed action s gives a position, ``position_bounds s`` from the noisy tip along the axes of the world, and a
    yaw in ``yaw_range``; those for roll and pitch are not used. Before every physics step the target goes from the
    tool's present pose towards that pose, no further than ``position_limit`` and ``rotation_limit``. So a tool that is
    held back exerts at most the stiffness times ``position_limit``.

    At the start of an episode s is the action that asks for the pose that the tool has, so that the arm starts at rest.
    A seventh action is the policy's belief that the parts are assembled, and moves nothing.
    """

    cfg: PoseTargetTorqueActionCfg

    @property
    def action_dim(self) -> int:
        """Dimension of the action: position (3), rotation (3), and the predicted success if there is one."""
        return 7 if self.cfg.predicts_success else 6

    @property
    def processed_actions(self) -> torch.Tensor:
        """Smoothed actions, before scaling. Shape is (num_envs, action_dim)."""
        self._start_episodes()
        return self._processed_actions

    @property
    def previous_processed_actions(self) -> torch.Tensor:
        """Smoothed actions of the environment step before. Shape is (num_envs, action_dim)."""
        self._start_episodes()
        return self._previous_actions

    @property
    def predicted_success(self) -> torch.Tensor:
        """How likely the policy finds it that the parts are assembled, from 0 to 1. Shape is (num_envs,).

        Raises:
            ValueError: If the action has no such component.
        """
        if not self.cfg.predicts_success:
            raise ValueError("The action predicts no success: set predicts_success=True in its configuration.")
        return 0.5 * (self.processed_actions[:, 6] + 1.0)

    @property
    def position_limit(self) -> torch.Tensor:
        """Largest distance of the target from the tool in m, which events may write to. Shape is (num_envs, 3)."""
        return self._target.position_limit

    @property
    def rotation_limit(self) -> torch.Tensor:
        """Largest change of roll, pitch and yaw in rad, which events may write to. Shape is (num_envs, 3)."""
        return self._target.rotation_limit

    @property
    def goal_offset_w(self) -> torch.Tensor:
        """Position in m and yaw in rad of the goal relative to the tool before the last physics step, without limits.

        World frame. Shape is (num_envs, 4).
        """
        return self._target.offset_w

    @property
    def description(self) -> dict[str, Any]:
        """What somebody who runs the policy on a real robot needs to know of the action: all its numbers."""
        cfg, torques = self.cfg, super().description
        prediction = ["predicted success"] if cfg.predicts_success else []
        return {
            "axes": ["X", "Y", "Z", "roll (not used)", "pitch (not used)", "yaw", *prediction],
            "units": ["m", "m", "m", "1", "1", "rad", *(["1"] if prediction else [])],
            **torques,
            "laws": POSE_LAWS | torques["laws"],
            "yaw_range": list(cfg.yaw_range),
            "position_limit": list(cfg.position_limit),
            "rotation_limit": list(cfg.rotation_limit),
        }

    def process_actions(self, actions: torch.Tensor) -> None:
        """Smooth the actions and compute the goals.

        Args:
            actions: Actions of the policy. Shape is (num_envs, action_dim).
        """
        self._start_episodes()
        super().process_actions(actions)

    def reset(self, env_ids: Sequence[int] | torch.Tensor | slice | None = None) -> None:
        """Forget actions, touch and motion in some environments.

        Args:
            env_ids: Indices of the environments. Defaults to all.
        """
        super().reset(env_ids)
        index_fill_(self._starts, env_ids, True)
        self._any_starts = True

    def _make_target(self) -> SteppedTarget:
        cfg = self.cfg
        self._bounds = torch.tensor(cfg.position_bounds, device=self.device)
        self._middle_yaw = 0.5 * (cfg.yaw_range[0] + cfg.yaw_range[1])
        self._half_yaw_range = 0.5 * (cfg.yaw_range[1] - cfg.yaw_range[0])
        # An episode starts when its first action is read or given: at the reset the tip has no noise yet.
        self._starts = torch.ones(self.num_envs, dtype=torch.bool, device=self.device)
        self._any_starts = True
        return SteppedTarget(self.num_envs, self._body_id, cfg.position_limit, cfg.rotation_limit, device=self.device)

    def _aim(self) -> None:
        target = self._target
        torch.mul(self._processed_actions[:, :3], self._bounds, out=target.goal_pos_w)
        target.goal_pos_w += self._goal.noisy_tip_pos_w
        torch.mul(self._processed_actions[:, 5], self._half_yaw_range, out=target.goal_yaw)
        target.goal_yaw += self._middle_yaw

    def _start_episodes(self) -> None:
        """Give the smoothed actions of new episodes the value that asks for the pose that the tool has."""
        if not self._any_starts:
            return
        starts = self._starts.unsqueeze(-1)
        yaw = (yaw_from_quat(self.fingertip.quat_w) - LEAST_YAW) % (2.0 * torch.pi) + LEAST_YAW
        action = torch.zeros_like(self._processed_actions)
        action[:, :3] = (self.fingertip.pos_w - self._goal.noisy_tip_pos_w) / self._bounds
        action[:, 5] = (yaw - self._middle_yaw) / self._half_yaw_range
        action[:, 6:] = -1.0
        for buffer in (self._processed_actions, self._previous_actions):
            torch.where(starts, action, buffer, out=buffer)
        self._starts.zero_()
        self._any_starts = False
