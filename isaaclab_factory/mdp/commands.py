# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The goal of an assembly episode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from isaaclab.managers import CommandTerm
from isaaclab.utils import index_fill_
from isaaclab.utils.math import quat_apply

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

    from .commands_cfg import AssemblyGoalCfg


class AssemblyGoal(CommandTerm):
    """What an assembly episode is about: where the held part has to go, and how far it has come.

    Tip and target are fixed in the frame of the fixed part and follow it, also when a saved state is restored. At a
    reset the goal draws the noise of the observed tip, ``noise_scale N(0, tip_noise_std)``, normal in each axis. Once
    per environment step the goal compares the held part with the target: when the first reward or termination asks for
    it, at the latest at the end of the step. Everybody else reads the result.

    With the error e of the held part's base from its target in the world frame, the parts are

    - engaged where ``|(e_x, e_y)| < centering_tolerance`` and ``e_z < engaged_height``,
    - assembled, a success, where ``|(e_x, e_y)| < centering_tolerance`` and ``e_z < success_height``.

    The keypoints lie on the z axes of both parts, evenly spread over ``keypoint_length`` around the held part's base
    and its target. The keypoint distance is ``mean_k |e + h_k (z_held - z_target)|`` with the heights h_k of the
    keypoints and the unit vectors z along the axes.

    Metrics of an episode are ``success``, ``engaged`` and ``keypoint_distance`` (in m) at its end, ``ever_success`` at
    any of its steps, and ``first_success_time`` in s, which is the length of the episode where there was none. What
    is logged at a reset are means over the episodes that end at that moment. Where all reward, termination and
    curriculum terms that read the goal are off, the metrics show the state one step before the end: at the moment of
    the reset the events have already moved the parts.
    """

    cfg: AssemblyGoalCfg

    noise_scale: torch.Tensor
    """Factor on the start noise of the present episode, set by a reset event. Shape is (num_envs,)."""
    reduced_noise: torch.Tensor
    """Whether the present episode is one with reduced start noise. Shape is (num_envs,)."""
    tip_noise_w: torch.Tensor
    """Observed minus exact position of the fixed part's tip in m, world frame. Shape is (num_envs, 3)."""
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

        self._tip_offset = torch.tensor(cfg.tip_offset, device=self.device)
        self._target_offset = torch.tensor(cfg.target_offset, device=self.device)
        self._held_base_offset = torch.tensor(cfg.held_base_offset, device=self.device)
        self._tip_noise_std = torch.tensor(cfg.tip_noise_std, device=self.device)
        self._z_axis = torch.tensor((0.0, 0.0, 1.0), device=self.device)
        heights = torch.linspace(-0.5, 0.5, cfg.num_keypoints, device=self.device)
        self._keypoint_heights = (cfg.keypoint_length * heights).view(1, -1, 1)

        self.noise_scale = torch.ones(self.num_envs, device=self.device)
        self.reduced_noise = torch.zeros(self.num_envs, dtype=torch.bool, device=self.device)
        self.tip_noise_w = torch.zeros(self.num_envs, 3, device=self.device)
        # noise to take at the next reset instead of drawing it, where it is not NaN
        self._noise_to_restore_w = torch.full_like(self.tip_noise_w, torch.nan)

        self._base_pos_error_w = torch.zeros(self.num_envs, 3, device=self.device)
        self._keypoint_distance = torch.zeros(self.num_envs, device=self.device)
        self._success = torch.zeros(self.num_envs, dtype=torch.bool, device=self.device)
        self._engaged = torch.zeros_like(self._success)
        self._ever_success = torch.zeros_like(self._success)
        self._is_stale = True
        self._recorded_step = env.common_step_counter

        names = ("success", "ever_success", "engaged", "first_success_time", "keypoint_distance")
        self.metrics = {name: torch.zeros(self.num_envs, device=self.device) for name in names}
        self.last_episode = {name: torch.zeros(self.num_envs, device=self.device) for name in names}

    @property
    def command(self) -> torch.Tensor:
        """Target position in m and orientation (x, y, z, w) of the held part's base, environment frame.

        Shape is (num_envs, 7).
        """
        return torch.cat((self.target_pos_w - self._env.scene.env_origins, self.target_quat_w), dim=-1)

    @property
    def tip_pos_w(self) -> torch.Tensor:
        """Exact position of the fixed part's tip at this moment in m, world frame. Shape is (num_envs, 3)."""
        return self._in_fixed_part(self._tip_offset)

    @property
    def noisy_tip_pos_w(self) -> torch.Tensor:
        """Position of the fixed part's tip in m as observed and acted around, world frame. Shape is (num_envs, 3)."""
        return self.tip_pos_w + self.tip_noise_w

    @property
    def target_pos_w(self) -> torch.Tensor:
        """Target position of the held part's base in m, world frame. Shape is (num_envs, 3)."""
        return self._in_fixed_part(self._target_offset)

    @property
    def target_quat_w(self) -> torch.Tensor:
        """Target orientation (x, y, z, w) of the held part, world frame. Shape is (num_envs, 4)."""
        return self._fixed_asset.data.root_link_pose_w.torch[:, 3:]

    @property
    def base_pos_error_w(self) -> torch.Tensor:
        """Position of the held part's base minus its target in m, world frame. Shape is (num_envs, 3)."""
        self._refresh()
        return self._base_pos_error_w

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
        pos_w, quat_w = self._held_pose_w()
        return self._keypoints(pos_w + quat_apply(quat_w, self._held_base_offset), quat_w)

    @property
    def target_keypoints_w(self) -> torch.Tensor:
        """Where the keypoints of the held part have to go in m, world frame. Shape is (num_envs, num_keypoints, 3)."""
        return self._keypoints(self.target_pos_w, self.target_quat_w)

    def get_state(self) -> dict[str, torch.Tensor]:
        """What the goal of an episode has drawn at random, to be given to :meth:`restore`.

        Returns:
            ``tip_noise``, the noise of the observed tip in m along the axes of the world. Shape is (num_envs, 3).
        """
        return {"tip_noise": self.tip_noise_w.clone()}

    def restore(self, state: dict[str, torch.Tensor], env_ids: Sequence[int] | torch.Tensor | slice) -> None:
        """Take the noise of the observed tip from a state at the next reset, instead of drawing it.

        Args:
            state: What :meth:`get_state` returned, of these environments. Shapes are (len(env_ids), ...).
            env_ids: Indices of the environments.
        """
        self._noise_to_restore_w[env_ids] = state["tip_noise"].to(self.device)

    def reset(self, env_ids: Sequence[int] | torch.Tensor | slice | None = None) -> dict[str, torch.Tensor]:
        """Log the metrics of the episodes that end, and start new ones.

        Args:
            env_ids: Indices of the environments. Defaults to all.

        Returns:
            Mean metrics of the ended episodes.
        """
        env_ids = slice(None) if env_ids is None else env_ids
        for name, values in self.metrics.items():
            self.last_episode[name][env_ids] = values[env_ids]
        extras = super().reset(env_ids)
        for flag in (self._success, self._engaged, self._ever_success):
            index_fill_(flag, env_ids, False)
        self._is_stale = True
        return extras

    def _resample_command(self, env_ids: Sequence[int] | torch.Tensor | slice) -> None:
        """Draw the noise of the observed tip, or take the one that is to be restored."""
        std = self.noise_scale[env_ids].unsqueeze(-1) * self._tip_noise_std
        drawn = std * torch.randn_like(std)
        given = self._noise_to_restore_w[env_ids]
        self.tip_noise_w[env_ids] = torch.where(given.isnan(), drawn, given)
        index_fill_(self._noise_to_restore_w, env_ids, torch.nan)

    def _update_metrics(self) -> None:
        if self._recorded_step != self._env.common_step_counter:
            self._refresh()

    def _update_command(self) -> None:
        """Nothing to do: the goal stays for the whole episode."""

    def _held_pose_w(self) -> tuple[torch.Tensor, torch.Tensor]:
        pose_w = self._held_asset.data.root_link_pose_w.torch
        return pose_w[:, :3], pose_w[:, 3:]

    def _in_fixed_part(self, offset: torch.Tensor) -> torch.Tensor:
        """World position of a point in the frame of the fixed part. Shapes are (3,) and (num_envs, 3)."""
        pose_w = self._fixed_asset.data.root_link_pose_w.torch
        return pose_w[:, :3] + quat_apply(pose_w[:, 3:], offset)

    def _keypoints(self, base_pos: torch.Tensor, quat: torch.Tensor) -> torch.Tensor:
        """Points on the z axis of a part around its base. Shape is (num_envs, num_keypoints, 3)."""
        return base_pos.unsqueeze(1) + self._keypoint_heights * quat_apply(quat, self._z_axis).unsqueeze(1)

    def _refresh(self) -> None:
        """Compare the held part with the target, once per environment step and again after a reset."""
        is_new_step = self._recorded_step != self._env.common_step_counter
        if not (is_new_step or self._is_stale):
            return
        self._is_stale = False
        self._compare()
        if is_new_step:
            self._recorded_step = self._env.common_step_counter
            self._record_metrics()

    def _compare(self) -> None:
        held_pos_w, held_quat_w = self._held_pose_w()
        error = held_pos_w + quat_apply(held_quat_w, self._held_base_offset) - self.target_pos_w
        tilt = quat_apply(held_quat_w, self._z_axis) - quat_apply(self.target_quat_w, self._z_axis)
        keypoint_errors = error.unsqueeze(1) + self._keypoint_heights * tilt.unsqueeze(1)
        self._base_pos_error_w = error
        self._keypoint_distance = torch.linalg.vector_norm(keypoint_errors, dim=-1).mean(dim=-1)

        centered = torch.linalg.vector_norm(error[:, :2], dim=-1) < self.cfg.centering_tolerance
        # in place: a tensor made in inference mode could not be filled at a reset outside it
        self._success.copy_(centered & (error[:, 2] < self.cfg.success_height) & self._meets_task_condition())
        self._engaged.copy_(centered & (error[:, 2] < self.cfg.engaged_height))

    def _meets_task_condition(self) -> torch.Tensor | bool:
        """What a success needs in addition to the held part's position. Shape is (num_envs,), or True for nothing."""
        return True

    def _record_metrics(self) -> None:
        """Write the metrics as they would be logged if the episodes ended now."""
        # an episode that has not succeeded counts with the time it has lasted
        time = self._env.episode_length_buf * self._env.step_dt
        first_time = self.metrics["first_success_time"]
        torch.where(self._ever_success, first_time, time, out=first_time)
        self._ever_success |= self._success
        self.metrics["success"].copy_(self._success)
        self.metrics["ever_success"].copy_(self._ever_success)
        self.metrics["engaged"].copy_(self._engaged)
        self.metrics["keypoint_distance"].copy_(self._keypoint_distance)
