# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Hyperparameters under one name for all libraries, as an experiment file has them.

The libraries call the same number by different names, rl_games keeps some twice, for its critic too, and counts in
minibatches of one environment. The keys below are those of the hyperparameters that come with this package.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from isaaclab_factory.learning.errors import UserError

ACTIVATIONS = ("elu", "relu", "selu", "sigmoid", "softplus", "tanh")
"""Those that all libraries know."""


@dataclass(frozen=True)
class Values:
    """What values a setting takes."""

    said: str
    """The same in words."""
    allow: Callable[[Any], bool]


@dataclass(frozen=True)
class Setting:
    """A hyperparameter, and where the libraries keep it in their configuration of the agent."""

    values: Values
    rsl_rl: tuple[str, ...]
    rl_games: tuple[str, ...]
    skrl: tuple[str, ...]
    logarithm: tuple[str, ...] = ()
    """Libraries that keep its natural logarithm."""


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

_CRITIC = "params.config.central_value_config"
"""rl_games' network for the critic observations."""

SETTINGS: dict[str, dict[str, Setting]] = {
    "": {
        "save_interval": Setting(
            _COUNT,
            rsl_rl=("save_interval",),
            rl_games=("params.config.save_frequency",),
            skrl=("save_interval",),
        ),
    },
    "network": {
        "actor": Setting(
            _LAYERS,
            rsl_rl=("policy.actor_hidden_dims",),
            rl_games=("params.network.mlp.units",),
            skrl=("models.policy.network.0.layers",),
        ),
        "critic": Setting(
            _LAYERS,
            rsl_rl=("policy.critic_hidden_dims",),
            rl_games=(f"{_CRITIC}.network.mlp.units",),
            skrl=("models.value.network.0.layers",),
        ),
        "activation": Setting(
            _ACTIVATION,
            rsl_rl=("policy.activation",),
            rl_games=("params.network.mlp.activation", f"{_CRITIC}.network.mlp.activation"),
            skrl=("models.policy.network.0.activations", "models.value.network.0.activations"),
        ),
        "initial_std": Setting(
            _POSITIVE,
            rsl_rl=("policy.init_noise_std",),
            rl_games=("params.network.space.continuous.sigma_init.val",),
            skrl=("models.policy.initial_log_std",),
            logarithm=("rl_games", "skrl"),
        ),
    },
    "algorithm": {
        "learning_rate": Setting(
            _POSITIVE,
            rsl_rl=("algorithm.learning_rate",),
            rl_games=("params.config.learning_rate", f"{_CRITIC}.learning_rate"),
            skrl=("agent.learning_rate",),
        ),
        "gamma": Setting(
            _SHARE,
            rsl_rl=("algorithm.gamma",),
            rl_games=("params.config.gamma",),
            skrl=("agent.discount_factor",),
        ),
        "gae_lambda": Setting(
            _SHARE,
            rsl_rl=("algorithm.lam",),
            rl_games=("params.config.tau",),
            skrl=("agent.gae_lambda",),
        ),
        "clip": Setting(
            _POSITIVE,
            rsl_rl=("algorithm.clip_param",),
            rl_games=("params.config.e_clip",),
            skrl=("agent.ratio_clip",),
        ),
        "entropy": Setting(
            _NOT_NEGATIVE,
            rsl_rl=("algorithm.entropy_coef",),
            rl_games=("params.config.entropy_coef",),
            skrl=("agent.entropy_loss_scale",),
        ),
        "grad_norm": Setting(
            _POSITIVE,
            rsl_rl=("algorithm.max_grad_norm",),
            rl_games=("params.config.grad_norm", f"{_CRITIC}.grad_norm"),
            skrl=("agent.grad_norm_clip",),
        ),
        "epochs": Setting(
            _COUNT,
            rsl_rl=("algorithm.num_learning_epochs",),
            rl_games=("params.config.mini_epochs", f"{_CRITIC}.mini_epochs"),
            skrl=("agent.learning_epochs",),
        ),
        "rollout_steps": Setting(
            _COUNT,
            rsl_rl=("num_steps_per_env",),
            rl_games=("params.config.horizon_length",),
            skrl=("agent.rollouts",),
        ),
        "minibatches": Setting(
            _COUNT,
            rsl_rl=("algorithm.num_mini_batches",),
            rl_games=("params.config.minibatch_size_per_env", f"{_CRITIC}.minibatch_size_per_env"),
            skrl=("agent.mini_batches",),
        ),
    },
}
"""By section of an experiment file; those of none are at its top."""


def agent_overrides(section: str, values: dict[str, Any], library: str) -> dict[str, Any]:
    """Returns the overrides of the agent that a section stands for, by keys with dots.

    Args:
        section: ``network``, ``algorithm`` or none.
        values: What the section has, checked by :func:`check_settings`.
        library: The RL library.
    """
    overrides = {}
    for name, value in values.items():
        setting = SETTINGS[section][name]
        if library in setting.logarithm:
            value = math.log(value)
        elif library == "rl_games" and name == "minibatches":
            value = values["rollout_steps"] // value  # steps of every environment in a minibatch
        overrides |= dict.fromkeys(getattr(setting, library), value)
    return overrides


def check_settings(section: str, values: dict[str, Any], max_iterations: int | None) -> None:
    """Checks a section before the library is known.

    Args:
        section: ``network``, ``algorithm`` or none.
        values: What it has.
        max_iterations: Policy updates that the experiment is to do, None for those of the task's hyperparameters.

    Raises:
        UserError: A value is not allowed, or lacks another that the libraries compute with.
    """
    for name, value in values.items():
        allowed = SETTINGS[section][name].values
        if not allowed.allow(value):
            raise UserError(f"{section}.{name}".lstrip(".") + f" is {allowed.said}, not {value!r}")
    rollout, minibatches = values.get("rollout_steps"), values.get("minibatches")
    if (rollout, minibatches) == (None, None):
        return
    if None in (rollout, minibatches) or max_iterations is None:
        # skrl counts iterations in steps, rl_games minibatches in steps of one environment
        raise UserError("algorithm.rollout_steps, algorithm.minibatches and max_iterations go together: give all three")
    if rollout % minibatches:
        raise UserError(f"algorithm.minibatches must divide algorithm.rollout_steps, {rollout}, not be {minibatches}")
