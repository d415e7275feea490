# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Isaac Lab's population-based training for rl_games, with this package's commands and run folders."""

import secrets
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from isaaclab_rl.rl_games import PbtAlgoObserver

from isaaclab_factory.learning.config.settings import get_entry
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.scaling.population import Replaced, Successor

_UNUSED = SimpleNamespace(
    **dict.fromkeys(("distributed", "video", "track"), False),
    **dict.fromkeys(("task", "seed", "num_envs", "video_length", "video_interval"), None),
    **dict.fromkeys(("wandb_project_name", "wandb_name", "wandb_entity"), None),
)
"""Arguments of which Isaac Lab's observer makes the command that follows; here :class:`Replaced` leads to one."""


class PopulationObserver(PbtAlgoObserver):
    """Compares the policy with the others of the population, and ends its training where it is behind.

    Isaac Lab's observer saves, compares, chooses and varies. Two things differ. Its objective is that of the
    environments that ended last, which are few; here it is the mean over all episodes since the last comparison. And
    its command for the training that follows lacks the words between ``isaaclab`` and the task (``train
    --rl_library rl_games``), so that a member would end there.
    """

    def __init__(self, agent_cfg: dict[str, Any]) -> None:
        """Start with no episodes. The configuration has a section ``pbt``."""
        super().__init__(agent_cfg, _UNUSED)
        self._sum, self._episodes = 0.0, 0

    def process_infos(self, infos: dict[str, Any], done_indices: torch.Tensor) -> None:
        """Counts the objective of the episodes that ended in a step.

        Args:
            infos: What the environment returned, with ``episode`` in steps in which some ended.
            done_indices: Environments that ended.

        Raises:
            UserError: The task does not log the objective.
        """
        if "episode" not in infos:
            return
        value = get_entry(infos, self.cfg.objective)
        if value is None:
            known = ", ".join(f"episode.{key}" for key in infos["episode"])
            raise UserError(f"agent.pbt.objective {self.cfg.objective!r} is none of {known}")
        self._sum += float(value) * len(done_indices)
        self._episodes += len(done_indices)
        if self._episodes:
            self.score = self._sum / self._episodes

    def after_steps(self) -> None:
        """Compares when it is time to, and starts to count again."""
        before = self.pbt_it
        super().after_steps()
        if self.pbt_it != before:
            self._sum, self._episodes = 0.0, 0

    def _restart_with_new_params(self, new_params: dict[str, Any], restart_from_checkpoint: str) -> None:
        """Ends the training. The one that follows lasts until the iteration at which this would have ended.

        Args:
            new_params: Values by the keys of overrides.
            restart_from_checkpoint: Checkpoint of the better policy, or of this one.

        Raises:
            Replaced: Ends the library's loop.
        """
        epoch = torch.load(restart_from_checkpoint, map_location="cpu", weights_only=True)["epoch"]
        remaining = max(1, self.algo.max_epochs - epoch)
        raise Replaced(Successor(Path(restart_from_checkpoint), remaining, secrets.randbelow(2**31), new_params))
