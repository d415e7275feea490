# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Watches a fixed number of episodes of every environment, and measures them."""

from collections import defaultdict
from typing import Any

import numpy as np
import torch

from isaaclab_factory.learning.evaluation.result import Evaluation, TimeToSuccess, wilson_interval

_GOAL = "assembly_goal"
"""Name of the command that knows what a success is."""

_OWN_FIGURES = ("success", "ever_success", "engaged", "first_success_time")
"""Metrics of the goal that an evaluation reports under names of its own."""


class EpisodeWatch:
    """Measures the first episodes of every environment since a reset, as many as was settled beforehand.

    Had the episodes that end first been taken, whichever environment they are of, short ones would weigh more than
    long ones: of policies whose successes end an episode, more would be counted than there are.
    """

    def __init__(self, env: Any, episodes: int) -> None:
        """Args:
        env: An Isaac Lab manager-based environment, unwrapped, in which all episodes have just started.
        episodes: How many to measure: the same number of every environment, and one more of the first of them where
            that does not come out even.
        """
        self._env = env
        self._left = torch.full((env.num_envs,), episodes // env.num_envs, device=env.device)
        self._left[: episodes % env.num_envs] += 1
        self._returns = torch.zeros(env.num_envs, device=env.device)
        self._lengths = torch.zeros_like(self._left)
        self._goal = env.command_manager.get_term(_GOAL) if _GOAL in env.command_manager.active_terms else None
        self._episodes: dict[str, list[torch.Tensor]] = defaultdict(list)

    @property
    def left(self) -> int:
        """How many episodes have not ended yet."""
        return int(self._left.sum())

    def step(self, reward: torch.Tensor, done: torch.Tensor) -> None:
        """Looks at the environments after a step. Those that are done have been reset.

        Args:
            reward: Shape is (num_envs,).
            done: Whether an episode ended. Shape is (num_envs,).
        """
        self._returns += reward
        self._lengths += 1
        counted = self._left > 0
        if done.any():
            self._note(done & counted)
            self._start_anew(done)

    def _note(self, ended: torch.Tensor) -> None:
        """Keeps what there is to know of episodes that ended."""
        values = {"reward": self._returns, "length": self._lengths}
        if self._goal is not None:
            values |= {f"goal {name}": value for name, value in self._goal.last_episode.items()}
        for name, value in values.items():
            self._episodes[name].append(value[ended])
        self._left -= ended.long()

    def _start_anew(self, done: torch.Tensor) -> None:
        self._returns *= ~done
        self._lengths *= ~done

    def result(self) -> Evaluation:
        """What was measured, over the episodes that have ended. There must be one."""
        values = {name: torch.cat(parts).double().cpu().numpy() for name, parts in self._episodes.items()}
        known = {
            "episodes": len(values["reward"]),
            "mean_reward": float(values["reward"].mean()),
            "mean_length_s": float(values["length"].mean() * self._env.step_dt),
        }
        if self._goal is not None:
            goal = {name.removeprefix("goal "): value for name, value in values.items() if name.startswith("goal ")}
            known |= _success_figures(goal)
        return Evaluation(**known)


def _success_figures(goal: dict[str, np.ndarray]) -> dict[str, Any]:
    """What the metrics of the goal come to. Each array is of shape (episodes,)."""
    success, ever = goal["success"], goal["ever_success"] > 0.5
    times = goal["first_success_time"][ever]
    median, p90 = np.percentile(times, (50.0, 90.0)).tolist() if len(times) else (None, None)
    return {
        "successes": int(success.sum()),
        "success_rate": float(success.mean()),
        "success_interval": wilson_interval(int(success.sum()), len(success)),
        "ever_success_rate": float(ever.mean()),
        "engaged_rate": float(goal["engaged"].mean()),
        "time_to_success_s": TimeToSuccess(median, p90),
        "goal_metrics": {name: float(value.mean()) for name, value in goal.items() if name not in _OWN_FIGURES},
    }
