# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The goal of threading a nut onto a bolt."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from isaaclab.utils.math import quat_apply, subtract_frame_transforms

from isaaclab_factory.controllers import yaw_from_quat

from .commands import AssemblyGoal

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

    from .commands_cfg import ThreadGoalCfg


class ThreadGoal(AssemblyGoal):
    """What a threading episode is about: the nut at its height on the bolt, and the hand turned far enough.

    It is an :class:`AssemblyGoal` that is a success only where also ``hand_yaw < success_yaw``.

    The height of the success lies within the first turn of the thread. A nut that was pressed askew over the tip can be
    there too. The metric ``seated`` tells them apart: it is the depth of the nut on the bolt in turns, and zero where
    the nut is not on the thread. It changes no reward.
    """

    cfg: ThreadGoalCfg

    def __init__(self, cfg: ThreadGoalCfg, env: ManagerBasedRLEnv):
        """Create the buffers.

        Args:
            cfg: The configuration of the term.
            env: The environment.
        """
        super().__init__(cfg, env)
        self._robot = env.scene[cfg.robot_name]
        self._body_id = self._robot.find_bodies(cfg.body_name)[0][0]
        self.metrics["seated"] = torch.zeros(self.num_envs, device=self.device)
        self.last_episode["seated"] = torch.zeros(self.num_envs, device=self.device)

    @property
    def hand_yaw(self) -> torch.Tensor:
        """Yaw of the hand in rad, in the turn that ends at ``yaw_unwrap``. Shape is (num_envs,)."""
        yaw = yaw_from_quat(self._robot.data.body_link_pose_w.torch[:, self._body_id, 3:])
        end = self.cfg.yaw_unwrap
        return end - (end - yaw) % (2.0 * math.pi)

    @property
    def turns_on_thread(self) -> torch.Tensor:
        """How deep the nut is on the thread, in turns. Zero where it is not on the thread. Shape is (num_envs,).

        A nut is on the thread where it is centered and upright, and where its height matches its yaw: with the nut's
        height z and yaw in the bolt's frame, ``z / thread_pitch - yaw / (2 pi)`` is a whole number, within the play of
        the thread. Its depth is that of its base below the bolt's tip, in pitches.
        """
        cfg = self.cfg
        fixed_pose_w = self._fixed_asset.data.root_link_pose_w.torch
        pos, quat = subtract_frame_transforms(fixed_pose_w[:, :3], fixed_pose_w[:, 3:], *self._held_pose_w())
        base = pos + quat_apply(quat, self._held_base_offset)
        upright = quat_apply(quat, self._z_axis)[:, 2] > math.cos(cfg.seated_tilt)
        centered = torch.linalg.vector_norm(base[:, :2], dim=-1) < cfg.seated_offset
        turns = pos[:, 2] / cfg.thread_pitch - yaw_from_quat(quat) / (2.0 * math.pi)
        on_helix = cfg.thread_pitch * (turns - turns.round()).abs() < cfg.seated_play
        depth = (cfg.tip_offset[2] - base[:, 2]) / cfg.thread_pitch
        return torch.where(upright & centered & on_helix, depth.clamp(min=0.0), 0.0)

    def _meets_task_condition(self) -> torch.Tensor:
        return self.hand_yaw < self.cfg.success_yaw

    def _record_metrics(self) -> None:
        super()._record_metrics()
        self.metrics["seated"].copy_(self.turns_on_thread)
