# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Learners of the point task, of every library, for tests that train for an iteration or two."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import torch

from isaaclab_factory.agents import default_agents
from isaaclab_factory.learning.config.overrides import apply_override
from isaaclab_factory.learning.config.settings import num_iterations, settle_agent
from isaaclab_factory.learning.interrupts import StopTraining
from isaaclab_factory.learning.libraries import trainer_class
from isaaclab_factory.learning.libraries.base import LibraryTrainer
from isaaclab_factory.learning.runs.episodes import EpisodeRecorder
from isaaclab_factory.learning.runs.files import create_run_folder
from isaaclab_factory.learning.runs.log import TrainingLog
from tests.learning.point_env import PointEnv


def agent_cfg(library: str, iterations: int, *overrides: str, network: str = "", seed: int = 7) -> Any:
    """Returns PegInsert's hyperparameters; ``network`` is such as ``gru_``, ``overrides`` such as ``seed=3``."""
    cfg = default_agents("point")[f"{library}_{network}cfg_entry_point"]()
    for override in overrides:
        apply_override({"agent": cfg}, f"agent.{override}")
    settle_agent(cfg, library, device="cpu", seed=seed, max_iterations=iterations)
    return cfg


def make_trainer(
    library: str,
    root: Path,
    iterations: int = 2,
    *overrides: str,
    network: str = "",
    num_envs: int = 8,
    seed: int = 7,
    env: PointEnv | None = None,
    spread: bool = True,
) -> LibraryTrainer:
    """Makes a learner of the point task as a new process would, with other random numbers for another seed."""
    torch.manual_seed(seed)
    cfg = agent_cfg(library, iterations, *overrides, network=network, seed=seed)
    folder = create_run_folder(root, library, "point")
    recorder = EpisodeRecorder(env or PointEnv(num_envs, seed=seed - 7), spread)
    return trainer_class(library)(recorder, cfg, folder, "cpu")


def train(trainer: LibraryTrainer, interrupted_after: int | None = None) -> Path:
    """Trains, ends as after Ctrl-C if so asked, and returns the checkpoint."""
    iterations = num_iterations(trainer.agent_cfg, trainer.library)
    with TrainingLog(trainer.folder, trainer.recorder, iterations, trainer.iterations_done) as log:
        log.stop_requested = lambda: log.iteration == interrupted_after
        with pytest.raises(StopTraining) if interrupted_after else nullcontext():
            trainer.train(log)
        if not interrupted_after:
            assert log.remaining == 0
        return trainer.save()
