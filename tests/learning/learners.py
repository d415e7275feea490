# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Learners of the point task, of every library, for tests that train for an iteration or two."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import torch

from isaaclab_factory.agents import default_agents
from isaaclab_factory.learning.episodes import EpisodeRecorder
from isaaclab_factory.learning.libraries import trainer_class
from isaaclab_factory.learning.libraries.base import LibraryTrainer
from isaaclab_factory.learning.run_folder.interrupts import StopTraining
from isaaclab_factory.learning.run_folder.progress import TrainingLog
from isaaclab_factory.learning.run_folder.runs import create_run_folder
from tests.learning.point_env import PointEnv


def make_trainer(
    library: str, root: Path, iterations: int, network: str = "", num_envs: int = 8, seed: int = 7, **settings: Any
) -> LibraryTrainer:
    """Makes a learner of the point task as a new process would, with other random numbers for another seed."""
    torch.manual_seed(seed)
    cfg = default_agents("point")[f"{library}_{network}cfg_entry_point"]()
    trainer_type = trainer_class(library)
    trainer_type.configure(cfg, "cpu", 7, iterations)
    for key, value in settings.items():
        *path, last = key.split(".")
        owner = cfg
        for part in path:
            owner = owner[part] if isinstance(owner, dict) else getattr(owner, part)
        owner.__setitem__(last, value) if isinstance(owner, dict) else setattr(owner, last, value)
    folder = create_run_folder(root, library, "point")
    return trainer_type(EpisodeRecorder(PointEnv(num_envs, seed=seed)), cfg, folder, "cpu")


def train(trainer: LibraryTrainer, iterations: int, interrupted_after: int | None = None) -> Path:
    """Trains, ends as after Ctrl-C if so asked, and returns the checkpoint."""
    with TrainingLog(trainer.folder, trainer.recorder, iterations, trainer.iterations_done) as log:
        log.stop_asked = lambda: log.iteration == interrupted_after
        with pytest.raises(StopTraining) if interrupted_after else nullcontext():
            trainer.train(log)
        return trainer.save()
