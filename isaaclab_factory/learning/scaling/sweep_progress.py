# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A line on the terminal for every trial of a sweep that ended."""

from typing import Any

from ray import tune

from isaaclab_factory.learning.scaling.sweep_space import override_text


class Progress(tune.Callback):
    """Tells of trials that ended; Ray Tune's own tables are many lines every few seconds."""

    def __init__(self, metric: str) -> None:
        """Args:
        metric: ``success`` or ``reward``.
        """
        self._metric = metric
        self._ended = 0

    def on_trial_complete(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        """Tells of a trial that reached its end or was stopped for being behind."""
        figures = trial.last_result
        self._tell(trial, f"{self._metric} {figures.get(self._metric, 0.0):.3f} after {figures.get('iteration', 0)}")

    def on_trial_error(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        """Tells of a trial that failed."""
        self._tell(trial, "failed")

    def _tell(self, trial: Any, what: str) -> None:
        self._ended += 1
        values = " ".join(override_text(key, value) for key, value in trial.config.items())
        print(f"trial {self._ended}: {values}: {what}", flush=True)
