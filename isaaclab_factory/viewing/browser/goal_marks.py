# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Marks of where the held part has to go."""

from dataclasses import dataclass
from typing import Protocol

import gymnasium
import numpy as np
import torch
import viser

TIP_COLOR = (214, 39, 160)
HELD_COLOR = (31, 119, 180)
TARGET_COLOR = (44, 160, 44)


class Goal(Protocol):
    """What is shown of the command term ``assembly_goal``; the positions are in m in the world frame."""

    target_pos_w: torch.Tensor
    target_quat_w: torch.Tensor
    noisy_tip_pos_w: torch.Tensor
    held_keypoints_w: torch.Tensor
    target_keypoints_w: torch.Tensor
    success: torch.Tensor
    ever_success: torch.Tensor
    last_episode: dict[str, torch.Tensor]


def find_goal(env: gymnasium.Env) -> Goal | None:
    """Returns the goal of an assembly task, None for other tasks."""
    manager = env.unwrapped.command_manager
    return manager.get_term("assembly_goal") if "assembly_goal" in manager.active_terms else None


@dataclass(frozen=True)
class Marks:
    """Which marks are shown."""

    target: bool = False
    """The target frame of the held part's base."""
    tip: bool = False
    """The fixed part's tip as the policy observes it, with the orientation of the target."""
    keypoints: bool = False
    """The keypoints of the held part and where they have to go."""


class GoalMarks:
    """The marks in the scene, of one or more environments."""

    def __init__(self, server: viser.ViserServer, goal: Goal) -> None:
        """Args:
        server: The web server.
        goal: The goal.
        """
        self._goal = goal
        scene, none = server.scene, np.zeros((0, 3), np.float32)
        upright = np.zeros((0, 4), np.float32)
        self._target = scene.add_batched_axes("/goal/target", upright, none, axes_length=0.05, axes_radius=0.001)
        self._tip = scene.add_batched_axes("/goal/tip", upright, none, axes_length=0.02, axes_radius=0.001)

        def points(name: str, color: tuple[int, int, int]) -> viser.PointCloudHandle:
            return scene.add_point_cloud(
                f"/goal/{name}", none, color, point_size=0.005, point_shape="circle", precision="float32"
            )

        self._tip_point = points("tip_point", TIP_COLOR)
        self._held_keypoints = points("held_keypoints", HELD_COLOR)
        self._target_keypoints = points("target_keypoints", TARGET_COLOR)

    def show(self, shown: Marks, env_ids: torch.Tensor, shift: torch.Tensor) -> None:
        """Puts the marks where they are now.

        Args:
            shown: Which are shown.
            env_ids: Environments that are shown, shape (k,).
            shift: From the world frame to where each of them is shown, in m, shape (k, 3).
        """
        goal = self._goal
        self._target.visible = shown.target
        self._tip.visible = self._tip_point.visible = shown.tip
        self._held_keypoints.visible = self._target_keypoints.visible = shown.keypoints
        quats = _array(goal.target_quat_w[env_ids])
        if shown.target:
            self._target.batched_positions = _array(goal.target_pos_w[env_ids] + shift)
            self._target.batched_wxyzs = quats
        if shown.tip:
            tips = _array(goal.noisy_tip_pos_w[env_ids] + shift)
            self._tip.batched_positions, self._tip.batched_wxyzs, self._tip_point.points = tips, quats, tips
        if shown.keypoints:
            shift = shift.unsqueeze(1)
            self._held_keypoints.points = _array(goal.held_keypoints_w[env_ids] + shift).reshape(-1, 3)
            self._target_keypoints.points = _array(goal.target_keypoints_w[env_ids] + shift).reshape(-1, 3)


def _array(values: torch.Tensor) -> np.ndarray:
    return values.detach().cpu().numpy()
