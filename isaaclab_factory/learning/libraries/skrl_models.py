# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Recurrent policies for skrl, whose runner builds none from a configuration."""

from collections.abc import Callable
from typing import Any

import gymnasium
import torch
from skrl.models.torch import Model
from skrl.utils.model_instantiators.torch import gaussian_model
from torch.nn.utils.rnn import pad_sequence

_RNNS = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM}

Outputs = tuple[torch.Tensor, dict[str, Any]]


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
