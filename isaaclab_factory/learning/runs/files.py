# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Run folders, one per run, and files that are in them complete or not at all."""

import csv
import itertools
import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from isaaclab_factory.learning.errors import CANNOT_WRITE, UserError
from isaaclab_factory.learning.interrupts import INTERRUPTS


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
    """Removes a run folder again if the block that prepares the run fails, or is ended the hard way."""
    try:
        with INTERRUPTS.removing(folder):
            yield
    except BaseException:
        shutil.rmtree(folder)
        raise


def run_folder_of(checkpoint: Path) -> Path | None:
    """Returns the run folder that a checkpoint lies in, at the top or one folder below; None if it lies in none."""
    return next((folder for folder in checkpoint.resolve().parents[:2] if (folder / "params").is_dir()), None)


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Writes a file so that it is there complete or not at all.

    Yields:
        A path beside ``path`` to write to; it becomes ``path`` when the block ends without an exception.

    Raises:
        UserError: The file cannot be written, for instance on a full disk.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def atomic_binary(path: Path) -> Iterator[BinaryIO]:
    """Writes a file such as a checkpoint so that it is there complete or not at all, even after a power failure.

    Raises:
        UserError: The file cannot be written, for instance on a full disk.
    """
    with atomic_write(path) as temporary, temporary.open("wb") as file:
        try:
            yield file
        except RuntimeError as error:
            # PyTorch raises this for a file that it could not write; the reason is in the context
            if isinstance(error.__context__, OSError):
                raise error.__context__ from error
            raise
        file.flush()
        os.fsync(file.fileno())


def write_text(path: Path, text: str) -> None:
    """Writes a text as UTF-8, complete or not at all; raises UserError as :func:`atomic_write` does."""
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, values: Any) -> None:
    """Writes values as indented JSON, complete or not at all; raises UserError as :func:`atomic_write` does."""
    write_text(path, json.dumps(values, indent=2) + "\n")


def read_rows(table: Path) -> list[dict[str, str]]:
    """Returns the complete rows of a CSV table, which may still be written; none if there is no table."""
    if not table.exists():
        return []
    with table.open(newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if None not in row.values()]


def last_line(output: Path) -> str:
    """Returns the last line of a program's output that is not blank, without the word before a mistake; "" for none."""
    lines = output.read_text(encoding="utf-8", errors="replace").strip().split("\n")
    return lines[-1].strip().removeprefix("error: ")


@contextmanager
def full_disk_reported(folder: Path) -> Iterator[None]:
    """Reports a disk that accepts no more data, whoever in the block was writing to a run folder.

    TensorBoard's writer is a thread of its own, which would also print a traceback.

    Raises:
        UserError: The disk accepts no more data.
    """
    print_traceback = threading.excepthook
    threading.excepthook = lambda args: None if _is_full_disk(args.exc_value) else print_traceback(args)
    try:
        yield
    except OSError as error:
        if not _is_full_disk(error):
            raise
        raise UserError(f"cannot write to {folder}: {error.strerror}; what was saved before is intact") from error
    finally:
        threading.excepthook = print_traceback


def _is_full_disk(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno in CANNOT_WRITE


def display_path(path: Path) -> str:
    """Returns a path as the user would type it: relative to the working folder if it lies below."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
