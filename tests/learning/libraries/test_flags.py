# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""``--sigma`` means the same for every library."""

from pathlib import Path

import pytest
import torch

from isaaclab_factory.learning.cli.tasks import LIBRARIES
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.libraries.base import LibraryTrainer
from tests.learning.learners import make_trainer
from tests.learning.point_env import PointEnv


def spread(trainer: LibraryTrainer) -> torch.Tensor:
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
    assert parameter.requires_grad  # it is learned from there


def test_sigma_of_rsl_rl_is_the_same_for_a_parameter_that_is_no_logarithm(tmp_path: Path) -> None:
    trainer = make_trainer("rsl_rl", tmp_path, 1, "actor.distribution_cfg.std_type=scalar", num_envs=64)
    trainer.set_std(0.2)
    assert spread(trainer) == pytest.approx(0.2, rel=0.05)


def test_a_network_without_such_a_parameter_says_so(tmp_path: Path) -> None:
    space = "params.network.space.continuous"
    overrides = [f"{space}.fixed_sigma=false", space + ".sigma_init={'name': 'default'}"]
    trainer = make_trainer("rl_games", tmp_path, 1, *overrides)
    with pytest.raises(UserError, match="--sigma: the model continuous_a2c_logstd has no such parameter"):
        trainer.set_std(0.2)
