# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Writes files so that they are there complete or not at all, and reports a full disk in one line."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from isaaclab_factory.learning.errors import CANNOT_WRITE, UserError


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

    Yields:
        The open file.

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
