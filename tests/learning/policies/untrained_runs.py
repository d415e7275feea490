# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Run folders with networks that never trained, for tests that open them."""

from pathlib import Path

import gymnasium
import numpy as np
import torch

from isaaclab_factory.agents import default_agents
from isaaclab_factory.learning.config.load import save_configs
from isaaclab_factory.learning.config.overrides import apply_override
from isaaclab_factory.learning.config.settings import settle_agent
from isaaclab_factory.learning.libraries import trainer_class
from isaaclab_factory.learning.runs.episodes import EpisodeRecorder
from isaaclab_factory.learning.runs.files import create_run_folder
from isaaclab_factory.learning.runs.record import RunRecord
from tests.learning.point_env import PointEnv

TASK = "Isaac-Factory-PegInsert"
SIZES = {"policy": 19, "critic": 43}
"""Sizes of PegInsert's observation groups."""


class SpacesOfPegInsert(PointEnv):
    """A task with the sizes of PegInsert, to build networks for."""

    def __init__(self, num_envs: int) -> None:
        """Create the spaces.

        Args:
            num_envs: Number of environments.
        """
        super().__init__(num_envs)
        box = gymnasium.spaces.Box
        spaces = {name: box(-np.inf, np.inf, (size,)) for name, size in SIZES.items()}
        self.single_observation_space = gymnasium.spaces.Dict(spaces)
        self.single_action_space = box(-np.inf, np.inf, (6,))
        self.action_manager.total_action_dim = 6

    def observe(self) -> dict[str, torch.Tensor]:
        """Returns zeros."""
        return {name: torch.zeros(self.num_envs, size) for name, size in SIZES.items()}


def untrained_run(root: Path, library: str, *overrides: str, network: str = "", presets: str = "") -> Path:
    """Writes the folder of a run of PegInsert and returns it.

    Args:
        root: Folder of all runs.
        library: The RL library.
        *overrides: Overrides of the agent, such as ``seed=3``.
        network: Such as ``gru_``.
        presets: Presets with which the run was started.
    """
    torch.manual_seed(1)
    agent_key = f"{library}_{network}cfg_entry_point"
    cfg = default_agents("peg_insert")[agent_key]()
    settle_agent(cfg, library, device="cpu", seed=7, max_iterations=1)
    for override in overrides:
        apply_override({"agent": cfg}, f"agent.{override}")
    folder = create_run_folder(root, library, "peg_insert")
    save_configs(folder, {}, cfg)
    command = ["scripts/train.py", "--lib", library, *([f"presets={presets}"] if presets else [])]
    RunRecord(folder, library, command, task=TASK, agent=agent_key, seed=7)
    trainer_class(library).configure_acting(cfg)
    trainer_class(library)(EpisodeRecorder(SpacesOfPegInsert(4)), cfg, folder, "cpu").save()
    return folder
