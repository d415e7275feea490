# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Hyperparameters as Isaac Lab writes them for its own tasks train here too, with every library."""

from pathlib import Path

import pytest
import torch

from isaaclab_factory.learning import arguments, session
from isaaclab_factory.learning.configs import load_configs
from isaaclab_factory.learning.episodes import EpisodeRecorder
from isaaclab_factory.learning.libraries import trainer_class
from isaaclab_factory.learning.run_folder.progress import TrainingLog
from tests.learning.point_env import PointEnv

OVERRIDES = {"rsl_rl": [], "rl_games": ["agent.params.config.minibatch_size=128"], "skrl": []}


@pytest.mark.parametrize("library", arguments.LIBRARIES)
def test_those_of_cartpole_train_and_act(library: str, tmp_path: Path) -> None:
    argv = ["--task", "Isaac-Cartpole-v0", "--max_iterations", "1"]
    args = arguments.split_overrides(arguments.training_parser(library), argv)[0]
    session.find_task(args)
    key = arguments.check_agent(args.task, library, None)
    trainer_type = trainer_class(library)

    def configured() -> object:
        cfg = load_configs(args.task, key, OVERRIDES[library])[1]
        trainer_type.configure(cfg, "cpu", 3, args.max_iterations)
        trainer_type.check(cfg)
        return cfg

    cfg = configured()
    assert trainer_type.experiment_name(cfg).startswith("cartpole")
    trainer = trainer_type(EpisodeRecorder(PointEnv(32)), cfg, tmp_path / "run", "cpu")
    with TrainingLog(tmp_path / "run", trainer.recorder, 1) as log:
        trainer.train(log)
    checkpoint = trainer.save()

    acting = configured()
    trainer_type.configure_acting(acting)
    player = trainer_type(EpisodeRecorder(PointEnv(5), spread=False), acting, tmp_path / "play", "cpu")
    player.load_policy(checkpoint)
    obs = PointEnv(5).reset()[0]
    with torch.inference_mode():
        assert torch.equal(player.policy().act(obs), trainer.policy().act(obs))
