# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Writes what the command line gives into an agent's configuration, and checks it."""

from typing import Any

from isaaclab_factory.learning.config.keys import COUNTS, KEYS, get_entry, get_setting, set_setting
from isaaclab_factory.learning.errors import UserError

BY_FLAGS = {
    "rsl_rl": {"resume": "--checkpoint latest"},
    "rl_games": {"params.load_checkpoint": "--checkpoint"},
    "skrl": {"agent.experiment.wandb": "--logger wandb"},
}
"""Switches of a configuration that Isaac Lab's scripts act on, by library, and the flags that take their place here."""


def settle_agent(agent_cfg: Any, library: str, **given: Any) -> None:
    """Writes settings into a configuration and checks it.

    Args:
        agent_cfg: The library's configuration.
        library: The library.
        **given: Values by the names of :data:`~isaaclab_factory.learning.config.keys.KEYS`; None keeps the
            configuration's own.

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
