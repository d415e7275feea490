# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Scales rewards for a library that does not normalise values itself."""

from typing import Any

import gymnasium
import torch

from isaaclab_factory.learning.scaling.distributed import ProcessGroup


class ScaledReward(gymnasium.Wrapper):
    """Divides rewards by the standard deviation of the discounted return so far.

    The return of each environment is ``G <- gamma G + r``, and ``G <- 0`` when its episode ends; the deviation is that
    of all G seen so far (the second code-level optimisation of Engstrom et al. 2020, "Implementation Matters in Deep
    RL"; batches are merged as in Chan, Golub and LeVeque 1983). Tasks whose first rewards are hundreds of times smaller
    than those of a success need it: a critic of fixed scale does not see the first, or diverges on the others.
    """

    def __init__(self, env: gymnasium.Env, gamma: float, limit: float = 10.0) -> None:
        """Start with no returns seen.

        Args:
            env: A vectorised environment with ``num_envs``.
            gamma: Discount factor.
            limit: Largest absolute value of a scaled reward.
        """
        super().__init__(env)
        self._gamma, self._limit = gamma, limit
        device = env.unwrapped.device
        self._returns = torch.zeros(env.unwrapped.num_envs, dtype=torch.float64, device=device)
        self._count = torch.zeros((), dtype=torch.float64, device=device)
        self._mean, self._squares = torch.zeros_like(self._count), torch.zeros_like(self._count)

    @property
    def scale(self) -> torch.Tensor:
        """Factor on the rewards, a scalar tensor; one before the first step."""
        variance = self._squares / self._count.clamp(min=1.0)
        return torch.where(self._count > 0, (variance + 1.0e-12).rsqrt(), 1.0)

    def reset(self, **kwargs: Any) -> tuple[Any, dict[str, Any]]:
        """Resets all environments and their returns, not the deviation."""
        self._returns.zero_()
        return self.env.reset(**kwargs)

    def step(self, action: torch.Tensor) -> tuple[Any, torch.Tensor, torch.Tensor, torch.Tensor, dict[str, Any]]:
        """Steps all environments.

        Args:
            action: Actions, shape (num_envs, action_dim).

        Returns:
            What the environment returns, with scaled rewards, shape (num_envs,).
        """
        obs, reward, terminated, truncated, extras = self.env.step(action)
        self._returns.mul_(self._gamma).add_(reward)  # in place: libraries step in PyTorch's inference mode
        self._count_in(self._returns)
        self._returns[terminated | truncated] = 0.0
        scaled = (reward * self.scale).clamp(-self._limit, self._limit).to(reward.dtype)
        return obs, scaled, terminated, truncated, extras

    def state_dict(self) -> dict[str, torch.Tensor]:
        """Returns the state that a training goes on from."""
        return {"count": self._count, "mean": self._mean, "squares": self._squares, "returns": self._returns}

    def load_state_dict(self, state: dict[str, torch.Tensor]) -> None:
        """Takes over the deviation of another training, and the returns if it has as many environments."""
        for name, value in self.state_dict().items():
            if name in state and state[name].shape == value.shape:
                value.copy_(state[name])

    def merge(self, group: ProcessGroup) -> None:
        """Computes the deviation over what all processes have seen, each of them the same number of steps."""
        count = self._count.clamp(min=1.0)
        mean, variance = group.merged(self._mean, self._squares / count)
        self._mean.copy_(mean)
        self._squares.copy_(variance * count)

    def _count_in(self, values: torch.Tensor) -> None:
        """Merges the mean and the sum of squared deviations of further values into those so far."""
        count = len(values)
        difference = values.mean() - self._mean
        total = self._count + count
        self._squares += (values - values.mean()).square().sum() + difference**2 * self._count * count / total
        self._mean += difference * count / total
        self._count += count
