# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""skrl's runner with this package's agents, feed-forward and recurrent.

The library's runner builds no recurrent policies from a configuration.
"""

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import torch
from skrl.agents.torch.ppo import PPO
from skrl.models.torch import Model
from skrl.utils.model_instantiators.torch import gaussian_model
from torch.nn.utils.rnn import pad_sequence

from isaaclab_factory.learning.config.plugins import plugin_object
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.libraries.base import check_num_envs
from isaaclab_factory.learning.libraries.compat_skrl import OpenRunner, SeparateStatesPPO
from isaaclab_factory.learning.runs.checkpoints import TRAINING
from isaaclab_factory.learning.runs.files import atomic_binary

_RNNS = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM}

Outputs = tuple[torch.Tensor, dict[str, Any]]


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


class RecurrentGaussian(Model):
    """A GRU or LSTM, followed by the library's own feed-forward Gaussian policy, whose OBSERVATIONS are its output.

    The library's agent keeps the state of every environment, zeros it where an episode ends, and stores with each
    sample the state before it.
    """

    def __init__(
        self,
        num_envs: int,
        rnn: dict[str, Any],
        observation_space: gymnasium.Space,
        state_space: gymnasium.Space | None,
        action_space: gymnasium.Space,
        device: str | torch.device,
        **gaussian: Any,
    ) -> None:
        """Create the networks.

        Args:
            num_envs: Number of environments.
            rnn: ``type`` (gru or lstm), ``units``, ``layers``, and the ``sequence_length`` of the training in steps.
            observation_space: Observations.
            state_space: What the critic sees.
            action_space: Actions.
            device: Device of the model.
            **gaussian: What the library's ``GaussianMixin`` takes in a configuration, such as ``network``.

        Raises:
            ValueError: There is no such type of network.
        """
        spaces = {"state_space": state_space, "action_space": action_space, "device": device}
        super().__init__(observation_space=observation_space, **spaces)
        if rnn["type"] not in _RNNS:
            raise ValueError(f"models.policy.rnn.type must be {' or '.join(_RNNS)}, not {rnn['type']!r}")
        self.rnn = _RNNS[rnn["type"]](self.num_observations, rnn["units"], rnn["layers"])
        remembered = gymnasium.spaces.Box(-1.0, 1.0, (rnn["units"],))
        self.head = gaussian_model(observation_space=remembered, **spaces, **gaussian)
        self.sequence_length = rnn["sequence_length"]
        self._state_sizes = (2 if rnn["type"] == "lstm" else 1) * [(rnn["layers"], num_envs, rnn["units"])]

    def get_specification(self) -> dict[str, Any]:
        """Tells the library's agent what to remember for the network."""
        return {"rnn": {"sequence_length": self.sequence_length, "sizes": self._state_sizes}}

    def compute(self, inputs: dict[str, Any], role: str = "") -> Outputs:
        """Returns mean actions; inputs and outputs are those of :meth:`act`."""
        return self._with_memory(self.head.compute, inputs, role)

    def act(self, inputs: dict[str, Any], *, role: str = "") -> Outputs:
        """Draws actions.

        Args:
            inputs: ``observations`` (n, size) and ``rnn``, a list of states (layers, n, units), none or an empty list
                for the start of an episode. With ``terminated`` and ``truncated`` (n, 1) as well, they are sequences
                of environments, concatenated, each in the order of time, and ``rnn`` has a state for every step of
                them.
            role: Of the library's signature.

        Returns:
            Actions (n, action_dim), and the other outputs of the library's Gaussian model, with the new ``rnn``, empty
            for sequences.
        """
        return self._with_memory(self.head.act, inputs, role)

    def get_entropy(self, *, role: str = "") -> torch.Tensor:
        """Returns the entropy of the latest distribution. Shape is (n, 1)."""
        return self.head.get_entropy(role=role)

    def distribution(self, *, role: str = "") -> torch.distributions.Normal:
        """Returns the latest distribution of the actions."""
        return self.head.distribution(role=role)

    def _with_memory(self, head: Callable[..., Outputs], inputs: dict[str, Any], role: str) -> Outputs:
        remember = self._replay if "terminated" in inputs else self._step
        memory, state = remember(inputs)
        actions, outputs = head(inputs | {"observations": memory}, role=role)
        return actions, outputs | {"rnn": state}

    def _step(self, inputs: dict[str, Any]) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Runs the recurrent network for one step of every environment."""
        memory, state = self.rnn(inputs["observations"].unsqueeze(0), _joined(inputs.get("rnn")))
        return memory.squeeze(0), list(state) if isinstance(state, tuple) else [state]

    def _replay(self, inputs: dict[str, Any]) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Runs it for sequences, cut where episodes end in them: all pieces side by side from their states."""
        obs = inputs["observations"]
        begins = (inputs["terminated"] | inputs["truncated"]).flatten().roll(1)
        begins[:: self.sequence_length] = True
        starts = begins.nonzero().flatten()
        lengths = starts.diff(append=starts.new_tensor([len(obs)]))
        pieces = pad_sequence(obs.split(lengths.tolist()))
        memory, _ = self.rnn(pieces, _joined([state[:, starts].contiguous() for state in inputs["rnn"]]))
        steps = torch.arange(len(pieces), device=obs.device)
        return memory.transpose(0, 1)[steps < lengths.unsqueeze(1)], []


def _joined(state: list[torch.Tensor] | None) -> torch.Tensor | tuple[torch.Tensor, ...] | None:
    """Returns a state as PyTorch's modules take it: a GRU's is one tensor, an LSTM's two, and None is zeros."""
    if not state:
        return None
    return tuple(state) if len(state) > 1 else state[0]


class Runner(OpenRunner):
    """The library's runner with the agents above, recurrent policies, and models and memories of plugins."""

    def component(self, name: str) -> Any:
        if ":" in name:
            return plugin_object(name, "a class of the agent's configuration", type)
        recurrent = RecurrentGaussian.__name__.lower()
        agent = RecurrentAgent if self.policy_class.lower() == recurrent else Agent
        model = partial(RecurrentGaussian, num_envs=self.num_envs)
        return {"ppo": agent, recurrent: model}.get(name.lower())


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
