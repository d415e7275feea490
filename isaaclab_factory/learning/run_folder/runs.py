# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Run folders and checkpoints: one folder per run, never shared, nothing half-written."""

import errno
import itertools
import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.run_folder.trust import read_checkpoint

_CANNOT_WRITE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}
"""What the operating system says of a disk that takes no more."""


@dataclass(frozen=True)
class CheckpointLayout:
    """Where a library keeps its checkpoints in a run folder, and what tells them from another library's."""

    pattern: str
    """Glob below the run folder; the last number in a file's name counts up."""
    keys: frozenset[str]
    """Top-level keys that every checkpoint of the library has."""
    policy_keys: frozenset[str]
    """Those that also a checkpoint has which was made smaller, to act with and not to train on from."""
    acting: tuple[str, ...]
    """Keys of what the library needs to act, if they are there."""


LAYOUTS = {
    "rsl_rl": CheckpointLayout(
        "model_*.pt",
        keys=frozenset({"model_state_dict", "optimizer_state_dict", "iter"}),
        policy_keys=frozenset({"model_state_dict", "iter"}),
        acting=("model_state_dict", "iter", "infos"),
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
    """Removes a run folder again if the block that prepares the run does not end well."""
    try:
        yield
    except BaseException:
        shutil.rmtree(folder)
        raise


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
    """Writes a file such as a checkpoint so that it is there complete or not at all, even if the power fails.

    Yields:
        The open file.

    Raises:
        UserError: The file cannot be written, for instance on a full disk.
    """
    with atomic_write(path) as temporary, temporary.open("wb") as file:
        try:
            yield file
        except RuntimeError as error:
            # PyTorch says so of a file that could not be written, and nothing of why
            if isinstance(error.__context__, OSError):
                raise error.__context__ from error
            raise
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def full_disk_told(folder: Path) -> Iterator[None]:
    """Tells of a disk that takes no more, whoever in the block was writing to a run folder.

    TensorBoard's writer is a thread of its own, which would print a traceback besides.

    Raises:
        UserError: The disk takes no more.
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
    return isinstance(error, OSError) and error.errno in _CANNOT_WRITE


def checkpoint_number(path: Path) -> int:
    """Returns the last number in a checkpoint's name (its iteration, epoch or step), -1 if there is none."""
    numbers = re.findall(r"\d+", path.stem)
    return int(numbers[-1]) if numbers else -1


def find_checkpoint(location: str | Path, library: str) -> Path:
    """Finds the checkpoint a user means.

    Args:
        location: A checkpoint file, or a run folder, of which the newest checkpoint is taken, or a folder of runs, of
            which the newest that has one.
        library: The library that is to load it.

    Raises:
        UserError: There is nothing, or no checkpoint of that library.
    """
    path = Path(location)
    if path.is_dir():
        pattern = LAYOUTS[library].pattern
        runs = [path, *sorted(path.glob("*/"), reverse=True)]  # the names of runs begin with their time
        found = (sorted(run.glob(pattern), key=checkpoint_number) for run in runs)
        newest = next((checkpoints[-1] for checkpoints in found if checkpoints), None)
        if newest is None:
            raise UserError(f"no {library} checkpoint ({pattern}) in the folder {path}, of a run or of several")
        return newest.resolve()
    if not path.is_file():
        raise UserError(f"checkpoint {path} does not exist")
    return path.resolve()


def run_folder_of(checkpoint: Path) -> Path | None:
    """Returns the run folder that a checkpoint lies in, at the top or one folder below; None if it lies in none."""
    return next((folder for folder in checkpoint.resolve().parents[:2] if (folder / "params").is_dir()), None)


def validate_checkpoint(path: Path, library: str, trusted: bool = False) -> None:
    """Checks that a file is an intact checkpoint of a library to train on from, before the environment is built.

    Args:
        path: The file.
        library: The library.
        trusted: Whether code in the file may be executed.

    Raises:
        UserError: The file is damaged, no PyTorch file, of another library, or without what a training needs, or holds
            what cannot be loaded without executing code.
    """
    keys = _keys(path, trusted)
    _check_owner(path, keys, library)
    if not LAYOUTS[library].keys <= keys:
        raise UserError(f"{path} holds a policy to act with, and not what a training goes on from")


def validate_policy(path: Path, library: str, trusted: bool = False) -> None:
    """Checks that a file is an intact checkpoint of a library to act with, before the environment is built.

    Args:
        path: The file.
        library: The library.
        trusted: Whether code in the file may be executed.

    Raises:
        UserError: The file is damaged, no PyTorch file, of another library, or holds what cannot be loaded without
            executing code.
    """
    _check_owner(path, _keys(path, trusted), library)


def _keys(path: Path, trusted: bool) -> set[str]:
    """Returns the top-level keys of a checkpoint."""
    content = read_checkpoint(path, trusted)
    return set(content) if isinstance(content, dict) else set()


def _check_owner(path: Path, keys: set[str], library: str) -> None:
    """Raises UserError unless a checkpoint with these keys is one of the library."""
    if not LAYOUTS[library].policy_keys <= keys:
        owner = next((name for name, layout in LAYOUTS.items() if layout.policy_keys <= keys), None)
        what = f"a checkpoint of {owner}" if owner else "no checkpoint of a known library"
        raise UserError(f"{path} is {what}, not of {library}")
