# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The private names of skrl that this package uses, and what it corrects in the library."""

from typing import Any

import skrl
import torch
from skrl.agents.torch import Agent
from skrl.agents.torch.ppo import PPO_RNN
from skrl.utils.runner.torch import Runner

SCHEDULER = ("last_epoch", "_step_count", "_last_lr")
"""What of a learning rate scheduler's state changes; the rest may be functions."""


class OpenRunner(Runner):
    """The library's runner, with other components than its own."""

    def component(self, name: str) -> Any:
        """Returns what builds a component of the configuration, None for the library's own."""

    def _component(self, name: str) -> Any:
        return self.component(name) or super()._component(name)

    @property
    def policy_class(self) -> str:
        """Class of the policy in the configuration."""
        return self._cfg["models"]["policy"]["class"]

    @property
    def num_envs(self) -> int:
        """Number of environments."""
        return self._env.num_envs


class SeparateStatesPPO(PPO_RNN):
    """The library's recurrent PPO, whose states before and after a step are different dictionaries.

    The library makes both the same one, so that a step's outcome would be stored as its beginning.
    """

    def record_transition(self, **transition: Any) -> None:
        """Stores a transition."""
        super().record_transition(**transition)
        self._rnn_initial_states = dict(self._rnn_final_states)


def normalized(agent: Agent, obs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Returns the inputs of an agent's models."""
    return {
        "observations": agent._observation_preprocessor(obs["policy"]),
        "states": agent._state_preprocessor(obs.get("critic")),
    }


def observation_statistics(agent: Agent) -> torch.nn.Module | None:
    """Returns what normalises an agent's observations, None for nothing."""
    return agent._observation_preprocessor if agent.cfg.observation_preprocessor else None


def share_gradients(processes: int) -> None:
    """Makes the library average gradients over processes.

    It settles that where it is imported, and would then make a group of its own, on CUDA only.
    """
    settings = skrl.config.torch
    settings._is_distributed, settings._world_size, settings._rank = True, processes, 0
