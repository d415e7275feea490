# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Command terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import isaaclab.utils.math as math_utils
import torch
from isaaclab.managers import CommandTerm

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

    from .commands_cfg import AssemblyGoalCfg


class AssemblyGoal(CommandTerm):
    """What an assembly episode is about: where the held part has to go, and how far it has come.

    At reset it takes the target from the pose of the fixed part, which does not move during an episode, and draws the
    place where the fixed part's tip is observed: ``tip + noise_scale N(0, tip_noise_std)``, normal in each axis. Once
    per environment step, when the first reward or termination asks, or at its end, it compares the held part with the
    target. Everybody else reads the result.

    With the error e of the held part's base from its target in the world frame, the parts are

    - engaged where ``|(e_x, e_y)| < centering_tolerance`` and ``e_z < engaged_height``,
    - assembled, a success, where ``|(e_x, e_y)| < centering_tolerance`` and ``e_z < success_height``.

    The keypoints lie on the z axes of both parts, evenly spread over ``keypoint_length`` around the held part's base
    and its target; the keypoint distance is ``mean_k |e + h_k (z_held - z_target)|`` with the heights h_k of the
    keypoints and the unit vectors z along the axes.

    The metrics are ``success`` and ``engaged`` at the end of the episode, ``ever_success`` at any of its steps,
    ``first_success_time`` in s (that of the whole episode without a success) and ``keypoint_distance`` in m at its end.
    Those logged at reset are means over the episodes that end at that moment. If no reward, termination or
    curriculum term has read the goal in an episode's last step, because all of them are off, they are those of the step
    before: at the moment of the reset the events have already moved the parts.
    """

    cfg: AssemblyGoalCfg

    noise_scale: torch.Tensor
    """Share of the start noise in the present episode, set by a reset event. Shape is (num_envs,)."""
    reduced_noise: torch.Tensor
    """Whether the present episode is one with reduced start noise. Shape is (num_envs,)."""
    tip_pos_w: torch.Tensor
    """Exact position of the fixed part's tip in m, world frame. Shape is (num_envs, 3)."""
    noisy_tip_pos_w: torch.Tensor
    """Position of the fixed part's tip in m as observed and acted around, world frame. Shape is (num_envs, 3)."""
    target_pos_w: torch.Tensor
    """Target position of the held part's base in m, world frame. Shape is (num_envs, 3)."""
    target_quat_w: torch.Tensor
    """Target orientation of the held part, world frame. Shape is (num_envs, 4)."""
    last_episode: dict[str, torch.Tensor]
    """The metrics of each environment's last finished episode, by name. Each is of shape (num_envs,)."""

    def __init__(self, cfg: AssemblyGoalCfg, env: ManagerBasedRLEnv):
        """Create the buffers.

        Args:
            cfg: The configuration of the term.
            env: The environment.
        """
        super().__init__(cfg, env)
        self._held_asset = env.scene[cfg.held_asset_name]
        self._fixed_asset = env.scene[cfg.fixed_asset_name]

        def constant(values: Sequence[float]) -> torch.Tensor:
            return torch.tensor(values, dtype=torch.float32, device=self.device).repeat(self.num_envs, 1)

        self._tip_offset = constant(cfg.tip_offset)
        self._target_offset = constant(cfg.target_offset)
        self._held_base_offset = constant(cfg.held_base_offset)
        self._tip_noise_std = torch.tensor(cfg.tip_noise_std, device=self.device)
        self._z_axis = constant((0.0, 0.0, 1.0))
        self._keypoint_heights = cfg.keypoint_length * torch.linspace(-0.5, 0.5, cfg.num_keypoints, device=self.device)

        self.noise_scale = torch.ones(self.num_envs, device=self.device)
        self.reduced_noise = torch.zeros(self.num_envs, dtype=torch.bool, device=self.device)
        self.tip_pos_w = constant((0.0, 0.0, 0.0))
        self.noisy_tip_pos_w = constant((0.0, 0.0, 0.0))
        self.target_pos_w = constant((0.0, 0.0, 0.0))
        self.target_quat_w = constant((1.0, 0.0, 0.0, 0.0))

        self._base_pos_error = constant((0.0, 0.0, 0.0))
        self._keypoint_distance = torch.zeros(self.num_envs, device=self.device)
        self._success = torch.zeros(self.num_envs, dtype=torch.bool, device=self.device)
        self._engaged = torch.zeros_like(self._success)
        self._ever_success = torch.zeros_like(self._success)
        self._fresh_at_step = env.common_step_counter

        names = ("success", "ever_success", "engaged", "first_success_time", "keypoint_distance")
        self.metrics = {name: torch.zeros(self.num_envs, device=self.device) for name in names}
        self.last_episode = {name: torch.zeros(self.num_envs, device=self.device) for name in names}

    @property
    def command(self) -> torch.Tensor:
        """Target position in m and orientation of the held part's base, environment frame. Shape is (num_envs, 7)."""
        return torch.cat((self.target_pos_w - self._env.scene.env_origins, self.target_quat_w), dim=-1)

    @property
    def base_pos_error_w(self) -> torch.Tensor:
        """Position of the held part's base minus its target in m, world frame. Shape is (num_envs, 3)."""
        self._refresh()
        return self._base_pos_error

    @property
    def keypoint_distance(self) -> torch.Tensor:
        """Mean distance in m between the keypoints of the held part and their targets. Shape is (num_envs,)."""
        self._refresh()
        return self._keypoint_distance

    @property
    def success(self) -> torch.Tensor:
        """Whether the held base is centered and within the success height, now. Shape is (num_envs,)."""
        self._refresh()
        return self._success

    @property
    def engaged(self) -> torch.Tensor:
        """Whether the held base is centered and within the engaged height, now. Shape is (num_envs,)."""
        self._refresh()
        return self._engaged

    @property
    def ever_success(self) -> torch.Tensor:
        """Whether the present episode has been a success at any step. Shape is (num_envs,)."""
        self._refresh()
        return self._ever_success

    @property
    def held_keypoints_w(self) -> torch.Tensor:
        """Keypoints of the held part at this moment in m, world frame. Shape is (num_envs, num_keypoints, 3)."""
        pos_w, quat_w = self._held_asset.data.root_pos_w, self._held_asset.data.root_quat_w
        return self._keypoints(pos_w + math_utils.quat_apply(quat_w, self._held_base_offset), quat_w)

    @property
    def target_keypoints_w(self) -> torch.Tensor:
        """Where the keypoints of the held part have to go in m, world frame. Shape is (num_envs, num_keypoints, 3)."""
        return self._keypoints(self.target_pos_w, self.target_quat_w)

    def compute_tip_pos_w(self, env_ids: Sequence[int] | torch.Tensor) -> torch.Tensor:
        """Exact position of the fixed part's tip from its pose at this moment.

        Args:
            env_ids: Indices of the environments.

        Returns:
            Positions in m, world frame. Shape is (len(env_ids), 3).
        """
        return self._in_fixed_part(self._tip_offset, env_ids)

    def reset(self, env_ids: Sequence[int] | None = None) -> dict[str, float]:
        """Log the metrics of the episodes that end and start new ones.

        Args:
            env_ids: Indices of the environments. Defaults to all.

        Returns:
            Mean metrics of the ended episodes.
        """
        if env_ids is None:
            env_ids = torch.arange(self.num_envs, device=self.device)
        for name, values in self.metrics.items():
            self.last_episode[name][env_ids] = values[env_ids]
        extras = super().reset(env_ids)
        for flag in (self._success, self._engaged, self._ever_success):
            flag[env_ids] = False
        return extras

    def _resample_command(self, env_ids: Sequence[int]) -> None:
        """Take the target from the fixed part and draw the observation noise."""
        self.tip_pos_w[env_ids] = self.compute_tip_pos_w(env_ids)
        self.target_pos_w[env_ids] = self._in_fixed_part(self._target_offset, env_ids)
        self.target_quat_w[env_ids] = self._fixed_asset.data.root_quat_w[env_ids]
        scale = self.noise_scale[env_ids].unsqueeze(-1) * self._tip_noise_std
        self.noisy_tip_pos_w[env_ids] = self.tip_pos_w[env_ids] + scale * torch.randn_like(self.tip_pos_w[env_ids])

    def _update_metrics(self) -> None:
        self._refresh()

    def _update_command(self) -> None:
        """Nothing to do: the goal stays for the whole episode."""

    def _in_fixed_part(self, offset: torch.Tensor, env_ids: Sequence[int] | torch.Tensor) -> torch.Tensor:
        data = self._fixed_asset.data
        return data.root_pos_w[env_ids] + math_utils.quat_apply(data.root_quat_w[env_ids], offset[env_ids])

    def _keypoints(self, base_pos: torch.Tensor, quat: torch.Tensor) -> torch.Tensor:
        """Points on the z axis of a part around its base. Shape is (num_envs, num_keypoints, 3)."""
        axis = math_utils.quat_apply(quat, self._z_axis)
        return base_pos.unsqueeze(1) + self._keypoint_heights.view(1, -1, 1) * axis.unsqueeze(1)

    def _refresh(self) -> None:
        """Compare the held part with the target, once per environment step."""
        if self._fresh_at_step == self._env.common_step_counter:
            return
        self._fresh_at_step = self._env.common_step_counter

        held_pos_w, held_quat_w = self._held_asset.data.root_pos_w, self._held_asset.data.root_quat_w
        error = held_pos_w + math_utils.quat_apply(held_quat_w, self._held_base_offset) - self.target_pos_w
        tilt = math_utils.quat_apply(held_quat_w, self._z_axis) - math_utils.quat_apply(
            self.target_quat_w, self._z_axis
        )
        keypoint_errors = error.unsqueeze(1) + self._keypoint_heights.view(1, -1, 1) * tilt.unsqueeze(1)
        self._base_pos_error = error
        self._keypoint_distance = torch.linalg.vector_norm(keypoint_errors, dim=-1).mean(dim=-1)

        centered = torch.linalg.vector_norm(error[:, :2], dim=-1) < self.cfg.centering_tolerance
        self._success = centered & (error[:, 2] < self.cfg.success_height) & self._meets_task_condition()
        self._engaged = centered & (error[:, 2] < self.cfg.engaged_height)
        self._record_metrics()

    def _meets_task_condition(self) -> torch.Tensor | bool:
        """What else than its position makes the held part a success. Shape is (num_envs,), or True for nothing."""
        return True

    def _record_metrics(self) -> None:
        """Write the metrics as they would be logged if the episodes ended now."""
        # an episode that has not succeeded counts with the time it has lasted
        time = self._env.episode_length_buf * self._env.step_dt
        first_time = self.metrics["first_success_time"]
        first_time[:] = torch.where(self._ever_success, first_time, time)
        self._ever_success |= self._success
        self.metrics["success"][:] = self._success
        self.metrics["ever_success"][:] = self._ever_success
        self.metrics["engaged"][:] = self._engaged
        self.metrics["keypoint_distance"][:] = self._keypoint_distance
