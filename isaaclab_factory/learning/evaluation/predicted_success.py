# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What would come of ending an episode when the policy says that it has succeeded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from isaaclab_factory.learning.evaluation.result import EarlyEnd

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9)
"""Predicted successes at which an episode would be ended; those of ``ForgeEnv`` in Isaac Lab."""


class PredictedSuccess:
    """Notes for every episode when the policy first predicted success, and when success first was there."""

    def __init__(self, action: Any, goal: Any, step_dt: float) -> None:
        """Watch from now on.

        Args:
            action: The action term, with ``predicted_success`` of the shape (num_envs,), from 0 to 1.
            goal: The goal, with ``success`` of the shape (num_envs,).
            step_dt: Length of an environment step in s.
        """
        self._action, self._goal, self._step_dt = action, goal, step_dt
        success = goal.success
        self._thresholds = torch.tensor(THRESHOLDS, device=success.device)
        self._steps = torch.zeros(len(success), dtype=torch.long, device=success.device)
        self._first_success = torch.full_like(self._steps, -1)
        self._end = torch.full((len(success), len(THRESHOLDS)), -1, device=success.device)
        self._success_at_end = torch.zeros_like(self._end, dtype=torch.bool)
        self._episodes: list[tuple[torch.Tensor, ...]] = []

    @classmethod
    def of(cls, env: ManagerBasedRLEnv, goal: Any | None) -> PredictedSuccess | None:
        """Returns the watch of an environment, None if its action predicts no success.

        Args:
            goal: Its goal, None if it has none.
        """
        manager = env.action_manager
        terms = [manager.get_term(name) for name in manager.active_terms]
        predicting = [term for term in terms if getattr(term.cfg, "predicts_success", False)]
        return cls(predicting[0], goal, env.step_dt) if predicting and goal is not None else None

    def step(self, done: torch.Tensor) -> None:
        """Looks at the environments after a step.

        Args:
            done: Whether an environment has been reset: what it predicts and is belongs to the next episode.
        """
        success, predicted = self._goal.success & ~done, self._action.predicted_success
        self._steps += 1
        torch.where((self._first_success < 0) & success, self._steps, self._first_success, out=self._first_success)
        ends = (self._end < 0) & (predicted.unsqueeze(-1) > self._thresholds) & ~done.unsqueeze(-1)
        torch.where(ends, self._steps.unsqueeze(-1), self._end, out=self._end)
        self._success_at_end |= ends & success.unsqueeze(-1)

    def note(self, ended: torch.Tensor) -> None:
        """Keeps the episodes that ended.

        Args:
            ended: Whether an episode that counts has ended. Shape is (num_envs,).
        """
        self._episodes.append((self._first_success[ended], self._end[ended], self._success_at_end[ended]))

    def begin(self, done: torch.Tensor) -> None:
        """Starts the next episodes.

        Args:
            done: Whether an episode has begun. Shape is (num_envs,).
        """
        self._steps.masked_fill_(done, 0)
        self._first_success.masked_fill_(done, -1)
        self._end.masked_fill_(done.unsqueeze(-1), -1)
        self._success_at_end.masked_fill_(done.unsqueeze(-1), False)

    def result(self) -> list[EarlyEnd]:
        """Figures for each threshold, over the episodes that were kept."""
        first, end, success = (torch.cat(parts).double() for parts in zip(*self._episodes, strict=True))
        ended = end >= 0
        delays = (end - first.unsqueeze(-1)) * self._step_dt
        figures = []
        for column, threshold in enumerate(THRESHOLDS):
            stopped, right = ended[:, column], ended[:, column] & (success[:, column] > 0)
            delay = delays[right, column]
            figures.append(
                EarlyEnd(
                    threshold=threshold,
                    ended_rate=float(stopped.double().mean()),
                    success_rate=float(right.double().mean()),
                    false_rate=float((stopped & ~right).double().mean()),
                    delay_s=float(delay.mean()) if len(delay) else None,
                )
            )
        return figures
