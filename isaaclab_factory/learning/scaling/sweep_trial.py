# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""One training of a sweep: the command that a user would type, and the figures that its run folder gains."""

import subprocess
from pathlib import Path
from typing import Any

from isaaclab_factory.learning.interrupts import stop_process
from isaaclab_factory.learning.runs.files import last_line, read_rows
from isaaclab_factory.learning.runs.record import FILE as RECORD
from isaaclab_factory.learning.runs.record import read_record
from isaaclab_factory.learning.scaling.distributed import take_cores

PATIENCE_S = 120.0
"""How long a training that is to end may take to save its checkpoint, in s."""

_LATEST_EPISODES = 100
"""Success and reward are means over at least so many of the latest episodes."""


class TrainingProcess:
    """A training in a process of its own. What it prints goes to ``terminal.log`` in its folder."""

    def __init__(self, command: list[str], folder: Path, index: int, sharing: int) -> None:
        """Start the training.

        Args:
            command: Its words, but for its folder.
            folder: Where its run folder and its output go.
            index: Its number among the trainings that share the cores, from 0.
            sharing: How many they are.
        """
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "terminal.log").open("wb") as log:
            words = [*command, "--log_root", str(folder)]
            self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        take_cores(self._process.pid, index, sharing)

    @property
    def run(self) -> Path | None:
        """The run folder, None as long as there is none."""
        return next((path.parent for path in self._folder.glob(f"*/*/*/{RECORD}")), None)

    def wait(self, seconds: float) -> int | None:
        """Waits for the end, and returns the exit code, None if the training goes on."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def figures(self) -> dict[str, Any]:
        """Returns the present figures, see :func:`figures_of`; after the end with the success that was measured."""
        run = self.run
        rows = read_rows(run / "progress.csv") if run else []
        record = (read_record(run) if run else None) or {}
        measured = record.get("success")
        return figures_of(rows) | ({} if measured is None else {"success": measured}) | {"run": str(run or "")}

    def stop(self) -> None:
        """Ends the training, which saves a checkpoint before."""
        stop_process(self._process, PATIENCE_S)

    def last_line(self) -> str:
        """Returns what the training printed last, such as why it failed."""
        return last_line(self._folder / "terminal.log") or "the training printed nothing"


def figures_of(rows: list[dict[str, str]]) -> dict[str, float]:
    """Returns how far a training is.

    Returns:
        Iteration, environment steps, and reward and success per episode, weighted over the latest iterations which
        together have 100 episodes; zero before the first episode has ended.
    """
    counts = {"iteration": 0, "env_steps": 0}
    if rows:
        counts = {key: int(rows[-1][key]) for key in counts}
    latest: list[dict[str, str]] = []
    for row in reversed(rows):
        if sum(int(kept["episodes"]) for kept in latest) >= _LATEST_EPISODES:
            break
        latest.append(row)
    return counts | {key: _mean(latest, key) for key in ("reward", "success")}


def _mean(rows: list[dict[str, str]], key: str) -> float:
    known = [(float(row[key]), int(row["episodes"])) for row in rows if row[key]]
    episodes = sum(count for _, count in known)
    return sum(value * count for value, count in known) / episodes if episodes else 0.0
