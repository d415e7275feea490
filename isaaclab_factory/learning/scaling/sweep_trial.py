# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""One training of a sweep: the command that a user would type, followed by Ray Tune."""

import csv
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from ray import tune

import isaaclab_factory
from isaaclab_factory.learning.run_folder.provenance import FILE as RECORD
from isaaclab_factory.learning.scaling.sweep_space import override_text

POLL_S = 0.5
"""How often a training is looked at, in s."""

PATIENCE_S = 120.0
"""How long a training that is to end may take to save its checkpoint, in s."""

_LATEST_EPISODES = 100
"""Success and reward are means over at least so many of the latest episodes."""


class Trial(tune.Trainable):
    """A training in a process of its own, wherever in the cluster Ray puts it. A step is what came since the last."""

    def setup(self, config: dict[str, Any], command: list[str], root: str, place: str, cpus: float) -> None:
        """Starts the training.

        Args:
            config: Values by the keys of overrides.
            command: The training's arguments, the same in all trials.
            root: Folder of the sweep.
            place: Working folder of the command; Ray would give every trial one of its own.
            cpus: Cores that the training shall use.
        """
        self._folder = Path(root) / f"trial_{self.trial_id}"
        self._folder.mkdir(parents=True, exist_ok=True)
        script = Path(isaaclab_factory.__file__).parents[1] / "scripts" / "train.py"
        overrides = [override_text(key, value) for key, value in config.items()]
        words = [sys.executable, str(script), *command, "--log_root", str(self._folder), "--headless", *overrides]
        # As many trainings share the machine as there are cores for.
        sharing = max(1, int((os.cpu_count() or 1) // max(cpus, 1)))
        environment = os.environ | {"LOCAL_WORLD_SIZE": str(sharing)}
        with (self._folder / "terminal.log").open("wb") as log:
            self._process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, cwd=place
            )
        self._seen = 0

    def step(self) -> dict[str, Any]:
        """Waits for further iterations of the training, or its end, and returns its figures.

        Raises:
            RuntimeError: The training failed; the message is the last that it said.
        """
        while True:
            code = self._process.poll()  # before the table is read: nothing is written to it afterwards
            rows = self._rows()
            if len(rows) > self._seen or code is not None:
                break
            time.sleep(POLL_S)
        if code:
            raise RuntimeError(self._last_words())
        self._seen = len(rows)
        result = figures_of(rows) | {"run": str(self._run() or ""), "done": code is not None}
        return result | (self._measured() if code == 0 else {})

    def cleanup(self) -> None:
        """Ends a training that was stopped; it saves its checkpoint before."""
        self._process.terminate()
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _run(self) -> Path | None:
        """Returns the run folder, None as long as there is none."""
        return next((path.parent for path in self._folder.glob(f"*/*/*/{RECORD}")), None)

    def _rows(self) -> list[dict[str, str]]:
        run = self._run()
        table = run / "progress.csv" if run else None
        if table is None or not table.exists():
            return []
        with table.open(newline="", encoding="utf-8") as file:
            return [row for row in csv.DictReader(file) if None not in row.values()]

    def _measured(self) -> dict[str, float]:
        """Returns the success that was measured at the end."""
        success = json.loads((self._run() / RECORD).read_text(encoding="utf-8")).get("success")
        return {} if success is None else {"success": success}

    def _last_words(self) -> str:
        lines = (self._folder / "terminal.log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1].removeprefix("error: ") if lines else "the training said nothing"


def figures_of(rows: list[dict[str, str]]) -> dict[str, float]:
    """Returns where a training is.

    Args:
        rows: Those of its ``progress.csv`` so far.

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
