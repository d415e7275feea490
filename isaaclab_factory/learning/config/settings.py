# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Hyperparameters under one name for all libraries, as an experiment file has them.

The libraries give the same number different names (:mod:`isaaclab_factory.learning.config.agents`). Some keep the
logarithm of it, and rl_games counts the minibatches in steps of one environment.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from isaaclab_factory.learning.config.agents import KEYS
from isaaclab_factory.learning.errors import UserError

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
    """Returns the overrides of the agent that a section stands for, by keys with dots.

    Args:
        section: ``network``, ``algorithm`` or none.
        values: The settings of the section, checked by :func:`check_settings`.
        library: The RL library.
    """
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
