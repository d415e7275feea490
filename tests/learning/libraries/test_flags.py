# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What a flag means is the same for every library."""

from pathlib import Path

import pytest
import torch

from isaaclab_factory.learning.arguments import LIBRARIES
from isaaclab_factory.learning.episodes import EpisodeRecorder
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.libraries import trainer_class
from tests.learning.point_env import PointEnv
from tests.learning.test_libraries import agent_cfg, make_trainer


def spread(trainer) -> torch.Tensor:
    """Returns the standard deviation of the drawn actions."""
    obs = PointEnv(trainer.recorder.num_envs, seed=1).reset()[0]
    with torch.inference_mode():
        policy = trainer.policy(stochastic=True)
        return torch.stack([policy.act(obs) for _ in range(60)]).std(dim=0).mean()


@pytest.mark.parametrize("library", LIBRARIES)
def test_sigma_is_the_standard_deviation_of_the_actions(library: str, tmp_path: Path) -> None:
    trainer = make_trainer(library, tmp_path, num_envs=64)
    assert spread(trainer) == pytest.approx(0.4, rel=0.05)
    trainer.set_std(0.1)
    assert spread(trainer) == pytest.approx(0.1, rel=0.05)
    parameter, _ = trainer.std_parameter()
    assert parameter.requires_grad  # it is learned on from there


def test_sigma_of_rsl_rl_is_the_same_where_it_is_kept_as_it_is(tmp_path: Path) -> None:
    cfg = agent_cfg("rsl_rl", 1)
    cfg.policy.noise_std_type = "scalar"
    trainer = trainer_class("rsl_rl")(EpisodeRecorder(PointEnv(64)), cfg, tmp_path, "cpu")
    trainer.set_std(0.2)
    assert spread(trainer) == pytest.approx(0.2, rel=0.05)


def test_a_network_without_such_a_number_says_so(tmp_path: Path) -> None:
    cfg = agent_cfg("rl_games", 1)
    cfg["params"]["network"]["space"]["continuous"] |= {"fixed_sigma": False}
    cfg["params"]["network"]["space"]["continuous"]["sigma_init"] = {"name": "default"}
    trainer = trainer_class("rl_games")(EpisodeRecorder(PointEnv(8)), cfg, tmp_path, "cpu")
    with pytest.raises(UserError, match="--sigma: the model continuous_a2c_logstd has no number for it"):
        trainer.set_std(0.2)


@pytest.mark.parametrize("library", LIBRARIES)
def test_names_of_the_command_line_go_before_those_of_the_configuration(library: str) -> None:
    cfg, trainer_type = agent_cfg(library, 1), trainer_class(library)
    trainer_type.set_names(cfg, None, None)
    assert (trainer_type.experiment_name(cfg), trainer_type.run_name(cfg)) == ("peg_insert", "")
    trainer_type.set_names(cfg, "exp", "wide")
    assert (trainer_type.experiment_name(cfg), trainer_type.run_name(cfg)) == ("exp", "wide")
    trainer_type.set_names(cfg, None, None)
    assert (trainer_type.experiment_name(cfg), trainer_type.run_name(cfg)) == ("exp", "wide")


def test_the_configurations_tracker_is_heeded() -> None:
    rsl_rl = agent_cfg("rsl_rl", 1)
    assert trainer_class("rsl_rl").tracking(rsl_rl) == ("tensorboard", "isaaclab")
    rsl_rl.logger, rsl_rl.wandb_project, rsl_rl.neptune_project = "neptune", "w", "n"
    assert trainer_class("rsl_rl").tracking(rsl_rl) == ("neptune", "n")
    skrl = agent_cfg("skrl", 1)
    assert trainer_class("skrl").tracking(skrl) == ("tensorboard", "peg_insert")
    skrl["agent"]["experiment"] |= {"wandb": True, "wandb_kwargs": {"project": "w"}}
    assert trainer_class("skrl").tracking(skrl) == ("wandb", "w")


@pytest.mark.parametrize(("library", "key"), [("rsl_rl", "resume"), ("rl_games", "params.load_checkpoint")])
def test_switches_that_do_nothing_here_are_told(library: str, key: str) -> None:
    cfg, trainer_type = agent_cfg(library, 1), trainer_class(library)
    if library == "rsl_rl":
        cfg.resume = True
    else:
        cfg["params"]["load_checkpoint"] = True
    with pytest.raises(UserError, match=rf"agent\.{key} does nothing here; use --"):
        trainer_type.check(cfg)
