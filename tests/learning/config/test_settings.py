# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Hyperparameters under common names, read back from the networks and learners that the libraries build."""

import math
from pathlib import Path
from typing import Any

import pytest
import torch

from isaaclab_factory.learning.cli.tasks import LIBRARIES
from isaaclab_factory.learning.config.overrides import words_of
from isaaclab_factory.learning.config.settings import (
    ACTIVATIONS,
    KEYS,
    SETTINGS,
    agent_overrides,
    check_settings,
    num_iterations,
)
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.libraries.base import LibraryTrainer
from tests.learning.learners import make_trainer

NETWORK = {"actor": [24, 12], "critic": [20], "activation": "tanh", "initial_std": 0.3}
ALGORITHM = {
    "learning_rate": 2e-4,
    "gamma": 0.9,
    "gae_lambda": 0.8,
    "clip": 0.15,
    "entropy": 0.01,
    "grad_norm": 0.7,
    "epochs": 3,
    "rollout_steps": 12,
    "minibatches": 6,
}
NUM_ENVS = 4


def make(library: str, folder: Path) -> LibraryTrainer:
    """Makes a learner with the default hyperparameters and all settings."""
    sections = {"network": NETWORK, "algorithm": ALGORITHM, "": {"save_interval": 9}}
    words = []
    for section, settings in sections.items():
        check_settings(section, settings, max_iterations=2)
        words += words_of("agent", agent_overrides(section, settings, library))
    return make_trainer(library, folder, 2, *(word.removeprefix("agent.") for word in words), num_envs=NUM_ENVS)


def shapes(module: torch.nn.Module) -> list[int]:
    """Returns the sizes of the outputs of a network's layers."""
    return [layer.out_features for layer in module.modules() if isinstance(layer, torch.nn.Linear)]


def activations(*modules: torch.nn.Module) -> set[str]:
    found = {type(layer).__name__.lower() for module in modules for layer in module.modules()}
    return found & {*ACTIVATIONS}


def facts_of_rsl_rl(trainer: LibraryTrainer) -> dict[str, Any]:
    alg = trainer.runner.alg
    return {
        "actor": shapes(alg.actor.mlp)[:-1],
        "critic": shapes(alg.critic.mlp)[:-1],
        "activations": activations(alg.actor.mlp, alg.critic.mlp),
        "initial_std": trainer.std_parameter()[0].exp()[0].item(),
        "learning_rates": {group["lr"] for group in alg.optimizer.param_groups},
        "numbers": (alg.gamma, alg.lam, alg.clip_param, alg.entropy_coef, alg.max_grad_norm),
        "counts": (alg.num_learning_epochs, trainer.runner.cfg["num_steps_per_env"], alg.num_mini_batches),
        "save_interval": trainer.runner.cfg["save_interval"],
    }


def facts_of_rl_games(trainer: LibraryTrainer) -> dict[str, Any]:
    agent, critic = trainer.agent, trainer.agent.central_value_net
    actor_net, critic_net = agent.model.a2c_network, critic.model.a2c_network
    assert (critic.mini_epoch, critic.grad_norm, critic.num_minibatches) == (
        agent.mini_epochs_num,
        agent.grad_norm,
        agent.num_minibatches,
    )
    return {
        "actor": shapes(actor_net.actor_mlp),
        "critic": shapes(critic_net.actor_mlp),
        "activations": activations(actor_net.actor_mlp, critic_net.actor_mlp),
        "initial_std": actor_net.sigma.exp()[0].item(),
        "learning_rates": {group["lr"] for part in (agent, critic) for group in part.optimizer.param_groups},
        "numbers": (agent.gamma, agent.tau, agent.e_clip, agent.entropy_coef, agent.grad_norm),
        "counts": (agent.mini_epochs_num, agent.horizon_length, agent.num_minibatches),
        "save_interval": agent.save_interval,
    }


def facts_of_skrl(trainer: LibraryTrainer) -> dict[str, Any]:
    agent = trainer.runner.agent
    cfg = agent.cfg
    return {
        "actor": shapes(agent.policy.net_container)[:-1],
        "critic": shapes(agent.value.net_container)[:-1],
        "activations": activations(agent.policy.net_container, agent.value.net_container),
        "initial_std": agent.policy.log_std_parameter.exp()[0].item(),
        "learning_rates": {group["lr"] for group in agent.optimizer.param_groups},
        "numbers": (
            cfg.discount_factor,
            cfg.gae_lambda,
            cfg.ratio_clip,
            cfg.entropy_loss_scale,
            cfg.grad_norm_clip,
        ),
        "counts": (cfg.learning_epochs, cfg.rollouts, cfg.mini_batches),
        "save_interval": cfg.experiment.checkpoint_interval // cfg.rollouts,
    }


@pytest.mark.parametrize("library", LIBRARIES)
def test_every_library_builds_what_the_settings_say(library: str, tmp_path: Path) -> None:
    read = {"rsl_rl": facts_of_rsl_rl, "rl_games": facts_of_rl_games, "skrl": facts_of_skrl}[library]
    trainer = make(library, tmp_path)
    assert read(trainer) == {
        "actor": [24, 12],
        "critic": [20],
        "activations": {"tanh"},
        "initial_std": pytest.approx(0.3),
        "learning_rates": {2e-4},
        "numbers": (0.9, 0.8, 0.15, 0.01, 0.7),
        "counts": (3, 12, 6),
        "save_interval": 9,
    }
    assert num_iterations(trainer.agent_cfg, library) == 2


def test_every_setting_is_tested_above() -> None:
    assert {name: set(settings) for name, settings in SETTINGS.items()} == {
        "": {"save_interval"},
        "network": set(NETWORK),
        "algorithm": set(ALGORITHM),
    }


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_is_known_to_every_library(library: str, activation: str) -> None:
    if library == "rsl_rl":
        from rsl_rl.utils import resolve_nn_activation

        made = resolve_nn_activation(activation)
    elif library == "rl_games":
        from rl_games.algos_torch.network_builder import NetworkBuilder

        made = NetworkBuilder.BaseNetwork().activations_factory.create(activation)
    else:
        from skrl.utils.model_instantiators.torch.common import _get_activation_function

        made = eval(_get_activation_function(activation), {"nn": torch.nn})
    assert type(made).__name__.lower() == activation


@pytest.mark.parametrize(
    ("section", "values", "said"),
    [
        ("network", {"actor": []}, "network.actor is a list of the layers' sizes such as [256, 128, 64], not []"),
        ("network", {"critic": [8, 0]}, "network.critic is a list of the layers' sizes"),
        ("network", {"activation": "silu"}, "network.activation is one of elu, relu, selu, sigmoid, softplus, tanh"),
        ("network", {"initial_std": 0}, "network.initial_std is a number above 0, not 0"),
        ("algorithm", {"learning_rate": "fast"}, "algorithm.learning_rate is a number above 0, not 'fast'"),
        ("algorithm", {"clip": math.inf}, "algorithm.clip is a number above 0, not inf"),
        ("algorithm", {"entropy": -0.1}, "algorithm.entropy is a number of 0 or more, not -0.1"),
        ("algorithm", {"gae_lambda": True}, "algorithm.gae_lambda is a number from 0 to 1, not True"),
        ("algorithm", {"epochs": 2.0}, "algorithm.epochs is a whole number of 1 or more, not 2.0"),
        ("algorithm", {"rollout_steps": 8}, "algorithm.minibatches and max_iterations go together: give all three"),
        (
            "algorithm",
            {"rollout_steps": 8, "minibatches": 3},
            "algorithm.minibatches must divide algorithm.rollout_steps, 8, not be 3",
        ),
    ],
)
def test_a_value_that_is_not_allowed_is_reported_with_those_that_are(section: str, values: dict, said: str) -> None:
    with pytest.raises(UserError) as caught:
        check_settings(section, values, max_iterations=5)
    assert said in str(caught.value)


def test_rollouts_ask_for_the_number_of_iterations() -> None:
    with pytest.raises(UserError, match="max_iterations go together"):
        check_settings("algorithm", {"rollout_steps": 8, "minibatches": 4}, max_iterations=None)


def test_every_setting_has_keys_in_every_library() -> None:
    names = {name for settings in SETTINGS.values() for name in settings}
    for library, keys in KEYS.items():
        assert names <= set(keys), library
