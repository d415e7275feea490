# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What a training reports: one line per iteration, TensorBoard curves and a CSV file, the same for every RL library."""

import csv
import importlib.util
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from torch.utils.tensorboard import SummaryWriter

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.interrupts import StopAfterIteration
from isaaclab_factory.learning.runs.episodes import EpisodeRecorder, EpisodeStatistics

CSV_FIELDS = (
    "iteration",
    "env_steps",
    "seconds",
    "env_seconds",
    "env_steps_per_second",
    "memory_gb",
    "episodes",
    "reward",
    "length",
    "success",
)

LINE_INTERVAL_S = 1.0
"""Iterations that are shorter than this share a line."""


def clock(seconds: float) -> str:
    """Formats a duration as ``m:ss`` or ``h:mm:ss``."""
    minutes, secs = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{secs:02d}" if hours else f"{minutes}:{secs:02d}"


def memory_gb() -> float:
    """Returns the resident memory of this process in GB."""
    return round(psutil.Process().memory_info().rss / 1e9, 3)


class TrainingLog:
    """Reports every iteration of a training.

    It writes curves over environment steps, ``progress.csv`` in the run folder, and on the terminal a line per
    iteration, with the means over the latest hundred or more episodes.
    """

    def __init__(
        self,
        folder: Path,
        recorder: EpisodeRecorder,
        num_iterations: int,
        done: int = 0,
        curves: SummaryWriter | None = None,
    ) -> None:
        """Open the files.

        Args:
            num_iterations: Iterations of this training.
            done: Iterations that were done before, by the training that this one goes on from.
            curves: Writes the curves and is closed at the end; None for TensorBoard's.
        """
        self.iteration = done
        self.end_iteration: Callable[[], None] = lambda: None
        """Called at the end of every iteration, also of the last, before anything measures or saves."""
        self.after_iteration: list[Callable[[], None]] = []
        """Called one after the other when an iteration was reported."""
        self.stop_requested: Callable[[], bool] = lambda: False
        """Whether the training is to end after the iteration that is reported."""
        self._recorder = recorder
        self._first = done
        self._total = done + num_iterations
        self._start = self._last_time = time.monotonic()
        self._last_line = float("-inf")
        self._last_env_steps = recorder.env_steps
        self._first_env_seconds = recorder.env_seconds
        self._window: deque[EpisodeStatistics] = deque()
        self._window_size = max(100, recorder.num_envs)
        self._curves = curves or SummaryWriter(str(folder), flush_secs=10)
        self._file = (folder / "progress.csv").open("w", newline="", encoding="utf-8")
        self._csv = csv.DictWriter(self._file, CSV_FIELDS)
        self._csv.writeheader()
        self._stdout = sys.stdout  # libraries' output may be redirected later

    def __enter__(self) -> "TrainingLog":
        """Returns the log itself."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Closes the files."""
        close_curves(self._curves)
        self._file.close()

    @property
    def remaining(self) -> int:
        """Iterations this training has still to do."""
        return self._total - self.iteration

    @property
    def env_steps(self) -> int:
        """Environment steps so far, summed over the environments."""
        return self._recorder.env_steps

    @property
    def seconds(self) -> float:
        """How long the training has lasted, in s."""
        return time.monotonic() - self._start

    @property
    def env_seconds(self) -> float:
        """How much of :attr:`seconds` the environments took, in s. The rest is the policy's actions and its updates."""
        return self._recorder.env_seconds - self._first_env_seconds

    def write(self, scalars: dict[str, float], step: int) -> None:
        """Adds a point to curves.

        Args:
            scalars: Values by TensorBoard tag.
            step: Environment steps they belong to.
        """
        for tag, value in scalars.items():
            self._curves.add_scalar(tag, value, step)

    def line(self, text: str) -> None:
        """Prints a line on the terminal."""
        print(text, file=self._stdout, flush=True)

    def report(self, scalars: dict[str, float]) -> None:
        """Reports one finished iteration.

        Args:
            scalars: Figures of the library, by TensorBoard tag (losses, learning rate, …).

        Raises:
            StopAfterIteration: Somebody has asked for the end.
        """
        self.iteration += 1
        finished = self._recorder.drain()
        row = self._row(finished)
        self._csv.writerow({key: row[key] for key in CSV_FIELDS if key in row})
        self._file.flush()
        curves = {(key if "/" in key else f"Episode/{key}"): value for key, value in finished.means().items()}
        curves["Perf/env_steps_per_second"] = row["env_steps_per_second"]
        self.write(curves | scalars, self.env_steps)
        self._remember(finished)
        if not self.remaining or time.monotonic() - self._last_line >= LINE_INTERVAL_S:
            self._last_line = time.monotonic()
            self.line(self._text(row["env_steps_per_second"]))
        self.end_iteration()
        if self.stop_requested():
            raise StopAfterIteration
        for listener in self.after_iteration:
            listener()
        if self.stop_requested():  # while a listener waited
            raise StopAfterIteration

    def _row(self, finished: EpisodeStatistics) -> dict[str, float]:
        now, env_steps = time.monotonic(), self.env_steps
        rate = (env_steps - self._last_env_steps) / max(now - self._last_time, 1e-9)
        self._last_time, self._last_env_steps = now, env_steps
        return {
            "iteration": self.iteration,
            "env_steps": env_steps,
            "seconds": round(now - self._start, 3),
            "env_seconds": round(self.env_seconds, 3),
            "env_steps_per_second": round(rate, 1),
            "memory_gb": memory_gb(),
            "episodes": finished.episodes,
            **finished.means(),
        }

    def _remember(self, finished: EpisodeStatistics) -> None:
        """Keeps the latest iterations that together have at least ``_window_size`` episodes."""
        self._window.append(finished)
        while sum(part.episodes for part in list(self._window)[1:]) >= self._window_size:
            self._window.popleft()

    def _text(self, rate: float) -> str:
        recent = EpisodeStatistics()
        for part in self._window:
            recent.add(part)
        means = recent.means()
        left = self.seconds / (self.iteration - self._first) * self.remaining
        return "  ".join(
            (
                f"iteration {self.iteration:>{len(str(self._total))}}/{self._total}",
                f"{self.env_steps:>11,} steps",
                f"{rate:6,.0f} steps/s",
                f"reward {means['reward']:8.2f}" if means else "reward        -",
                f"success {100 * means['success']:5.1f} %" if "success" in means else "success      -",
                f"{clock(self.seconds)}, {clock(left)} left",
            )
        )


def check_logger(logger: str) -> None:
    """Raises UserError if a logger needs a package that is not installed."""
    if logger != "tensorboard" and importlib.util.find_spec(logger) is None:
        raise UserError(f"--logger {logger}: it is not installed; pip install {logger}")


def open_curves(folder: Path, logger: str, project: str, env_cfg: Any, agent_cfg: Any) -> SummaryWriter:
    """Returns what writes the curves of a training.

    The writers for Weights & Biases and Neptune are rsl_rl's, for every library. They read the usual environment
    variables, such as ``WANDB_MODE=offline``, and name the run like its folder.

    Args:
        logger: One of :data:`~isaaclab_factory.learning.cli.training.LOGGERS`.
        project: Project at Weights & Biases or Neptune.
        env_cfg: The environment's configuration, for the record of the run.
        agent_cfg: The agent's configuration, an object or a dictionary.

    Raises:
        UserError: The tracker refuses the run, for instance without an account.
    """
    if logger == "tensorboard":
        return SummaryWriter(str(folder), flush_secs=10)
    try:
        writer = _writer_type(logger)(str(folder), project)
    except Exception as error:  # each tracker has errors of its own
        first = next(iter(str(error).splitlines()), "")
        raise UserError(f"--logger {logger}: {type(error).__name__}: {first}") from error
    writer.store_config(env_cfg, agent_cfg if isinstance(agent_cfg, dict) else agent_cfg.to_dict())
    return writer


def _writer_type(logger: str) -> type[SummaryWriter]:
    """Returns the writer for a tracker."""
    if logger == "neptune":
        from rsl_rl.utils.neptune_log_writer import NeptuneLogWriter

        return NeptuneLogWriter
    import wandb
    from rsl_rl.utils.wandb_log_writer import WandbLogWriter

    class Writer(WandbLogWriter):
        """Draws curves over the environment steps. By its own count Weights & Biases drops points of earlier steps,
        and an evaluation reports those of its checkpoint."""

        def __init__(self, log_dir: str, project_name: str) -> None:
            super().__init__(log_dir, project_name)
            wandb.define_metric("env_steps", hidden=True)
            wandb.define_metric("*", step_metric="env_steps")

        def add_scalar(self, tag: str, scalar_value: float, global_step: int | None = None, **options: Any) -> None:
            SummaryWriter.add_scalar(self, tag, scalar_value, global_step, **options)
            wandb.log({tag: scalar_value, "env_steps": global_step})

    return Writer


def close_curves(writer: SummaryWriter) -> None:
    """Writes what is left, and ends the run at its tracker."""
    writer.close()
    if hasattr(writer, "stop"):
        writer.stop()
