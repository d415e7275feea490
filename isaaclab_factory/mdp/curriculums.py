# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Curriculum terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from isaaclab.managers import CurriculumTermCfg, ManagerTermBase

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

    from .commands import AssemblyGoal


class start_noise_curriculum(ManagerTermBase):
    """Training aid, not in the reference: raise the start noise of the reduced episodes as they succeed.

    It changes the parameter ``reduced_scale`` of the event term :func:`sample_start_noise_scale` by the success rate r
    of the reduced episodes that ended since the last change: up by ``step`` where ``r > raise_above``, down by ``step``
    where ``r < lower_below``, always within 0 to 1.
    """

    def __init__(self, cfg: CurriculumTermCfg, env: ManagerBasedRLEnv):
        """Create the counters.

        Args:
            cfg: The configuration of the term.
            env: The environment.
        """
        super().__init__(cfg, env)
        self._finished = 0
        self._succeeded = 0

    def __call__(
        self,
        env: ManagerBasedRLEnv,
        env_ids: Sequence[int] | torch.Tensor | slice,
        step: float,
        raise_above: float,
        lower_below: float,
        num_episodes: int,
        event_name: str = "start_noise",
        command_name: str = "assembly_goal",
    ) -> dict[str, float]:
        """Count the episodes that end, and change the noise when there are enough of them.

        Args:
            env: The environment.
            env_ids: Indices of the environments whose episodes end.
            step: Change of the noise scale, without unit.
            raise_above: Success rate above which the noise is raised.
            lower_below: Success rate below which the noise is lowered.
            num_episodes: Number of reduced episodes between two changes.
            event_name: Name of the ``sample_start_noise_scale`` event term.
            command_name: Name of the assembly goal.

        Returns:
            The noise scale of the reduced episodes, without unit, for the log.
        """
        goal: AssemblyGoal = env.command_manager.get_term(command_name)
        event = env.event_manager.get_term_cfg(event_name)
        ended = goal.reduced_noise[env_ids] & (env.episode_length_buf[env_ids] > 0)
        self._finished += int(ended.sum())
        self._succeeded += int((ended & goal.success[env_ids]).sum())
        if self._finished >= num_episodes:
            rate = self._succeeded / self._finished
            change = step * ((rate > raise_above) - (rate < lower_below))
            event.params["reduced_scale"] = min(max(event.params.get("reduced_scale", 1.0) + change, 0.0), 1.0)
            self._finished = self._succeeded = 0
        return {"reduced_scale": event.params.get("reduced_scale", 1.0)}
