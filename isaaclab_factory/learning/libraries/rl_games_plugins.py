# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Registers the networks, models, algorithms and players of plugins with rl_games."""

from typing import Any

import torch
from rl_games.algos_torch.a2c_continuous import A2CAgent
from rl_games.torch_runner import Runner

from isaaclab_factory.learning.config.plugins import call_plugins
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.libraries.compat_rl_games import builders, known_names
from isaaclab_factory.learning.libraries.policy import Observations, Policy, clip, forget

HOOK = "setup_rl_games"
"""A plugin's function that is called with the runner, to register algorithms, players and observers with it."""


def set_up(runner: Runner) -> set[str]:
    """Lets the plugins register with a runner before it reads its configuration.

    Returns:
        Names of the algorithms for which a plugin registered a player.

    Raises:
        UserError: A plugin's function fails.
    """
    before = dict(builders(runner.player_factory))
    call_plugins(HOOK, runner)
    return {name for name, builder in builders(runner.player_factory).items() if before.get(name) is not builder}


def check_names(runner: Runner, params: dict[str, Any]) -> None:
    """Checks that the names in a configuration are registered, also by plugins; the library would print the name alone.

    Raises:
        UserError: There is no such algorithm, model or network.
    """
    known = known_names(runner)
    sections = {name: (params[name], known[name]) for name in known}
    critic = params["config"].get("central_value_config")
    if critic:
        sections["config.central_value_config.network"] = (critic["network"], known["network"])
    for key, (section, names) in sections.items():
        if section["name"] not in names:
            raise UserError(
                f"agent.params.{key}.name is {section['name']!r}; it can be {', '.join(names)}, and plugins can add"
                " others (docs/plugins.md)"
            )


def player_policy(runner: Runner, agent: A2CAgent, clip_observations: float, stochastic: bool) -> Policy:
    """Returns a policy that acts as a plugin's player does, with the networks of the agent."""
    config = agent.config | {"env_info": agent.env_info, "vec_env": agent.vec_env}
    player = runner.player_factory.create(runner.algo_name, params=runner.params | {"config": config})
    player.model = agent.model
    player.has_batch_dimension, player.batch_size = True, agent.num_actors
    player.reset()

    def act(obs: Observations) -> torch.Tensor:
        return player.get_action(clip(obs["policy"], clip_observations), not stochastic)

    return Policy(act, reset=lambda done: forget(player.states or (), done))
