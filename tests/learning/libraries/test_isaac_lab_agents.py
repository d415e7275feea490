# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Hyperparameters as Isaac Lab writes them for its own tasks train here too, with every library."""

from pathlib import Path
from typing import Any

import pytest
import torch

from isaaclab_factory.learning.cli.tasks import LIBRARIES, check_agent, check_task
from isaaclab_factory.learning.config.load import load_configs
from isaaclab_factory.learning.config.settings import get_setting, settle_agent
from isaaclab_factory.learning.libraries import trainer_class
from isaaclab_factory.learning.runs.episodes import EpisodeRecorder
from tests.learning.learners import train
from tests.learning.point_env import PointEnv

TASK = "Isaac-Cartpole"
OVERRIDES = {"rsl_rl": [], "rl_games": ["agent.params.config.minibatch_size=128"], "skrl": []}


def cartpole_agent(library: str) -> Any:
    check_task(TASK)
    cfg = load_configs(TASK, check_agent(TASK, library, None), OVERRIDES[library])[1]
    settle_agent(cfg, library, device="cpu", seed=3, max_iterations=1)
    return cfg


@pytest.mark.parametrize("library", LIBRARIES)
def test_those_of_cartpole_train_and_act(library: str, tmp_path: Path) -> None:
    cfg = cartpole_agent(library)
    assert get_setting(cfg, library, "experiment_name").startswith("cartpole")
    trainer = trainer_class(library)(EpisodeRecorder(PointEnv(32)), cfg, tmp_path / "run", "cpu")
    (tmp_path / "run").mkdir(exist_ok=True)
    checkpoint = train(trainer)

    acting = cartpole_agent(library)
    trainer_class(library).configure_acting(acting)
    player = trainer_class(library)(EpisodeRecorder(PointEnv(5), spread=False), acting, tmp_path / "play", "cpu")
    player.load_policy(checkpoint)
    obs = PointEnv(5).reset()[0]
    with torch.inference_mode():
        assert torch.equal(player.policy().act(obs), trainer.policy().act(obs))
