# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Finds, among the runs that there are, the one that a command line means by its task or by its name."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from isaaclab_factory.learning import arguments
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.run_folder.provenance import read_record
from isaaclab_factory.learning.run_folder.runs import LAYOUTS, checkpoint_number, find_checkpoint


def find_start(args: argparse.Namespace, library: str) -> Path | None:
    """Returns the checkpoint that a training goes on from, None for a training from the start.

    ``--resume`` and ``--load_run`` go on from the newest run that fits, and ``--checkpoint`` is then a file in it, by
    its name or a regular expression. Without them ``--checkpoint`` is a path.

    Args:
        args: What :func:`arguments.training_parser` parsed, after :func:`session.find_task`.
        library: The RL library.

    Raises:
        UserError: There is no such checkpoint.
    """
    if args.checkpoint and (Path(args.checkpoint).exists() or not (args.resume or args.load_run)):
        return find_checkpoint(args.checkpoint, library)
    if not (args.resume or args.load_run):
        return None
    return newest_checkpoint(args, library, args.checkpoint)


def newest_checkpoint(args: argparse.Namespace, library: str, file: str | None = None, best: bool = False) -> Path:
    """Returns a checkpoint of the newest run that a command line means.

    That is the newest in the folder of ``--experiment_name``, if it is given, else of the task or its -Play variant.
    With ``--load_run`` its name must fit that.

    Args:
        args: With ``task``, ``agent``, ``log_root``, ``experiment_name`` and ``load_run``.
        library: The RL library.
        file: Name of the checkpoint, or a regular expression; of several the last is taken. None for any.
        best: Whether the best of the evaluations while it trained is preferred, where there were any.

    Raises:
        UserError: There is none.
    """
    for run in _runs(args, library):
        found = _checkpoint(run, library, file, best)
        if found:
            return found
    named = f" {args.load_run}" if args.load_run else ""
    what = f"checkpoint {file}" if file else "checkpoint"
    where = Path(args.log_root) / library / (args.experiment_name or "")
    of = "" if args.experiment_name else f" of {arguments.base_task(args.task)}"
    raise UserError(f"no run{named}{of} with {library} has a {what} in {where}")


def _runs(args: argparse.Namespace, library: str) -> Iterator[Path]:
    """Yields the run folders that a command line may mean, the newest first."""
    task = arguments.base_task(args.task)
    root = Path(args.log_root) / library
    runs = root.glob(f"{args.experiment_name or '*'}/*/")
    for run in sorted(runs, key=lambda run: run.name, reverse=True):  # the names of runs begin with their time
        if args.load_run and not (run.name == args.load_run or re.match(args.load_run, run.name)):
            continue
        record = read_record(run)
        if record is None:
            fits = bool(args.experiment_name or args.load_run)  # of Isaac Lab's own scripts, which say no task
        else:
            fits = bool(args.experiment_name) or arguments.base_task(record.get("task", "")) == task
            fits &= args.agent in (None, record.get("agent"))
        if fits:
            yield run


def _checkpoint(run: Path, library: str, file: str | None, best: bool) -> Path | None:
    """Returns the checkpoint of a run that is meant, None if it ended before there was one."""
    pattern = LAYOUTS[library].pattern
    if file:
        files = [path for path in run.glob(f"{Path(pattern).parent}/*") if path.is_file()]
        named = [path for path in files if path.name == file or re.match(file, path.name)]
        return max(named, key=checkpoint_number).resolve() if named else None
    best_file = run / f"best{Path(pattern).suffix}"
    if best and best_file.is_file():
        return best_file.resolve()
    try:
        return find_checkpoint(run, library)
    except UserError:
        return None
