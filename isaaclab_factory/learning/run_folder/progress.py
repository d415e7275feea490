# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What a training tells: a progress line, TensorBoard curves and a CSV file, the same for every RL library."""

import csv
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from torch.utils.tensorboard import SummaryWriter

from isaaclab_factory.learning.episodes import EpisodeRecorder, EpisodeStatistics
from isaaclab_factory.learning.run_folder.interrupts import StopAfterIteration
from isaaclab_factory.learning.run_folder.trackers import Tracker

CSV_FIELDS = ("iteration", "env_steps", "seconds", "env_steps_per_second", "episodes", "reward", "length", "success")
LINE_INTERVAL_S = 5.0
"""Where the output is no terminal, a progress line is printed this often."""


def clock(seconds: float) -> str:
    """Formats a duration as ``m:ss`` or ``h:mm:ss``."""
    minutes, secs = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{secs:02d}" if hours else f"{minutes}:{secs:02d}"


class TrainingLog:
    """Reports every iteration of a training.

    In the run folder it writes ``summaries/`` (TensorBoard, over environment steps) and ``progress.csv``; on the
    terminal one line that is redrawn, elsewhere (a pipe, a log file) one line every few seconds.
    """

    def __init__(
        self,
        folder: Path,
        recorder: EpisodeRecorder,
        num_iterations: int,
        done: int = 0,
        tracker: Tracker | None = None,
    ) -> None:
        """Args:
        folder: The run folder.
        recorder: Counts the episodes.
        num_iterations: Iterations this training is to do.
        done: Iterations that were done before, by the training that this one goes on from.
        tracker: Is told all curves too, and closed at the end; None for none.
        """
        self.iteration = done
        self.end_iteration: Callable[[], None] = lambda: None
        """Called at the end of every iteration, also of the last, before anything measures or saves."""
        self.after_iteration: list[Callable[[], None]] = []
        """Called one after the other when an iteration was reported."""
        self.stop_asked: Callable[[], bool] = lambda: False
        """Whether the training is to end after the iteration that is reported."""
        self._recorder = recorder
        self._first = done
        self._total = done + num_iterations
        self._start = self._last_time = time.monotonic()
        self._last_line = float("-inf")
        self._last_env_steps = recorder.env_steps
        self._window: deque[EpisodeStatistics] = deque()
        self._window_size = max(100, recorder.num_envs)
        self._tracker = tracker
        self._writer = SummaryWriter(folder / "summaries", flush_secs=10)
        self._file = (folder / "progress.csv").open("w", newline="", encoding="utf-8")
        self._csv = csv.DictWriter(self._file, CSV_FIELDS)
        self._csv.writeheader()
        self._progress = self._bar(done, self._total) if sys.stdout.isatty() else None
        self._stdout = sys.stdout

    def __enter__(self) -> "TrainingLog":
        """Starts the display."""
        if self._progress:
            self._progress.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Closes the display and the files."""
        if self._progress:
            self._progress.stop()
        self._writer.close()
        self._file.close()
        if self._tracker:
            self._tracker.close()

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

    def write(self, scalars: dict[str, float], step: int) -> None:
        """Adds a point to curves.

        Args:
            scalars: Values by TensorBoard tag.
            step: Environment steps they belong to.
        """
        for tag, value in scalars.items():
            self._writer.add_scalar(tag, value, step)
        if self._tracker:
            self._tracker.write(scalars, step)

    def line(self, text: str) -> None:
        """Prints a line on the terminal, above the one that is redrawn."""
        if self._progress:
            self._progress.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            print(text, file=self._stdout, flush=True)

    def report(self, scalars: dict[str, float]) -> None:
        """Reports one finished iteration.

        Args:
            scalars: What the library knows of it, by TensorBoard tag (losses, learning rate, …).

        Raises:
            StopAfterIteration: Somebody has asked for the end.
        """
        self.iteration += 1
        finished = self._recorder.drain()
        row = self._row(finished)
        self._csv.writerow({key: row[key] for key in CSV_FIELDS if key in row})
        self._file.flush()
        curves = {f"Episode/{key}": value for key, value in finished.means().items() if "/" not in key}
        curves |= {key: value for key, value in finished.means().items() if "/" in key}
        curves["Perf/env_steps_per_second"] = row["env_steps_per_second"]
        self.write(curves | scalars, self.env_steps)
        self._remember(finished)
        self._show(row["env_steps_per_second"])
        self.end_iteration()
        if self.stop_asked():
            raise StopAfterIteration
        for listener in self.after_iteration:
            listener()

    def _row(self, finished: EpisodeStatistics) -> dict[str, float]:
        now, env_steps = time.monotonic(), self.env_steps
        rate = (env_steps - self._last_env_steps) / max(now - self._last_time, 1e-9)
        self._last_time, self._last_env_steps = now, env_steps
        return {
            "iteration": self.iteration,
            "env_steps": env_steps,
            "seconds": round(now - self._start, 3),
            "env_steps_per_second": round(rate, 1),
            "episodes": finished.episodes,
            **finished.means(),
        }

    def _remember(self, finished: EpisodeStatistics) -> None:
        """Keeps the latest iterations that together have at least ``_window_size`` episodes."""
        self._window.append(finished)
        while sum(part.episodes for part in list(self._window)[1:]) >= self._window_size:
            self._window.popleft()

    def _show(self, rate: float) -> None:
        recent = EpisodeStatistics()
        for part in self._window:
            recent.add(part)
        means = recent.means()
        elapsed = self.seconds
        eta = elapsed / (self.iteration - self._first) * (self._total - self.iteration)
        text = "  ".join(
            (
                f"reward {means['reward']:8.2f}" if means else "reward        -",
                f"success {100 * means['success']:5.1f} %" if "success" in means else "success      -",
                f"{rate:6.0f} steps/s",
                f"{clock(elapsed)} passed, {clock(eta)} left",
            )
        )
        if self._progress:
            self._progress.update(self._progress.task_ids[0], completed=self.iteration, text=text)
        elif self.iteration == self._total or time.monotonic() - self._last_line >= LINE_INTERVAL_S:
            self._last_line = time.monotonic()
            print(
                f"iteration {self.iteration:>{len(str(self._total))}}/{self._total}  {text}",
                file=self._stdout,
                flush=True,
            )

    @staticmethod
    def _bar(done: int, total: int) -> Progress:
        # Its own console on the real terminal: the libraries' output may be redirected meanwhile.
        columns = (
            TextColumn("iteration"),
            MofNCompleteColumn(),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[text]}"),
        )
        progress = Progress(*columns, console=Console(file=sys.stdout), redirect_stdout=False, redirect_stderr=False)
        progress.add_task("train", completed=done, total=total, text="collecting the first experience …")
        return progress
