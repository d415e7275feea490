# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Counts finished episodes of a vectorised environment, the same way for every RL library."""

import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Protocol

import gymnasium
import torch

_TERMINATION = "Episode_Termination/"
"""Prefix of the keys under which Isaac Lab logs why episodes ended."""

SUCCESS_METRICS = ("Metrics/assembly_goal/success", "Metrics/success_rate")
"""Keys under which a task logs the share of successes among the episodes that just ended: ours, and Isaac Lab's."""


class Processes(Protocol):
    """The processes that train together, as the recorder needs them."""

    size: int

    def gather(self, value: Any) -> list[Any]:
        """Returns the values of all processes."""


@dataclass
class EpisodeStatistics:
    """Sums over finished episodes."""

    episodes: int = 0
    returns: float = 0.0
    """Sum of the episodes' undiscounted rewards."""
    lengths: int = 0
    """Sum of the episodes' lengths in environment steps."""
    metrics: dict[str, float] = field(default_factory=dict)
    """Sums of what the environment logged about the episodes, by key of ``extras["log"]``."""

    def add(self, other: "EpisodeStatistics") -> None:
        """Adds the sums of further episodes."""
        self.episodes += other.episodes
        self.returns += other.returns
        self.lengths += other.lengths
        for key, value in other.metrics.items():
            self.metrics[key] = self.metrics.get(key, 0.0) + value

    def means(self) -> dict[str, float]:
        """Returns the means per episode: ``reward``, ``length``, ``success`` (if logged) and the logged metrics."""
        if not self.episodes:
            return {}
        means = {"reward": self.returns / self.episodes, "length": self.lengths / self.episodes}
        means |= {key: value / self.episodes for key, value in self.metrics.items()}
        success = next((means[key] for key in SUCCESS_METRICS if key in means), None)
        return means if success is None else means | {"success": success}


class EpisodeRecorder(gymnasium.Wrapper):
    """Records the episodes that finish while a library trains.

    Isaac Lab logs means over the environments that end in a step; weighted with their number the sums are exact. It
    logs the reasons for an end as means over the latest episode of all environments, so they are counted here. Its log
    stays in ``extras`` until the next environment ends, and the libraries would count it again in every step, so it is
    passed on only in the step that it belongs to.

    With ``spread`` the first episodes of the environments start at random ages (their time-out comes earlier), so that
    the environments do not all end in the same step for the whole training.

    Sums stay on the environment's device until :meth:`drain`: a step waits for no transfer from a GPU.
    """

    def __init__(self, env: gymnasium.Env, spread: bool = True) -> None:
        """Start with nothing recorded.

        Args:
            env: An Isaac Lab environment, bare or wrapped.
            spread: Whether the first episodes after a reset start at random ages.
        """
        super().__init__(env)
        self.num_envs: int = env.unwrapped.num_envs
        self.env_steps = 0
        """Environment steps so far, summed over the environments of all processes."""
        self.env_seconds = 0.0
        """Time that this process spent in stepping the environments, in s."""
        self.group: Processes | None = None
        """The processes that train together, if there are several."""
        self._spread = spread
        self._latest_log: dict[str, Any] | None = None
        device = env.unwrapped.device
        self._returns = torch.zeros(self.num_envs, device=device)
        self._lengths = torch.zeros(self.num_envs, dtype=torch.long, device=device)
        self._zero = torch.zeros((), dtype=torch.float64, device=device)
        self._clear()

    def _clear(self) -> None:
        self._sums: dict[str, torch.Tensor] = defaultdict(self._zero.clone)
        self._metrics: dict[str, torch.Tensor] = defaultdict(self._zero.clone)

    def reset(self, **kwargs: Any) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        """Resets all environments and forgets their unfinished episodes."""
        obs, extras = self.env.reset(**kwargs)
        self._latest_log = extras.get("log")
        self._returns.zero_()
        self._lengths.zero_()
        if self._spread:
            bare = self.env.unwrapped
            bare.episode_length_buf = torch.randint_like(bare.episode_length_buf, high=int(bare.max_episode_length))
        return obs, extras

    def step(
        self, action: torch.Tensor
    ) -> tuple[dict[str, torch.Tensor], torch.Tensor, torch.Tensor, torch.Tensor, dict[str, Any]]:
        """Steps all environments and records those that end.

        Args:
            action: Actions, shape (num_envs, action_dim).
        """
        start = time.perf_counter()
        obs, reward, terminated, truncated, extras = self.env.step(action)
        self.env_seconds += time.perf_counter() - start
        self.env_steps += self.num_envs * (self.group.size if self.group else 1)
        self._returns += reward
        self._lengths += 1
        done = terminated | truncated
        log = extras.get("log")
        if log is self._latest_log:
            extras = {key: value for key, value in extras.items() if key != "log"}
        else:  # a new one comes with every reset
            self._latest_log = log
            self._record_metrics(done, log)
        self._record_episodes(done)
        return obs, reward, terminated, truncated, extras

    def drain(self) -> EpisodeStatistics:
        """Returns the statistics of the episodes finished since the last call, in all processes."""
        finished = EpisodeStatistics(
            episodes=round(self._sums["episodes"].item()),
            returns=self._sums["returns"].item(),
            lengths=round(self._sums["lengths"].item()),
            metrics={key: value.item() for key, value in self._metrics.items()},
        )
        self._clear()
        if self.group is None:
            return finished
        together = EpisodeStatistics()
        for part in self.group.gather(finished):
            together.add(part)
        return together

    def _record_episodes(self, done: torch.Tensor) -> None:
        self._sums["episodes"] += done.sum()
        self._sums["returns"] += torch.where(done, self._returns, 0.0).sum()
        self._sums["lengths"] += torch.where(done, self._lengths, 0).sum()
        self._returns.masked_fill_(done, 0.0)
        self._lengths.masked_fill_(done, 0)

    def _record_metrics(self, done: torch.Tensor, log: dict[str, float | torch.Tensor]) -> None:
        count = done.sum()
        for key, value in log.items():
            if key.startswith(_TERMINATION):
                ended_by = self.env.unwrapped.termination_manager.get_term(key.removeprefix(_TERMINATION))
                self._metrics[key] += (ended_by & done).sum()
            else:
                self._metrics[key] += value * count
