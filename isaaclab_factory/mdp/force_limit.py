# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""How hard the robot may press in an episode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from isaaclab.managers import CommandTerm
from isaaclab.utils import index_fill_

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

    from .force_limit_cfg import ForceLimitCfg
    from .sensors import SmoothedJointWrench


class ForceLimit(CommandTerm):
    """The largest force at the wrist that costs nothing, drawn for each episode from a uniform distribution.

    It is a command, because policy and critic are told it, and a user may set it: a policy that was trained with limits
    from 5 to 10 N can be asked to be gentle.

    Metrics of an episode are ``mean_force`` and ``largest_force`` in N and ``share_above``, the share of the steps with
    a force above the limit.
    """

    cfg: ForceLimitCfg

    def __init__(self, cfg: ForceLimitCfg, env: ManagerBasedRLEnv):
        """Create the buffers.

        Args:
            cfg: The configuration of the term.
            env: The environment.

        Raises:
            ValueError: If the range is not one of forces.
        """
        super().__init__(cfg, env)
        least, largest = cfg.force_range
        if not 0.0 <= least <= largest:
            raise ValueError(f"ForceLimitCfg.force_range must be 0 <= least <= largest in N, got {cfg.force_range}.")
        self._sensor: SmoothedJointWrench = env.scene[cfg.sensor_name]
        self._limit = torch.zeros(self.num_envs, 1, device=self.device)
        self._num_steps = torch.zeros(self.num_envs, device=self.device)
        self._recorded_step = env.common_step_counter
        names = ("mean_force", "largest_force", "share_above")
        self.metrics = {name: torch.zeros(self.num_envs, device=self.device) for name in names}

    @property
    def command(self) -> torch.Tensor:
        """The limit of the present episode in N. Shape is (num_envs, 1)."""
        return self._limit

    @property
    def force(self) -> torch.Tensor:
        """Magnitude of the smoothed force at the wrist in N. Shape is (num_envs,)."""
        return torch.linalg.vector_norm(self._sensor.smoothed_wrench_b[:, :3], dim=-1)

    @property
    def excess(self) -> torch.Tensor:
        """How much the force is above the limit in N, zero below it. Shape is (num_envs,)."""
        self._record()  # before an episode that ends in this step clears the sensor
        return (self.force - self._limit.squeeze(-1)).clamp_min_(0.0)

    def reset(self, env_ids: Sequence[int] | torch.Tensor | slice | None = None) -> dict[str, float]:
        """Log the metrics of the episodes that end, and draw limits for new ones.

        Args:
            env_ids: Indices of the environments. Defaults to all.

        Returns:
            Mean metrics of the ended episodes.
        """
        extras = super().reset(env_ids)
        index_fill_(self._num_steps, env_ids, 0.0)
        return extras

    def _resample_command(self, env_ids: Sequence[int] | torch.Tensor | slice) -> None:
        least, largest = self.cfg.force_range
        self._limit[env_ids] = least + (largest - least) * torch.rand_like(self._limit[env_ids])

    def _update_command(self) -> None:
        """Nothing to do: the limit stays for the whole episode."""

    def _update_metrics(self) -> None:
        self._record()

    def _record(self) -> None:
        """Take the present step into the metrics, once, without the environments that have just begun an episode."""
        if self._recorded_step == self._env.common_step_counter:
            return
        self._recorded_step = self._env.common_step_counter
        force, lasts = self.force, (self._env.episode_length_buf > 0).float()
        self._num_steps += lasts
        weight = lasts / self._num_steps.clamp_min(1.0)
        self.metrics["mean_force"].lerp_(force, weight)
        self.metrics["share_above"].lerp_((force > self._limit.squeeze(-1)).float(), weight)
        torch.maximum(self.metrics["largest_force"], force, out=self.metrics["largest_force"])
