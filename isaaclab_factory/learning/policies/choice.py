# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Finds checkpoints among runs, and the library that a checkpoint is of."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isaaclab_factory.learning.cli.tasks import LIBRARIES
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.runs.checkpoints import (
    LAYOUTS,
    checkpoint_keys,
    find_checkpoint,
    library_of,
    newest_checkpoint_in,
    run_folders,
)
from isaaclab_factory.learning.runs.files import display_path, run_folder_of
from isaaclab_factory.learning.runs.record import read_record

LATEST, BEST, PRETRAINED = "latest", "best", "pretrained"
"""Words for a checkpoint in place of its path, as Isaac Lab's own scripts know them."""


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
    """Entry point of the run's hyperparameters, None for any."""


def newest_checkpoint(search: Search, best: bool = False) -> tuple[str, Path]:
    """Returns a checkpoint of the newest run that fits, and its library.

    Args:
        search: Which runs fit.
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
            fits &= search.agent in (None, agent_of(record))
        if fits:
            yield library, run


def agent_of(record: dict[str, Any]) -> str | None:
    """Returns the entry point of the hyperparameters in a run's record, also in one that Isaac Lab wrote."""
    return record.get("agent") or record.get("metadata", {}).get("agent")


def _checkpoint_in(run: Path, library: str, best: bool) -> Path | None:
    """Returns the checkpoint of a run that is meant, None if it ended before there was one."""
    best_file = run / f"best{Path(LAYOUTS[library].pattern).suffix}"
    found = best_file if best and best_file.is_file() else newest_checkpoint_in(run, library)
    return found and found.resolve()


def checkpoint_at(path: Path, library: str | None, trusted: bool = False) -> tuple[str, Path]:
    """Returns the checkpoint that a path means, and its library.

    Args:
        path: A checkpoint file; or a run folder, of which the newest checkpoint is taken; or a folder of runs, of which
            the newest run with a checkpoint is taken.
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
    folder = run_folder_of(path)
    recorded = (read_record(folder) or {}).get("library") if folder else None
    if recorded in LIBRARIES:
        return recorded
    found = library_of(checkpoint_keys(path, trusted))
    if found is None:
        raise UserError(f"{path} is no checkpoint of a known library ({', '.join(LIBRARIES)})")
    return found
