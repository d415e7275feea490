# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The settings of an agent that all libraries have: where each keeps them in its configuration, reading and writing.

There is one table per library. Keys have dots. A setting with several keys is written to all of them and read from the
first. An experiment file has hyperparameters under these names, with values that mean the same for all libraries: some
libraries keep the logarithm, and rl_games counts the minibatches in steps of one environment.
"""

import math
from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple

from isaaclab_factory.learning.config.overrides import entry, set_entry
from isaaclab_factory.learning.errors import UserError

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

BY_FLAGS = {
    "rsl_rl": {"resume": "--checkpoint latest"},
    "rl_games": {"params.load_checkpoint": "--checkpoint"},
    "skrl": {"agent.experiment.wandb": "--logger wandb"},
}
"""Switches of a configuration that Isaac Lab's scripts act on, by library, and the flags that take their place here."""


def get_setting(agent_cfg: Any, library: str, setting: str) -> Any:
    """Returns a setting of an agent's configuration, None if the library or the configuration has no such setting.

    Args:
        agent_cfg: The library's configuration, an object or a dictionary.
        setting: Name of the setting in :data:`KEYS`.
    """
    keys = KEYS[library].get(setting)
    return get_entry(agent_cfg, keys[0]) if keys else None


def get_entry(cfg: Any, key: str) -> Any:
    """Returns what a configuration has under a key with dots, None if it has no such key."""
    try:
        return reduce(entry, key.split("."), cfg)
    except (KeyError, AttributeError, IndexError, TypeError):
        return None


def set_setting(agent_cfg: Any, library: str, setting: str, value: Any) -> None:
    """Writes a setting to all its keys, see :func:`get_setting`. Sections that are not there are skipped."""
    for key in KEYS[library].get(setting, ()):
        *path, leaf = key.split(".")
        try:
            owner = reduce(entry, path, agent_cfg)
        except (KeyError, AttributeError, IndexError):
            continue
        set_entry(owner, leaf, value)


def settle_agent(agent_cfg: Any, library: str, **given: Any) -> None:
    """Writes settings into a configuration and checks it.

    Args:
        **given: Values by the names of :data:`KEYS`; None keeps the configuration's own.

    Raises:
        UserError: A count is not above zero, or something is switched on that has a flag of its own here.
    """
    iterations = given.pop("max_iterations", None)
    for setting, value in given.items():
        if value is not None:
            set_setting(agent_cfg, library, setting, value)
    if iterations is not None:
        set_setting(agent_cfg, library, "max_iterations", iterations * _steps_per_iteration(agent_cfg, library))
    for setting in COUNTS:
        value = get_setting(agent_cfg, library, setting)
        if isinstance(value, int | float) and not value > 0:
            raise UserError(f"agent.{KEYS[library][setting][0]} must be above zero, not {value}")
    for key, flag in BY_FLAGS[library].items():
        if get_entry(agent_cfg, key):
            raise UserError(f"agent.{key} does nothing here; use {flag}")


def num_iterations(agent_cfg: Any, library: str) -> int:
    """Returns the number of policy updates of a configuration."""
    return get_setting(agent_cfg, library, "max_iterations") // _steps_per_iteration(agent_cfg, library)


def _steps_per_iteration(agent_cfg: Any, library: str) -> int:
    """Returns the unit in which a library counts iterations: skrl counts steps of every environment."""
    return get_setting(agent_cfg, library, "rollout_steps") if library == "skrl" else 1


ACTIVATIONS = ("elu", "relu", "selu", "sigmoid", "softplus", "tanh")
"""Those that all libraries have."""

LOGARITHMS = {("rl_games", "initial_std"), ("skrl", "initial_std")}
"""Libraries and settings of which the library keeps the natural logarithm."""


class Values(NamedTuple):
    """The values that a setting takes."""

    described: str
    allow: Callable[[Any], bool]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_layers(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_count, value))


_POSITIVE = Values("a number above 0", lambda value: _is_number(value) and value > 0)
_NOT_NEGATIVE = Values("a number of 0 or more", lambda value: _is_number(value) and value >= 0)
_SHARE = Values("a number from 0 to 1", lambda value: _is_number(value) and 0 <= value <= 1)
_COUNT = Values("a whole number of 1 or more", _is_count)
_LAYERS = Values("a list of the layers' sizes such as [256, 128, 64]", _is_layers)
_ACTIVATION = Values(f"one of {', '.join(ACTIVATIONS)}", lambda value: value in ACTIVATIONS)

SETTINGS: dict[str, dict[str, Values]] = {
    "": {"save_interval": _COUNT},
    "network": {"actor": _LAYERS, "critic": _LAYERS, "activation": _ACTIVATION, "initial_std": _POSITIVE},
    "algorithm": {
        "learning_rate": _POSITIVE,
        "gamma": _SHARE,
        "gae_lambda": _SHARE,
        "clip": _POSITIVE,
        "entropy": _NOT_NEGATIVE,
        "grad_norm": _POSITIVE,
        "epochs": _COUNT,
        "rollout_steps": _COUNT,
        "minibatches": _COUNT,
    },
}
"""By section of an experiment file; those without a section are at its top."""


def agent_overrides(section: str, values: dict[str, Any], library: str) -> dict[str, Any]:
    """Returns the overrides of the agent, by keys with dots, that a section stands for, see :func:`check_settings`."""
    overrides = {}
    for name, value in values.items():
        if (library, name) in LOGARITHMS:
            value = math.log(value)
        elif (library, name) == ("rl_games", "minibatches"):
            value = values["rollout_steps"] // value  # steps of every environment in a minibatch
        overrides |= dict.fromkeys(KEYS[library][name], value)
    return overrides


def check_settings(section: str, values: dict[str, Any], max_iterations: int | None) -> None:
    """Checks a section before the library is known.

    Args:
        section: ``network``, ``algorithm`` or none.
        values: The settings of the section.
        max_iterations: Policy updates of the experiment, None for those of the task's hyperparameters.

    Raises:
        UserError: A value is not allowed, or another one is missing that the libraries compute with.
    """
    for name, value in values.items():
        allowed = SETTINGS[section][name]
        if not allowed.allow(value):
            raise UserError(f"{section}.{name}".lstrip(".") + f" is {allowed.described}, not {value!r}")
    rollout, minibatches = values.get("rollout_steps"), values.get("minibatches")
    if (rollout, minibatches) == (None, None):
        return
    if None in (rollout, minibatches) or max_iterations is None:
        # skrl counts iterations in steps, rl_games minibatches in steps of one environment
        raise UserError("algorithm.rollout_steps, algorithm.minibatches and max_iterations go together: give all three")
    if rollout % minibatches:
        raise UserError(f"algorithm.minibatches must divide algorithm.rollout_steps, {rollout}, not be {minibatches}")
