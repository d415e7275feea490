# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Recorder terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from isaaclab.managers import RecorderTerm

from .state import COMMANDS, assembly_goals


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
