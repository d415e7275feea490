# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Where the libraries keep the same setting in their configurations of the agent: one table per library.

Keys have dots. A setting with several keys is written to all of them and read from the first.
"""

import operator
from collections.abc import Mapping
from functools import reduce
from typing import Any

_CRITIC = "params.config.central_value_config"
"""rl_games' network for the critic observations."""

RSL_RL = {
    "seed": ("seed",),
    "device": ("device",),
    "max_iterations": ("max_iterations",),
    "experiment_name": ("experiment_name",),
    "run_name": ("run_name",),
    "logger": ("logger",),
    "project": ("wandb_project", "neptune_project"),
    "save_interval": ("save_interval",),
    "actor": ("actor.hidden_dims",),
    "critic": ("critic.hidden_dims",),
    "activation": ("actor.activation", "critic.activation"),
    "initial_std": ("actor.distribution_cfg.init_std",),
    "learning_rate": ("algorithm.learning_rate",),
    "gamma": ("algorithm.gamma",),
    "gae_lambda": ("algorithm.lam",),
    "clip": ("algorithm.clip_param",),
    "entropy": ("algorithm.entropy_coef",),
    "grad_norm": ("algorithm.max_grad_norm",),
    "epochs": ("algorithm.num_learning_epochs",),
    "rollout_steps": ("num_steps_per_env",),
    "minibatches": ("algorithm.num_mini_batches",),
}

RL_GAMES = {
    "seed": ("params.seed",),
    "device": ("params.config.device", "params.config.device_name"),
    "max_iterations": ("params.config.max_epochs",),
    "experiment_name": ("params.config.name",),
    "run_name": ("params.config.full_experiment_name",),
    "save_interval": ("params.config.save_frequency",),
    "actor": ("params.network.mlp.units",),
    "critic": (f"{_CRITIC}.network.mlp.units",),
    "activation": ("params.network.mlp.activation", f"{_CRITIC}.network.mlp.activation"),
    "initial_std": ("params.network.space.continuous.sigma_init.val",),
    "learning_rate": ("params.config.learning_rate", f"{_CRITIC}.learning_rate"),
    "gamma": ("params.config.gamma",),
    "gae_lambda": ("params.config.tau",),
    "clip": ("params.config.e_clip",),
    "entropy": ("params.config.entropy_coef",),
    "grad_norm": ("params.config.grad_norm", f"{_CRITIC}.grad_norm"),
    "epochs": ("params.config.mini_epochs", f"{_CRITIC}.mini_epochs"),
    "rollout_steps": ("params.config.horizon_length",),
    "minibatches": ("params.config.minibatch_size_per_env", f"{_CRITIC}.minibatch_size_per_env"),
    "sequence_length": ("params.config.seq_length",),
}

SKRL = {
    "seed": ("seed",),
    "max_iterations": ("trainer.timesteps",),  # in steps of every environment
    "experiment_name": ("agent.experiment.directory",),
    "run_name": ("agent.experiment.experiment_name",),
    "save_interval": ("save_interval",),
    "actor": ("models.policy.network.0.layers",),
    "critic": ("models.value.network.0.layers",),
    "activation": ("models.policy.network.0.activations", "models.value.network.0.activations"),
    "initial_std": ("models.policy.initial_log_std",),
    "learning_rate": ("agent.learning_rate",),
    "gamma": ("agent.discount_factor",),
    "gae_lambda": ("agent.gae_lambda",),
    "clip": ("agent.ratio_clip",),
    "entropy": ("agent.entropy_loss_scale",),
    "grad_norm": ("agent.grad_norm_clip",),
    "epochs": ("agent.learning_epochs",),
    "rollout_steps": ("agent.rollouts",),
    "minibatches": ("agent.mini_batches",),
    "sequence_length": ("models.policy.rnn.sequence_length",),
}

KEYS: dict[str, dict[str, tuple[str, ...]]] = {"rsl_rl": RSL_RL, "rl_games": RL_GAMES, "skrl": SKRL}
"""By library and setting."""

COUNTS = ("max_iterations", "save_interval", "epochs", "rollout_steps", "minibatches")
"""Settings that must be above zero."""


def get_setting(agent_cfg: Any, library: str, setting: str, default: Any = None) -> Any:
    """Returns a setting of an agent's configuration.

    Args:
        agent_cfg: The library's configuration, an object or a dictionary.
        library: The library.
        setting: Name of the setting in :data:`KEYS`.
        default: What is returned where the library or the configuration has no such setting.
    """
    keys = KEYS[library].get(setting)
    return get_entry(agent_cfg, keys[0], default) if keys else default


def get_entry(agent_cfg: Any, key: str, default: Any = None) -> Any:
    """Returns what an agent's configuration has under a key with dots, the default if it has no such key."""
    try:
        return reduce(_entry, key.split("."), agent_cfg)
    except (KeyError, AttributeError, IndexError, TypeError):
        return default


def set_setting(agent_cfg: Any, library: str, setting: str, value: Any) -> None:
    """Writes a setting to all its keys in an agent's configuration. Sections that are not there are skipped.

    Args:
        agent_cfg: The library's configuration, an object or a dictionary.
        library: The library.
        setting: Name of the setting in :data:`KEYS`.
        value: The value.
    """
    for key in KEYS[library].get(setting, ()):
        *path, leaf = key.split(".")
        try:
            owner = reduce(_entry, path, agent_cfg)
        except (KeyError, AttributeError, IndexError):
            continue
        operator.setitem(owner, leaf, value) if isinstance(owner, dict) else setattr(owner, leaf, value)


def _entry(owner: Any, name: str) -> Any:
    if isinstance(owner, Mapping):
        return owner[name]
    return owner[int(name)] if isinstance(owner, list) else getattr(owner, name)
