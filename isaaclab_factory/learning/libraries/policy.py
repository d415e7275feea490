# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A trained policy without its library: one that acts, and one as a PyTorch module for export."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch

Observations = dict[str, torch.Tensor]
"""Observation groups by name, each of shape (num_envs, size)."""


@dataclass
class Policy:
    """A trained policy that acts."""

    act: Callable[[Observations], torch.Tensor]
    """Observations -> actions of shape (num_envs, action_dim)."""
    reset: Callable[[torch.Tensor], None] = lambda done: None
    """Clears the memory of the environments that ended, ``done`` (num_envs,) bool. A feed-forward policy has none."""


@dataclass(frozen=True)
class State:
    """A tensor that a recurrent policy remembers from step to step. Its shape is (layers, num_envs, size)."""

    name: str
    layers: int
    size: int


def forget(states: Iterable[torch.Tensor], done: torch.Tensor) -> None:
    """Clears the memory of a recurrent network in the environments that ended.

    Args:
        states: Tensors of shape (layers, num_envs, size), which are changed.
        done: Shape is (num_envs,).
    """
    for state in states:
        state[:, done] = 0.0


def recurrent_state(shapes: Sequence[tuple[int, int]]) -> tuple[State, ...]:
    """Names the state of a recurrent network: none for none, one tensor of a GRU, two of an LSTM.

    Args:
        shapes: Number of layers and size of each tensor.
    """
    names = ("hidden", "cell", *(f"state_{i}" for i in range(2, len(shapes))))
    return tuple(State(name, layers, size) for name, (layers, size) in zip(names, shapes, strict=False))


class Normalizer(torch.nn.Module):
    """Subtracts the mean, divides by the scale and clips: ``clip((obs - mean) / scale, -limit, limit)``."""

    def __init__(self, mean: torch.Tensor, scale: torch.Tensor, limit: float = math.inf) -> None:
        """Copy the statistics.

        Args:
            mean: Mean of the observations. Shape is (size,).
            scale: What they are divided by. Shape is (size,).
            limit: Largest absolute value of the result, infinite for none.
        """
        super().__init__()
        self.register_buffer("mean", mean.detach().clone().float())
        self.register_buffer("scale", scale.detach().clone().float())
        self.limit = limit

    def forward(self, obs: torch.Tensor) -> torch.Tensor:
        """Observations (num_envs, size) -> the same, normalised."""
        return clip((obs - self.mean) / self.scale, self.limit)


class ExportablePolicy(torch.nn.Module):
    """From the task's raw observations to what its ``step`` takes, deterministically.

    ``actions, *state = policy(obs, *state)``, and without a state ``actions = policy(obs)``: inside are the library's
    clipping of observations, its normalisation, the network, and the library's clipping of actions.
    """

    def __init__(
        self,
        network: torch.nn.Module,
        observation_size: int,
        normalizer: torch.nn.Module | None = None,
        state: tuple[State, ...] = (),
        groups: Sequence[str] = ("policy",),
        clip_observations: float = math.inf,
        clip_actions: float = math.inf,
        action_scale: float = 1.0,
    ) -> None:
        """Assemble the policy.

        Args:
            network: Normalised observations (num_envs, size) and the state -> a tuple of mean actions
                (num_envs, action_dim) and the new state.
            observation_size: Size of an observation.
            normalizer: Normalises the clipped observations, None for nothing.
            state: What the network remembers.
            groups: The observation groups that are concatenated to the observation.
            clip_observations: Largest absolute value of an observation, infinite for none.
            clip_actions: Largest absolute value of the network's actions, infinite for none.
            action_scale: Factor on the clipped actions.
        """
        super().__init__()
        self.network = network
        self.normalizer = normalizer or torch.nn.Identity()
        self.observation_size = observation_size
        self.state = state
        self.groups = tuple(groups)
        self.clip_observations = clip_observations
        self.clip_actions = clip_actions
        self.action_scale = action_scale

    @property
    def input_names(self) -> list[str]:
        """Names of the inputs, in order."""
        return ["obs", *(f"{state.name}_in" for state in self.state)]

    @property
    def output_names(self) -> list[str]:
        """Names of the outputs, in order."""
        return ["actions", *(f"{state.name}_out" for state in self.state)]

    def example_inputs(self, num_envs: int) -> tuple[torch.Tensor, ...]:
        """Returns inputs of the right shapes: an observation, and the state that an episode starts with."""
        states = (torch.zeros(state.layers, num_envs, state.size) for state in self.state)
        return (torch.zeros(num_envs, self.observation_size), *states)

    def forward(self, obs: torch.Tensor, *state: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Acts once.

        Args:
            obs: Observations. Shape is (num_envs, observation_size).
            state: The state of the step before; zeros at the start of an episode. Shapes are (layers, num_envs, size).

        Returns:
            Actions, shape (num_envs, action_dim); for a recurrent policy a tuple of them and the new state.
        """
        actions, *state = self.network(self.normalizer(clip(obs, self.clip_observations)), *state)
        actions = clip(actions, self.clip_actions)
        actions = actions if self.action_scale == 1.0 else self.action_scale * actions
        return (actions, *state) if state else actions


def clip(values: torch.Tensor, limit: float) -> torch.Tensor:
    """Clips values to ``[-limit, limit]``; an infinite limit leaves no operation in an exported file."""
    return values if math.isinf(limit) else values.clamp(-limit, limit)
