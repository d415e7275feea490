# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What plugins register with rl_games: networks and models for all of it, all else with the runner of a training."""

from typing import Any

import torch
from rl_games.algos_torch.a2c_continuous import A2CAgent
from rl_games.algos_torch.model_builder import ModelBuilder
from rl_games.torch_runner import Runner

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.export.policy import clip
from isaaclab_factory.learning.measuring.evaluation import Observations, Policy
from isaaclab_factory.learning.plugins import call_plugins

HOOK = "setup_rl_games"
"""A plugin's function that is given the runner, to register algorithms, players and observers with it."""


def set_up(runner: Runner) -> set[str]:
    """Lets the plugins register with a runner before it reads its configuration.

    Returns:
        Names of the algorithms for which a plugin brought a player.

    Raises:
        UserError: A plugin's function fails.
    """
    before = dict(runner.player_factory._builders)
    call_plugins(HOOK, runner)
    return {name for name, builder in runner.player_factory._builders.items() if before.get(name) is not builder}


def check_names(runner: Runner, params: dict[str, Any]) -> None:
    """Checks that what a configuration names is registered: the library says of it but the name.

    Args:
        runner: The runner, after :func:`set_up`.
        params: ``params`` of the library's configuration.

    Raises:
        UserError: There is no such algorithm, model or network.
    """
    models = ModelBuilder()
    networks = models.network_builder.network_factory._builders
    checks = {
        "algo": (params["algo"], runner.algo_factory._builders),
        "model": (params["model"], models.model_factory._builders),
        "network": (params["network"], networks),
    }
    critic = params["config"].get("central_value_config")
    if critic:
        checks["config.central_value_config.network"] = (critic["network"], networks)
    for key, (section, known) in checks.items():
        if section["name"] not in known:
            raise UserError(
                f"agent.params.{key}.name is {section['name']!r}, and there are {', '.join(sorted(known))};"
                " a plugin can bring others (docs/plugins.md)"
            )


def player_policy(runner: Runner, agent: A2CAgent, clip_observations: float, stochastic: bool) -> Policy:
    """Returns a policy that acts as the player that a plugin brought, with the networks of the agent.

    Args:
        runner: The runner.
        agent: The agent.
        clip_observations: Limit of the observations.
        stochastic: Whether actions are drawn.
    """
    config = agent.config | {"env_info": agent.env_info, "vec_env": agent.vec_env}
    player = runner.player_factory.create(runner.algo_name, params=runner.params | {"config": config})
    player.model = agent.model
    player.has_batch_dimension, player.batch_size = True, agent.num_actors
    player.reset()

    def act(obs: Observations) -> torch.Tensor:
        return player.get_action(clip(obs["policy"], clip_observations), not stochastic)

    def reset(done: torch.Tensor) -> None:
        for state in player.states or ():
            state[:, done] = 0.0

    return Policy(act, reset)
