# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Counts finished episodes of a vectorised environment, the same way for every RL library."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import gymnasium
import torch

if TYPE_CHECKING:
    from isaaclab_factory.learning.scaling.process_group import ProcessGroup

_TERMINATION = "Episode_Termination/"
"""Prefix of the keys under which Isaac Lab logs why episodes ended."""

SUCCESS_METRIC = "Metrics/assembly_goal/success"
"""Key under which the tasks' goal command logs the success of the episodes that just ended."""


@dataclass
class EpisodeStatistics:
    """Sums over finished episodes."""

    episodes: int = 0
    returns: float = 0.0
    """Sum of the episodes' undiscounted rewards."""
    lengths: int = 0
    """Sum of the episodes' lengths in environment steps."""
    metrics: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Sums of what the environment logged about the episodes, by key of ``extras["log"]``."""

    def add(self, other: "EpisodeStatistics") -> None:
        """Adds the sums of further episodes."""
        self.episodes += other.episodes
        self.returns += other.returns
        self.lengths += other.lengths
        for key, value in other.metrics.items():
            self.metrics[key] += value

    def means(self) -> dict[str, float]:
        """Returns the means per episode: ``reward``, ``length``, ``success`` (if logged) and the logged metrics."""
        if not self.episodes:
            return {}
        means = {"reward": self.returns / self.episodes, "length": self.lengths / self.episodes}
        means |= {key: value / self.episodes for key, value in self.metrics.items()}
        if SUCCESS_METRIC in means:
            means["success"] = means[SUCCESS_METRIC]
        return means


class EpisodeRecorder(gymnasium.Wrapper):
    """Records the episodes that finish while a library trains.

    Isaac Lab logs the mean over the environments that end in a step; weighted with their number the sums are exact. Why
    episodes ended it logs as a mean over the latest episode of all environments instead, so that is counted here.
    Isaac Lab leaves its log in ``extras`` until the next environment ends, and the libraries would count it again every
    step, so it is passed on only in the step it belongs to.

    With ``spread`` the first episodes of the environments start at random ages (their time-out comes earlier), so that
    environments do not end in step with one another for the whole training.
    """

    def __init__(self, env: gymnasium.Env, spread: bool = True) -> None:
        """Args:
        env: An Isaac Lab environment, bare or wrapped.
        spread: Whether the first episodes after a reset start at random ages.
        """
        super().__init__(env)
        self.num_envs: int = env.unwrapped.num_envs
        self.env_steps = 0
        """Environment steps so far, summed over the environments, those of other processes too."""
        self.group: ProcessGroup | None = None
        """The processes that train together, if there are several."""
        self._spread = spread
        self._finished = EpisodeStatistics()
        self._returns = torch.zeros(self.num_envs, device=env.unwrapped.device)
        self._lengths = torch.zeros(self.num_envs, dtype=torch.long, device=env.unwrapped.device)

    def reset(self, **kwargs: Any) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        """Resets all environments and forgets their unfinished episodes."""
        obs, extras = self.env.reset(**kwargs)
        self._returns.zero_()
        self._lengths.zero_()
        if self._spread:
            bare = self.env.unwrapped
            bare.episode_length_buf = torch.randint_like(bare.episode_length_buf, high=bare.max_episode_length)
        return obs, extras

    def step(
        self, action: torch.Tensor
    ) -> tuple[dict[str, torch.Tensor], torch.Tensor, torch.Tensor, torch.Tensor, dict[str, Any]]:
        """Steps all environments and records those that end.

        Args:
            action: Actions, shape (num_envs, action_dim).
        """
        obs, reward, terminated, truncated, extras = self.env.step(action)
        self.env_steps += self.num_envs * (self.group.size if self.group else 1)
        self._returns += reward
        self._lengths += 1
        done = terminated | truncated
        count = int(done.sum())
        if count:
            self._record(done, count, extras.get("log", {}))
        else:
            extras = {key: value for key, value in extras.items() if key != "log"}
        return obs, reward, terminated, truncated, extras

    def state_dict(self) -> dict[str, torch.Tensor]:
        """Returns what is known of the unfinished episodes."""
        return {"returns": self._returns, "lengths": self._lengths}

    def load_state_dict(self, state: dict[str, torch.Tensor]) -> None:
        """Takes over unfinished episodes that go on here.

        Args:
            state: What :meth:`state_dict` returned elsewhere.
        """
        self._returns.copy_(state["returns"])
        self._lengths.copy_(state["lengths"])

    def drain(self) -> EpisodeStatistics:
        """Returns the statistics of the episodes finished since the last call, in all processes."""
        finished, self._finished = self._finished, EpisodeStatistics()
        if self.group is None:
            return finished
        together = EpisodeStatistics()
        for part in self.group.gather(finished):
            together.add(part)
        return together

    def _record(self, done: torch.Tensor, count: int, log: dict[str, float | torch.Tensor]) -> None:
        metrics = {key: float(value) * count for key, value in log.items()}
        for key in metrics:
            if key.startswith(_TERMINATION):
                ended_by = self.env.unwrapped.termination_manager.get_term(key.removeprefix(_TERMINATION))
                metrics[key] = float(ended_by[done].sum())
        ended = EpisodeStatistics(count, float(self._returns[done].sum()), int(self._lengths[done].sum()), metrics)
        self._finished.add(ended)
        self._returns[done] = 0.0
        self._lengths[done] = 0
