# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""``--sigma`` and ``--linear_lr`` mean the same for every library."""

from pathlib import Path

import pytest
import torch

from isaaclab_factory.learning.cli.tasks import LIBRARIES
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.libraries.base import LibraryTrainer
from tests.learning.learners import make_trainer, train
from tests.learning.point_env import PointEnv


def spread(trainer: LibraryTrainer) -> torch.Tensor:
    """Returns the standard deviation of the drawn actions."""
    obs = PointEnv(trainer.recorder.num_envs, seed=1).reset()[0]
    with torch.inference_mode():
        policy = trainer.policy(stochastic=True)
        return torch.stack([policy.act(obs) for _ in range(60)]).std(dim=0).mean()


@pytest.mark.slow
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


def optimizers(trainer: LibraryTrainer) -> list[torch.optim.Optimizer]:
    """Returns what updates actor and critic."""
    if trainer.library == "rsl_rl":
        return [trainer.runner.alg.optimizer]
    if trainer.library == "skrl":
        return [trainer.runner.agent.optimizer]
    return [trainer.agent.optimizer, trainer.agent.central_value_net.optimizer]


def rates_of_updates(trainer: LibraryTrainer) -> list[float]:
    """Trains and returns the learning rates with which parameters were changed, once each, in order."""
    rates: list[float] = []
    for optimizer in optimizers(trainer):
        optimizer.register_step_pre_hook(lambda used, *_: rates.append(used.param_groups[0]["lr"]))
    train(trainer)
    return list(dict.fromkeys(rates))


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_linear_learning_rate_falls_with_every_update_and_goes_on_falling_from_a_checkpoint(
    library: str, tmp_path: Path
) -> None:
    first = make_trainer(library, tmp_path, iterations=4)
    first.linear_lr = True
    assert rates_of_updates(first) == pytest.approx([5e-4, 3.75e-4, 2.5e-4, 1.25e-4])
    second = make_trainer(library, tmp_path, iterations=4)
    second.load(first.save())
    second.linear_lr = True
    assert rates_of_updates(second) == pytest.approx([2.5e-4, 1.875e-4, 1.25e-4, 0.625e-4])


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_the_configured_learning_rate_replaces_that_of_a_checkpoint(library: str, tmp_path: Path) -> None:
    first = make_trainer(library, tmp_path, iterations=2)
    first.linear_lr = True
    train(first)
    second = make_trainer(library, tmp_path, iterations=2)
    second.load(first.save())
    assert rates_of_updates(second) == pytest.approx([5e-4])


@pytest.mark.parametrize(
    ("library", "override"),
    [
        ("rsl_rl", "algorithm.schedule=adaptive"),
        ("rl_games", "params.config.lr_schedule=linear"),
        ("skrl", "agent.learning_rate_scheduler=KLAdaptiveLR"),
    ],
)
def test_two_schedules_are_refused(library: str, override: str, tmp_path: Path) -> None:
    trainer = make_trainer(library, tmp_path, 1, override)
    trainer.linear_lr = True
    with pytest.raises(UserError, match="--linear_lr: the agent's configuration has another schedule"):
        train(trainer)
