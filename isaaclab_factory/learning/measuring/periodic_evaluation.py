# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measures a policy every so many iterations of its training, and keeps the best.

The measuring is the command a user would type, in a process of its own: it has its own environments and random numbers,
so the training goes on as if nothing was measured, and the figures are those that are measured later by hand.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import isaaclab_factory
from isaaclab_factory.learning import arguments
from isaaclab_factory.learning.configs import load_configs
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.libraries.base import LibraryTrainer
from isaaclab_factory.learning.run_folder.progress import TrainingLog
from isaaclab_factory.learning.run_folder.runs import atomic_write

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
"""Columns of ``evaluations.csv``; the seconds are those the training had lasted when the checkpoint was written."""

CURVES = CSV_FIELDS[CSV_FIELDS.index("success_rate") : -1]
"""What of it are curves in TensorBoard, as ``Evaluation/<name>``."""

Command = Callable[[Path, Path], list[str]]
"""Checkpoint, file for the result -> words of the command that measures the one and writes the other."""


@dataclass(frozen=True)
class _Running:
    """An evaluation under way."""

    iteration: int
    env_steps: int
    seconds: float
    process: subprocess.Popen


class PeriodicEvaluation:
    """Evaluates the policy at every so many iterations of a training.

    One evaluation runs at a time, beside the training; if one still runs when the next is due, the training waits. In
    the run folder are then ``evaluations.csv``, the best checkpoint (the most successful, of equal ones the last; where
    the task knows no success, that with the most reward) as ``best.<suffix>`` and its evaluation as ``best.json``, and
    in ``evaluation_failure.log`` what the last that failed has said. A failure is told and does not end the training.

    As a context it listens to the training's log; at its end an evaluation that still runs is stopped.
    """

    def __init__(self, trainer: LibraryTrainer, log: TrainingLog, interval: int, command: Command | None) -> None:
        """Args:
        trainer: What is trained.
        log: Says when an iteration is done, and is told the figures.
        interval: Iterations from one evaluation to the next.
        command: Gives the command that measures, None to measure nothing.
        """
        self.best = trainer.folder / f"best{trainer.checkpoint_path().suffix}"
        """Where the best checkpoint is, once there is one."""
        self.best_figures: str | None = None
        """What was measured of it, None as long as there is none."""
        self._best_score = float("-inf")
        self._trainer = trainer
        self._log = log
        self._interval = interval
        self._command = command
        self._folder = trainer.folder
        self._candidate = trainer.folder / f"evaluated{self.best.suffix}"
        self._result = trainer.folder / "evaluated.json"
        self._errors = trainer.folder / "evaluated.log"
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
            _stop(self._running.process)
        self._clear()

    def finish(self) -> None:
        """Waits for the evaluation that still runs."""
        if self._running is not None:
            self._log.line(f"Waiting for the evaluation of iteration {self._running.iteration} …")
            self._collect()

    def _after_iteration(self) -> None:
        due = self._log.iteration % self._interval == 0
        if self._running is not None and (due or self._running.process.poll() is not None):
            self._collect()
        if due:
            self._begin()

    def _begin(self) -> None:
        """Writes a checkpoint and starts its evaluation."""
        try:
            self._trainer.write_checkpoint(self._candidate)
            command = self._command(self._candidate, self._result)
            with self._errors.open("wb") as errors:
                # in a session of its own: a Ctrl-C is the training's, which ends after its iteration
                process = subprocess.Popen(
                    command,
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
        """Waits for the evaluation to end and notes what came out."""
        running = self._running
        start = time.monotonic()
        code = running.process.wait()
        waited = time.monotonic() - start
        try:
            if code:
                self._warn(running.iteration, self._last_words(code))
            else:
                self._note(running, json.loads(self._result.read_text(encoding="utf-8")), waited)
        except (ValueError, KeyError, TypeError) as error:
            self._warn(running.iteration, f"its result cannot be understood ({type(error).__name__}: {error})")
        except (OSError, UserError) as error:
            self._warn(running.iteration, str(error))
        finally:
            self._clear()

    def _note(self, running: _Running, result: dict[str, Any], waited: float) -> None:
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
        """Writes what was measured of the best checkpoint, and the command that measures it again."""
        text = json.dumps(result, indent=2).replace(str(self._candidate), str(self.best))
        with atomic_write(self.best.with_suffix(".json")) as temporary:
            temporary.write_text(f"{text}\n", encoding="utf-8")

    def _add_row(self, row: dict[str, Any]) -> None:
        path = self._folder / "evaluations.csv"
        new = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, CSV_FIELDS, extrasaction="ignore")
            if new:
                writer.writeheader()
            writer.writerow(row)

    def _last_words(self, code: int) -> str:
        """Returns the last line an evaluation said before it failed, and keeps all it said."""
        text = self._errors.read_text(encoding="utf-8", errors="replace").strip()
        if not text:
            return f"it ended with exit code {code} and said nothing"
        os.replace(self._errors, self._folder / "evaluation_failure.log")
        return text.splitlines()[-1].removeprefix("error: ")

    def _warn(self, iteration: int, message: str) -> None:
        self._log.line(f"warning: the evaluation of iteration {iteration} failed: {' '.join(message.split())}")

    def _clear(self) -> None:
        """Forgets the evaluation and removes its files."""
        self._running = None
        for path in (self._candidate, self._result, self._errors):
            path.unlink(missing_ok=True)


def _stop(process: subprocess.Popen) -> None:
    """Ends a process, at first kindly."""
    process.terminate()
    try:
        process.wait(timeout=10.0)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def evaluation_command(library: str, args: argparse.Namespace, task: str, overrides: list[str]) -> Command:
    """Returns what makes the commands that measure the checkpoints of a training.

    The networks are those of the run, which the command finds beside the checkpoint. Overrides of the environment are
    passed on if the task that is measured is the training's own or its -Play variant: to another they may mean nothing.

    Args:
        library: The RL library.
        args: The command line of the training, after the app was started.
        task: What is measured, see :func:`arguments.check_evaluation`.
        overrides: Its Hydra overrides.

    Raises:
        UserError: The task does not take the overrides.
    """
    same = task in (args.task, arguments.play_task(args.task))
    overrides = [override for override in overrides if same and override.lstrip("+").startswith("env.")]
    try:
        load_configs(task, arguments.check_agent(task, library, args.agent), overrides)
    except UserError as error:
        raise UserError(f"{task}, which --eval_interval measures (see --eval_task): {error}") from error
    script = Path(isaaclab_factory.__file__).parents[1] / "scripts" / "evaluate.py"
    words = [sys.executable, str(script), "--lib", library, "--task", task, "--headless"]
    words += ["--device", args.device, "--sim", args.sim]
    # As many environments as a user is told to measure with; more than there are episodes would only cost time.
    envs = min(args.eval_episodes, arguments.MEASURED_ENVS)
    words += ["--episodes", str(args.eval_episodes), "--num_envs", str(envs)]
    words += [word for module in args.plugin for word in ("--plugin", module)]

    def command(checkpoint: Path, result: Path) -> list[str]:
        return [*words, "--checkpoint", str(checkpoint), "--json", str(result), *overrides]

    return command
