# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Isaac Lab's population-based training for rl_games, where there is no Isaac Sim to start a training anew with."""

import secrets
from types import SimpleNamespace
from typing import Any

import torch
from isaaclab_rl.rl_games import PbtAlgoObserver

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.run_folder.interrupts import StopTraining
from isaaclab_factory.learning.scaling.population import succeed

_ALONE = SimpleNamespace(
    **dict.fromkeys(("distributed", "headless", "enable_cameras", "video", "track"), False),
    **dict.fromkeys(("task", "seed", "num_envs", "video_length", "video_interval"), None),
    **dict.fromkeys(("wandb_project_name", "wandb_name", "wandb_entity"), None),
)
"""Isaac Lab's observer makes a command line of these, which is made elsewhere here."""


class PopulationObserver(PbtAlgoObserver):
    """Compares the policy with the others of the population, and ends its training for another where it is behind.

    Isaac Lab's observer does the work: it saves, compares, chooses and varies. Its score is the objective of the
    environments that ended last, which are few; here it is the mean over all episodes since the last comparison.
    """

    def __init__(self, agent_cfg: dict[str, Any]) -> None:
        """Args:
        agent_cfg: rl_games' configuration with its section ``pbt``.
        """
        super().__init__(agent_cfg, _ALONE)
        self._sum, self._episodes = 0.0, 0

    def process_infos(self, infos: dict[str, Any], done_indices: torch.Tensor) -> None:
        """Counts the objective of the episodes that ended in a step.

        Raises:
            UserError: The environment does not tell the objective.
        """
        if "episode" not in infos:
            return  # none ended
        value: Any = infos
        for part in self.cfg.objective.split("."):
            if not isinstance(value, dict) or part not in value:
                known = ", ".join(f"episode.{key}" for key in infos["episode"])
                raise UserError(f"agent.pbt.objective {self.cfg.objective!r} is none of {known}")
            value = value[part]
        self._sum += float(value) * len(done_indices)
        self._episodes += len(done_indices)
        if self._episodes:
            self.score = self._sum / self._episodes

    def after_steps(self) -> None:
        """Compares if it is time to, and begins to count anew."""
        before = self.pbt_it
        super().after_steps()
        if self.pbt_it != before:
            self._sum, self._episodes = 0.0, 0

    def _restart_with_new_params(self, new_params: dict[str, Any], restart_from_checkpoint: str) -> None:
        """Ends the training; the one that follows goes on from a checkpoint to the iteration this would have ended at.

        Args:
            new_params: Values by the keys of overrides.
            restart_from_checkpoint: Checkpoint of the better policy, or of this one.

        Raises:
            StopTraining: Ends the library's loop.
        """
        epoch = torch.load(restart_from_checkpoint, map_location="cpu", weights_only=True)["epoch"]
        remaining = max(1, self.algo.max_epochs - epoch)
        seed = secrets.randbelow(2**31)  # with the same one again, the same values would be varied by the same factors
        flags = [f"--checkpoint={restart_from_checkpoint}", f"--max_iterations={remaining}", f"--seed={seed}"]
        succeed([*flags, *(f"{key}={value}" for key, value in new_params.items())])
        raise StopTraining
