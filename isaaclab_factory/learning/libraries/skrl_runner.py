# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""skrl's runner with this package's agents, feed-forward and recurrent."""

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from skrl.agents.torch.ppo import PPO

from isaaclab_factory.learning.config.plugins import plugin_class
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.libraries.base import check_num_envs
from isaaclab_factory.learning.libraries.compat_skrl import OpenRunner, SeparateStatesPPO
from isaaclab_factory.learning.libraries.skrl_models import RecurrentGaussian
from isaaclab_factory.learning.runs.checkpoints import TRAINING
from isaaclab_factory.learning.runs.files import atomic_binary

RECURRENT = "RecurrentGaussian"
"""``models.policy.class`` of a recurrent policy."""


class TrainingState:
    """What an agent's checkpoint holds in addition to the library's modules."""

    def __init__(self) -> None:
        self.state_dict: Callable[[], dict[str, Any]] = dict
        """Returns what is to be saved."""
        self.loaded: dict[str, Any] | None = None
        """What was loaded last."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Keeps what was loaded: an agent that only acts does not need it."""
        self.loaded = state


class LoggingAgent:
    """What the agents below add to the library's: this package's log, and checkpoints complete or not there at all."""

    report: Callable[[dict[str, float]], None]
    first_step: int = 0
    """Steps of every environment in the training that this one goes on from."""
    env_step: int = 0
    """Steps of every environment so far; the number in a checkpoint's name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.training_state = self.checkpoint_modules[TRAINING] = TrainingState()

    def post_interaction(self, *, timestep: int, timesteps: int) -> None:
        """Learns and saves when it is time to."""
        super().post_interaction(timestep=self.first_step + timestep, timesteps=self.first_step + timesteps)

    def update(self, *, timestep: int, timesteps: int) -> None:
        """Updates the networks and reports the iteration."""
        super().update(timestep=timestep, timesteps=timesteps)
        self.env_step = timestep + 1
        scalars = {tag.replace(" / ", "/"): float(np.mean(values)) for tag, values in self.tracking_data.items()}
        self.tracking_data.clear()
        self.report(scalars)

    def write_checkpoint(self, *, timestep: int, timesteps: int) -> None:
        """Saves a checkpoint; called by the library at its interval."""
        self.save(str(self.checkpoint_path()))

    def save(self, path: str) -> None:
        """Saves a checkpoint."""
        with atomic_binary(Path(path)) as file:
            super().save(file)

    def checkpoint_path(self) -> Path:
        """Returns where the checkpoint of the present step belongs."""
        return Path(self.experiment_dir) / "checkpoints" / f"agent_{self.env_step}.pt"


class Agent(LoggingAgent, PPO):
    """The library's PPO, with the right value of an episode that was cut off by its time limit."""

    def record_transition(self, *, truncated: torch.Tensor, **transition: Any) -> None:
        """Stores a transition.

        The reward of a truncated step gets the value of what would have followed. The library asks for it with the
        next observations, which are already those of a new episode; the last ones of the old episode are right but for
        one step, as in the other libraries.
        """
        if self.cfg.time_limit_bootstrap:
            for kind in ("observations", "states"):
                if transition[kind] is not None:
                    kept, following = transition[kind], transition[f"next_{kind}"]
                    transition[f"next_{kind}"] = torch.where(truncated, kept, following)
        super().record_transition(truncated=truncated, **transition)


class RecurrentAgent(LoggingAgent, SeparateStatesPPO):
    """The library's PPO for recurrent models, with advantages that end with every episode."""

    def record_transition(self, *, terminated: torch.Tensor, truncated: torch.Tensor, **transition: Any) -> None:
        """Stores a transition.

        The reward of a truncated step gets the value of what would have followed. The library's advantages would then
        also go on into the next episode, as they end with terminated episodes only.
        """
        if self.cfg.time_limit_bootstrap:
            terminated = terminated | truncated
        super().record_transition(terminated=terminated, truncated=truncated, **transition)


class Runner(OpenRunner):
    """The library's runner with the agents above, recurrent policies, and models and memories of plugins."""

    def component(self, name: str) -> Any:
        if ":" in name:
            return plugin_class(name, "a class of the agent's configuration")
        recurrent = self.policy_class.lower() == RECURRENT.lower()
        return {
            "ppo": RecurrentAgent if recurrent else Agent,
            RECURRENT.lower(): partial(RecurrentGaussian, num_envs=self.num_envs),
        }.get(name.lower())


def check_agent_class(agent_cfg: dict[str, Any]) -> None:
    """Raises UserError unless the agent is PPO."""
    name = agent_cfg["agent"]["class"]
    if str(name).lower() != "ppo":
        raise UserError(f"agent.agent.class is PPO, not {name!r}; isaaclab train knows others")


def check_sequences(num_envs: int, agent_cfg: dict[str, Any]) -> None:
    """Raises ValueError unless the minibatches of a recurrent policy are made of whole sequences."""
    rnn = agent_cfg["models"]["policy"].get("rnn")
    if rnn is None:
        return
    rollouts, batches = agent_cfg["agent"]["rollouts"], agent_cfg["agent"]["mini_batches"]
    length = rnn["sequence_length"]
    if length < 1 or rollouts % length:
        raise ValueError(
            f"models.policy.rnn.sequence_length must divide the {rollouts} agent.rollouts, not be {length}"
        )
    check_num_envs(num_envs, batches // math.gcd(batches, rollouts // length))
