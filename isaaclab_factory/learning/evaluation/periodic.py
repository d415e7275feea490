# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measures a policy every so many iterations of its training, and keeps the best checkpoint.

The measuring is the command that a user would type, in a process of its own. It has its own environments and random
numbers, so the training goes on as if nothing was measured, and the figures are the same as when measured by hand.
"""

import argparse
import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isaaclab_factory.learning.cli.flags import MEASURED_ENVS
from isaaclab_factory.learning.cli.tasks import check_agent, check_task
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.interrupts import INTERRUPTS, stop_process
from isaaclab_factory.learning.runs.files import last_line, write_text

if TYPE_CHECKING:
    from isaaclab_factory.learning.libraries.base import LibraryTrainer
    from isaaclab_factory.learning.runs.log import TrainingLog

CSV_FIELDS = (
    "iteration",
    "env_steps",
    "seconds",
    "episodes",
    "success_rate",
    "success_low",
    "success_high",
    "ever_success_rate",
    "engaged_rate",
    "mean_reward",
    "best",
)
"""Columns of ``evaluations.csv``. The seconds count from the start of the training to the writing of the checkpoint."""

CURVES = CSV_FIELDS[CSV_FIELDS.index("success_rate") : -1]
"""Columns that are curves in TensorBoard too, as ``Evaluation/<name>``."""

PATIENCE_S = 10.0
"""How long an evaluation that is to end may take."""

Command = Callable[[Path, Path], list[str]]
"""Checkpoint, file for the result -> words of the command that measures the one and writes the other."""


@dataclass(frozen=True)
class _Running:
    """An evaluation in progress."""

    iteration: int
    env_steps: int
    seconds: float
    process: subprocess.Popen


class PeriodicEvaluation:
    """Evaluates the policy at every so many iterations of a training.

    One evaluation runs at a time, beside the training; if it still runs when the next is due, the training waits, until
    somebody asks for its end. In the run folder are then ``evaluations.csv``; the best checkpoint as ``best.<suffix>``
    (the one with the highest success rate, of equal ones the last, or with the highest reward where the task knows no
    success), and its evaluation as ``best.json``; and in ``evaluation_failure.log`` the output of the last evaluation
    that failed. A failure is reported and does not end the training.

    As a context it listens to the training's log; at its end an evaluation that still runs is stopped.
    """

    def __init__(self, trainer: "LibraryTrainer", log: "TrainingLog", interval: int, command: Command | None) -> None:
        """Prepare the files.

        Args:
            trainer: Trainer whose policy is evaluated.
            log: Reports when an iteration is done, and gets the figures.
            interval: Iterations from one evaluation to the next.
            command: Returns the command that measures, None to measure nothing.
        """
        folder = trainer.folder
        self.best = folder / f"best{trainer.checkpoint_path().suffix}"
        """Path of the best checkpoint, once there is one."""
        self.best_figures: str | None = None
        """What was measured of it, None as long as there is none."""
        self._best_score = float("-inf")
        self._trainer = trainer
        self._log = log
        self._interval = interval
        self._command = command
        self._folder = folder
        self._candidate = folder / f"evaluated{self.best.suffix}"
        self._result = folder / "evaluated.json"
        self._errors = folder / "evaluated.log"
        self._running: _Running | None = None

    def __enter__(self) -> "PeriodicEvaluation":
        """Listens to the log."""
        if self._command:
            self._log.after_iteration.append(self._after_iteration)
        return self

    def __exit__(self, *exception: object) -> None:
        """Stops the evaluation that still runs."""
        if self._command:
            self._log.after_iteration.remove(self._after_iteration)
        if self._running is not None:
            stop_process(self._running.process, PATIENCE_S)
        self._clear()

    def finish(self) -> None:
        """Waits for the evaluation that still runs, until somebody asks for the end."""
        if self._running is not None:
            self._log.line(f"Waiting for the evaluation of iteration {self._running.iteration} ...")
            self._collect()

    def _after_iteration(self) -> None:
        due = self._log.iteration % self._interval == 0
        if self._running is not None and (due or self._running.process.poll() is not None):
            self._collect()
        if due and self._running is None:
            self._begin()

    def _begin(self) -> None:
        """Writes a checkpoint and starts its evaluation."""
        try:
            self._trainer.write_checkpoint(self._candidate)
            with self._errors.open("wb") as errors:
                # in a session of its own: a Ctrl-C is for the training, which ends after its iteration
                process = subprocess.Popen(
                    self._command(self._candidate, self._result),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    start_new_session=True,
                )
        except (OSError, UserError) as error:
            self._warn(self._log.iteration, str(error))
            self._clear()
            return
        self._running = _Running(self._log.iteration, self._log.env_steps, self._log.seconds, process)

    def _collect(self) -> None:
        """Waits for the evaluation to end and records its result; leaves it alone if somebody asks for the end."""
        running = self._running
        start = time.monotonic()
        code = _exit_code(running.process)
        if code is None:
            return
        waited = time.monotonic() - start
        try:
            if code:
                self._warn(running.iteration, self._last_words(code))
            else:
                self._record(running, json.loads(self._result.read_text(encoding="utf-8")), waited)
        except (ValueError, KeyError, TypeError) as error:
            self._warn(running.iteration, f"its result cannot be understood ({type(error).__name__}: {error})")
        except (OSError, UserError) as error:
            self._warn(running.iteration, str(error))
        finally:
            self._clear()

    def _record(self, running: _Running, result: dict[str, Any], waited: float) -> None:
        """Writes curves, table and the line on the terminal, and keeps the checkpoint if it is the best."""
        low, high = result.get("success_interval") or (None, None)
        at = {"iteration": running.iteration, "env_steps": running.env_steps, "seconds": round(running.seconds, 3)}
        row = result | at | {"success_low": low, "success_high": high}
        known = result.get("success_rate") is not None
        score = result["success_rate" if known else "mean_reward"]
        success = f"success {100 * score:.1f} % ({100 * low:.1f} to {100 * high:.1f} %), " if known else ""
        figures = f"{success}reward {result['mean_reward']:.2f}, {result['episodes']} episodes"
        best = score >= self._best_score
        if best:
            self._best_score, self.best_figures = score, f"iteration {running.iteration}: {figures}"
            os.replace(self._candidate, self.best)
            self._describe_best(result | {"training": at})
        self._add_row(row | {"best": int(best)})
        curves = {f"Evaluation/{key}": row[key] for key in CURVES if row.get(key) is not None}
        self._log.write(curves, running.env_steps)
        ending = ", best so far" if best else ""
        ending += f"; the training waited {waited:.0f} s" if waited >= 1.0 else ""
        self._log.line(f"evaluation of iteration {running.iteration}: {figures}{ending}")

    def _describe_best(self, result: dict[str, Any]) -> None:
        """Writes the evaluation of the best checkpoint, and the command that measures it again."""
        text = json.dumps(result, indent=2).replace(str(self._candidate), str(self.best))
        write_text(self.best.with_suffix(".json"), f"{text}\n")

    def _add_row(self, row: dict[str, Any]) -> None:
        path = self._folder / "evaluations.csv"
        new = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, CSV_FIELDS, extrasaction="ignore")
            if new:
                writer.writeheader()
            writer.writerow(row)

    def _last_words(self, code: int) -> str:
        """Returns why an evaluation failed: a signal, or the last line of its output, which is kept."""
        if code < 0:
            full = ", perhaps as the memory was full" if code == -signal.SIGKILL else ""
            return f"it was ended by {signal.Signals(-code).name}{full}"
        words = last_line(self._errors)
        if not words:
            return f"it ended with exit code {code} and no output"
        os.replace(self._errors, self._folder / "evaluation_failure.log")
        return words

    def _warn(self, iteration: int, message: str) -> None:
        self._log.line(f"warning: the evaluation of iteration {iteration} failed: {' '.join(message.split())}")

    def _clear(self) -> None:
        """Forgets the evaluation and removes its files."""
        self._running = None
        for path in (self._candidate, self._result, self._errors):
            path.unlink(missing_ok=True)


def _exit_code(process: subprocess.Popen) -> int | None:
    """Waits for a process and returns its exit code; None if it still runs when somebody asks for the end."""
    while not INTERRUPTS.requested:
        try:
            return process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            continue
    return process.poll()


def evaluation_command(library: str, args: argparse.Namespace, words: list[str]) -> Command | None:
    """Returns what makes the commands that measure the checkpoints of a training, None if ``--eval_interval`` is 0.

    The networks are those of the run, which the command finds beside the checkpoint. Presets and overrides of the
    environment are passed on unless ``--eval_task`` is another task, to which they may mean nothing.

    Args:
        args: The command line of the training, after the engine was chosen.

    Raises:
        UserError: There is no such task, or it has no such hyperparameters.
    """
    if not args.eval_interval:
        return None
    task = args.eval_task or args.task
    if task == args.task:
        words = [word for word in words if not word.lstrip("+~").startswith("agent.")]
    else:
        words = []
        check_task(task)
        check_agent(task, library, args.agent)
    command = [sys.executable, "-m", __package__, "--lib", library, "--task", task, "--device", args.device]
    # more environments than episodes would only cost time
    envs = min(args.eval_episodes, MEASURED_ENVS)
    command += ["--episodes", str(args.eval_episodes), "--num_envs", str(envs)]
    command += [word for module in args.plugin for word in ("--plugin", module)]
    command += ["--trust_checkpoint"] if args.trust_checkpoint else []

    def words_for(checkpoint: Path, result: Path) -> list[str]:
        return [*command, "--checkpoint", str(checkpoint), "--json", str(result), *words]

    return words_for
