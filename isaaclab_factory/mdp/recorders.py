# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Recorder terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from isaaclab.managers import RecorderTerm

from .state import COMMANDS, assembly_goals

if TYPE_CHECKING:
    from .recorders_cfg import SuccessRecorderCfg


class InitialGoalRecorder(RecorderTerm):
    """Record what the assembly goals drew at random at a reset, next to the assets in ``initial_state``."""

    def record_post_reset(self, env_ids: Sequence[int] | torch.Tensor | slice | None) -> tuple[str, dict[str, Any]]:
        """State of the assembly goals at the beginning of an episode.

        Args:
            env_ids: Indices of the environments. None for all.

        Returns:
            The key and the states by the names of the goals, of these environments.
        """
        env_ids = slice(None) if env_ids is None else env_ids
        states = {name: goal.get_state() for name, goal in assembly_goals(self._env).items()}
        picked = {name: {key: value[env_ids] for key, value in state.items()} for name, state in states.items()}
        return "initial_state", {COMMANDS: picked}


class ObservationsRecorder(RecorderTerm):
    """Record all observation groups as they were when the actions were chosen."""

    def record_pre_step(self) -> tuple[str, dict[str, Any]]:
        """Observations before the step.

        Isaac Lab's own recorder has those of the group ``policy`` only, without the name of the group.

        Returns:
            The key ``obs`` and the observations by the names of the groups. The first dimension is num_envs.
        """
        return "obs", dict(self._env.obs_buf)


class RewardsRecorder(RecorderTerm):
    """Record the reward of each step."""

    def record_post_step(self) -> tuple[str, torch.Tensor]:
        """Rewards of the step.

        Returns:
            The key ``rewards`` and the rewards. Shape is (num_envs,).
        """
        return "rewards", self._env.reward_buf


class SuccessRecorder(RecorderTerm):
    """Record after each step whether an episode would be a success if it ended there."""

    cfg: SuccessRecorderCfg

    def record_post_step(self) -> tuple[str, torch.Tensor]:
        """Success after the step.

        Returns:
            The key ``success`` and the flags. Shape is (num_envs,).
        """
        return "success", self._env.command_manager.get_term(self.cfg.command_name).success
