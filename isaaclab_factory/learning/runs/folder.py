# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Run folders: one per run, never shared."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from isaaclab_factory.learning.errors import UserError


def create_run_folder(root: str | Path, library: str, experiment: str, name: str = "") -> Path:
    """Creates ``<root>/<library>/<experiment>/<time>[_<name>]/``, new for every call even within one second.

    Raises:
        UserError: The folder cannot be created.
    """
    if not isinstance(experiment, str):
        raise UserError(f"the experiment's name must be a text, not {experiment!r}")
    base = Path(root).resolve() / library / experiment
    stamp = "_".join(filter(None, (datetime.now().strftime("%Y-%m-%d_%H-%M-%S"), name)))
    for count in itertools.count():
        folder = base / (f"{stamp}_{count}" if count else stamp)
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise UserError(f"cannot create the run folder {folder}: {error.strerror}") from error
        return folder
    raise AssertionError("unreachable")


@contextmanager
def removed_on_failure(folder: Path) -> Iterator[None]:
    """Removes a run folder again if the block that prepares the run fails."""
    try:
        yield
    except BaseException:
        shutil.rmtree(folder)
        raise


def run_folder_of(checkpoint: Path) -> Path | None:
    """Returns the run folder that a checkpoint lies in, at the top or one folder below; None if it lies in none."""
    return next((folder for folder in checkpoint.resolve().parents[:2] if (folder / "params").is_dir()), None)
