# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Checkpoints of the libraries: where they lie in a run folder, which one is meant, and whether a file is one."""

import argparse
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isaaclab_factory.learning.cli.tasks import LIBRARIES, entry_point
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.runs.files import display_path
from isaaclab_factory.learning.runs.record import read_record, record_of
from isaaclab_factory.learning.runs.trust import read_checkpoint

TRAINING = "training"
"""Key of a checkpoint under which the state of the training is that the library does not save itself."""

LATEST, BEST, PRETRAINED = "latest", "best", "pretrained"
"""Words for a checkpoint in place of its path, as Isaac Lab's own scripts know them."""


@dataclass(frozen=True)
class CheckpointLayout:
    """Where a library keeps its checkpoints in a run folder, and what distinguishes them from another library's."""

    pattern: str
    """Glob below the run folder; the last number in a file's name counts up."""
    keys: frozenset[str]
    """Top-level keys that every checkpoint of the library has."""
    policy_keys: frozenset[str]
    """Keys that are also in a checkpoint which was reduced to what acts, without what a training needs."""
    acting: tuple[str, ...]
    """Keys of what the library needs to act, if they are there."""


LAYOUTS = {
    "rsl_rl": CheckpointLayout(
        "model_*.pt",
        keys=frozenset({"actor_state_dict", "critic_state_dict", "optimizer_state_dict", "iter"}),
        policy_keys=frozenset({"actor_state_dict", "iter"}),
        acting=("actor_state_dict", "iter", "infos"),
    ),
    "rl_games": CheckpointLayout(
        "nn/*.pth",
        keys=frozenset({"model", "optimizer", "epoch"}),
        policy_keys=frozenset({"model", "epoch"}),
        acting=("model", "epoch"),
    ),
    "skrl": CheckpointLayout(
        "checkpoints/agent_*.pt",
        keys=frozenset({"policy", "value", "optimizer"}),
        policy_keys=frozenset({"policy"}),
        acting=("policy", "observation_preprocessor", "state_preprocessor"),
    ),
}


def checkpoint_number(path: Path) -> int:
    """Returns the last number in a checkpoint's name (its iteration, epoch or step), -1 if there is none."""
    numbers = re.findall(r"\d+", path.stem)
    return int(numbers[-1]) if numbers else -1


def newest_checkpoint_in(run: Path, library: str) -> Path | None:
    """Returns the newest checkpoint that a library has saved in a run folder, None if there is none."""
    return max(run.glob(LAYOUTS[library].pattern), key=checkpoint_number, default=None)


def run_folders(path: Path) -> list[Path]:
    """Returns a folder, which may be a run's, and those in it, the newest first: their names begin with the time."""
    return [path, *sorted(path.glob("*/"), reverse=True)]


def find_checkpoint(location: str | Path, library: str) -> Path:
    """Finds the checkpoint that a path means.

    Args:
        location: A checkpoint file; or a run folder, of which the newest checkpoint is taken; or a folder of runs, of
            which the newest run with a checkpoint is taken.
        library: The library that is to load it.

    Raises:
        UserError: There is no such file, or no checkpoint of that library.
    """
    path = Path(location)
    if path.is_dir():
        newest = next(filter(None, (newest_checkpoint_in(run, library) for run in run_folders(path))), None)
        if newest is None:
            pattern = LAYOUTS[library].pattern
            raise UserError(f"no {library} checkpoint ({pattern}) in the folder {path}, of a run or of several")
        return newest.resolve()
    if not path.is_file():
        raise UserError(f"checkpoint {path} does not exist")
    return path.resolve()


def library_of(keys: set[str]) -> str | None:
    """Returns the library whose checkpoints have such keys at the top, None for no known one."""
    return next((library for library, layout in LAYOUTS.items() if layout.policy_keys <= keys), None)


def checkpoint_keys(path: Path, trusted: bool = False) -> set[str]:
    """Returns the keys at the top of a checkpoint; arguments and errors are those of :func:`read_checkpoint`."""
    content = read_checkpoint(path, trusted)
    return set(content) if isinstance(content, dict) else set()


def validate_policy(path: Path, library: str, trusted: bool = False) -> set[str]:
    """Checks that a file is an intact checkpoint of a library to act with.

    Args:
        trusted: Whether code in the file may be executed.

    Returns:
        The keys at its top.

    Raises:
        UserError: The file is damaged, no PyTorch file, of another library, or holds something that cannot be loaded
            without executing code.
    """
    keys = checkpoint_keys(path, trusted)
    if not LAYOUTS[library].policy_keys <= keys:
        owner = library_of(keys)
        what = f"a checkpoint of {owner}" if owner else "no checkpoint of a known library"
        raise UserError(f"{path} is {what}, not of {library}")
    return keys


def validate_checkpoint(path: Path, library: str, trusted: bool = False) -> None:
    """Checks that a training can go on from a file; arguments are those of :func:`validate_policy`.

    Raises:
        UserError: As there; or the file does not have what a training needs.
    """
    if not LAYOUTS[library].keys <= validate_policy(path, library, trusted):
        raise UserError(f"{path} holds a policy to act with, but not what a training goes on from")


@dataclass(frozen=True)
class Search:
    """Which runs are meant where no path is given. The newest of them that has a checkpoint is taken."""

    log_root: Path
    """Folder of all runs."""
    task: str
    """Task of the runs, unless an experiment is named."""
    libraries: Sequence[str] = LIBRARIES
    experiment: str | None = None
    """Folder of the runs' experiment, None for any."""
    run: str | None = None
    """Name of the run, or a regular expression that it matches; None for any."""
    agent: str | None = None
    """Entry point of the run's hyperparameters, or its short name; None for any."""


def chosen_checkpoint(
    args: argparse.Namespace, libraries: Sequence[str], library: str | None = None
) -> tuple[str, Path]:
    """Returns the checkpoint that ``--checkpoint`` and ``--load_run`` mean, and its library.

    Args:
        args: The command line, with a task that was found.
        libraries: Those whose runs are searched.
        library: The library that a given path must be of, None for any.

    Raises:
        UserError: There is no such checkpoint.
    """
    if args.checkpoint in (None, LATEST, BEST):
        search = Search(Path(args.log_root), args.task, libraries, args.experiment_name, args.load_run, args.agent)
        return newest_checkpoint(search, best=args.checkpoint == BEST)
    return checkpoint_at(Path(args.checkpoint), library, args.trust_checkpoint)


def newest_checkpoint(search: Search, best: bool = False) -> tuple[str, Path]:
    """Returns a checkpoint of the newest run that fits, and its library.

    Args:
        best: Whether the best of the evaluations during the training is preferred, where there were any.

    Raises:
        UserError: There is no run with a checkpoint.
    """
    for library, run in _runs(search):
        found = _checkpoint_in(run, library, best)
        if found:
            return library, found
    named = f" {search.run}" if search.run else ""
    of = f" in the experiment {search.experiment}" if search.experiment else f" of {search.task}"
    library = f" with {search.libraries[0]}" if len(search.libraries) == 1 else ""
    raise UserError(f"no run{named}{of}{library} has a checkpoint in {display_path(search.log_root)}")


def _runs(search: Search) -> Iterator[tuple[str, Path]]:
    """Yields the libraries and folders of the runs that fit, the newest first."""
    pattern = f"{search.experiment or '*'}/*/"
    runs = [(library, run) for library in search.libraries for run in (search.log_root / library).glob(pattern)]
    for library, run in sorted(runs, key=lambda found: found[1].name, reverse=True):  # names begin with the time
        if search.run and not (run.name == search.run or re.match(search.run, run.name)):
            continue
        record = read_record(run)
        if record is None:  # made by another program: nothing says of which task it is
            fits = bool(search.experiment or search.run)
        else:
            fits = bool(search.experiment) or record.get("task") == search.task
            fits &= search.agent is None or entry_point(library, search.agent) == agent_of(record)
        if fits:
            yield library, run


def task_of(checkpoint: str | None) -> str | None:
    """Returns the task that a checkpoint was trained in, None if it has no record of that.

    Args:
        checkpoint: Value of ``--checkpoint``: a file, the folder of a run or of runs, or a word such as ``latest``.
    """
    if checkpoint in (None, LATEST, BEST, PRETRAINED):
        return None
    path = Path(checkpoint)
    records = map(read_record, run_folders(path)) if path.is_dir() else [record_of(path)]
    return next((record.get("task") for record in records if record), None)


def agent_of(record: dict[str, Any]) -> str | None:
    """Returns the entry point of the hyperparameters in a run's record, also in one that Isaac Lab wrote."""
    return record.get("agent") or record.get("metadata", {}).get("agent")


def _checkpoint_in(run: Path, library: str, best: bool) -> Path | None:
    """Returns the checkpoint of a run that is meant, None if it ended before there was one."""
    best_file = run / f"best{Path(LAYOUTS[library].pattern).suffix}"
    found = best_file if best and best_file.is_file() else newest_checkpoint_in(run, library)
    return found and found.resolve()


def checkpoint_at(path: Path, library: str | None, trusted: bool = False) -> tuple[str, Path]:
    """Returns the checkpoint that a path means, see :func:`find_checkpoint`, and its library.

    Args:
        library: The library it must be of, None for the one that it is of.
        trusted: Whether code in the file may be executed.

    Raises:
        UserError: There is no such checkpoint, or it is of no known library.
    """
    library = library or (_library_of_folder(path) if path.is_dir() else _library_of_file(path, trusted))
    return library, find_checkpoint(path, library)


def _library_of_folder(path: Path) -> str:
    """Returns the library of the newest run with a checkpoint, in a run folder or a folder of runs."""
    for run in run_folders(path):
        for library in LIBRARIES:
            if newest_checkpoint_in(run, library):
                return library
    patterns = ", ".join(f"{layout.pattern} of {library}" for library, layout in LAYOUTS.items())
    raise UserError(f"no checkpoint in {path}, neither of a run nor of several: looked for {patterns}")


def _library_of_file(path: Path, trusted: bool) -> str:
    """Returns the library of a checkpoint file: that of its run, else the one whose keys it has."""
    if not path.is_file():
        raise UserError(f"checkpoint {path} does not exist")
    recorded = record_of(path).get("library")
    if recorded in LIBRARIES:
        return recorded
    found = library_of(checkpoint_keys(path, trusted))
    if found is None:
        raise UserError(f"{path} is no checkpoint of a known library ({', '.join(LIBRARIES)})")
    return found
