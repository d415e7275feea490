# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Training in several processes, which ``torchrun`` starts: which of them this is, and what it leaves to the first."""

import argparse
import atexit
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.measuring import finite

if TYPE_CHECKING:
    from isaaclab_factory.learning.scaling.process_group import ProcessGroup


@dataclass(frozen=True)
class Place:
    """Which of several processes this is."""

    rank: int
    """Its number, from 0 to below the size."""
    local_rank: int
    """Its number among those on the same machine."""
    size: int
    """Number of processes on all machines."""


_place: Place | None = None
_group: "ProcessGroup | None" = None


def add_distributed_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds ``--distributed``."""
    parser.add_argument(
        "--distributed",
        action="store_true",
        help="train one policy in all the processes that torchrun started, each with its own environments",
    )


def take_place(args: argparse.Namespace) -> None:
    """Takes the place that ``torchrun`` gave this process, before anything heavy is imported.

    The others then do not know that there are several: the libraries would make groups of their own where they are
    imported, on GPUs only, and so would the processes that are started from here.

    Args:
        args: With what :func:`add_distributed_arguments` parsed.

    Raises:
        UserError: One is there without the other.
    """
    global _place
    place = _launched_place()
    if args.distributed and place is None:
        raise UserError(
            "--distributed trains in the processes that torchrun starts:"
            " .venv/bin/torchrun --nproc_per_node=2 scripts/train.py --distributed …"
        )
    if not args.distributed and place is not None and place.size > 1:
        raise UserError(f"torchrun started {place.size} processes; --distributed lets them train one policy")
    if args.distributed:
        _place = place
        del os.environ["WORLD_SIZE"]


def _launched_place() -> Place | None:
    """Returns what ``torchrun`` told this process, None if something else started it."""
    try:
        rank, local_rank, size = (int(os.environ[name]) for name in ("RANK", "LOCAL_RANK", "WORLD_SIZE"))
    except (KeyError, ValueError):
        return None
    return Place(rank, local_rank, size)


launched = _launched_place()
"""What ``torchrun`` told this process when it began: of what it told, :func:`take_place` leaves only a part."""


def launcher() -> list[str]:
    """Returns the words with which a command begins that starts as many processes as there are."""
    if _place is None:
        return [".venv/bin/python"]
    here = int(os.environ.get("LOCAL_WORLD_SIZE", _place.size))
    machines = [f"--nnodes={_place.size // here}"] if _place.size > here else []
    return [".venv/bin/torchrun", *machines, f"--nproc_per_node={here}"]


def own_device(device: str) -> str:
    """Returns the device of this process: of the GPUs of a machine each process takes its own.

    Args:
        device: What a process alone would take.
    """
    return device if _place is None or device == "cpu" else f"cuda:{_place.local_rank}"


def join(args: argparse.Namespace) -> "ProcessGroup | None":
    """Makes a group of the processes that train together; this one leaves it when it ends.

    All processes do the same, each in a run folder, but only that of the first is kept: the others' lies in a temporary
    folder, and they print, measure, film and track nothing.

    Args:
        args: The command line of the training, after :func:`take_place` and the start of the app.

    Returns:
        The group, None where this process trains alone.

    Raises:
        UserError: The processes do not find each other.
    """
    global _group
    if _place is None:
        return None
    from isaaclab_factory.learning.scaling.process_group import ProcessGroup

    _group = ProcessGroup(_place, args.device)
    atexit.register(_group.leave)
    if not _group.leads:
        args.log_root = tempfile.mkdtemp(prefix="isaaclab_factory_")
        atexit.register(_clean_up, Path(args.log_root))
        args.video, args.eval_interval, args.track, args.logger = False, 0, False, "tensorboard"
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (as long as the process lives)
    return _group


def _clean_up(folder: Path) -> None:
    """Removes the folder of a process that is not the first, unless last states of an environment are in it."""
    if not any(folder.rglob(finite.FOLDER)):
        shutil.rmtree(folder, ignore_errors=True)


def current_group() -> "ProcessGroup | None":
    """Returns the group that this process has joined, None if it is alone."""
    return _group
