# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Training in the processes that ``torchrun`` starts on CPUs: who takes part, on which cores, and who reports."""

import argparse
import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.runs.files import display_path
from isaaclab_factory.learning.scaling.process_group import ProcessGroup


def join_group(args: argparse.Namespace, library: str) -> ProcessGroup | None:
    """Joins the processes that train together, if ``--distributed`` says so.

    All of them do the same, but only the first keeps a run folder, prints, evaluates and records videos: the others
    write to a temporary folder. Afterwards ``WORLD_SIZE`` is gone from the environment, from which the libraries
    would conclude that they are to make groups of their own, which they do on GPUs only.

    Args:
        args: The command line of the training, with a settled device. Where the process is not the first, its
            ``log_root``, ``video``, ``eval_interval`` and ``logger`` are changed.
        library: The RL library.

    Returns:
        The group, which is left when the process ends; None where this process trains alone.

    Raises:
        UserError: ``torchrun`` is there without ``--distributed`` or the other way round, the device is no CPU, or
            the processes do not find each other.
    """
    size = int(os.environ.get("WORLD_SIZE", "0"))
    if not args.distributed:
        if size > 1:
            raise UserError(f"torchrun started {size} processes; --distributed lets them train one policy")
        return None
    if not size:
        command = f"{display_path(_torchrun())} --nproc_per_node=2 scripts/train.py --distributed ..."
        raise UserError(f"--distributed trains in the processes that torchrun starts: {command}")
    if args.device != "cpu":
        raise UserError(
            f"--distributed trains on CPUs, not on {args.device}; for several GPUs there is Isaac Lab's own command:"
            f" isaaclab train_multigpu --num_gpus 2 --rl_library {library} --task {args.task}"
        )
    take_cores(0, int(os.environ["LOCAL_RANK"]), int(os.environ["LOCAL_WORLD_SIZE"]))
    group = ProcessGroup(int(os.environ["RANK"]), size)
    atexit.register(group.leave)
    del os.environ["WORLD_SIZE"]
    if not group.is_first:
        _work_silently(args)
    return group


def take_cores(process: int, index: int, sharing: int) -> None:
    """Restricts a process to its share of the cores that it may use, so that it starts no more threads than these.

    Args:
        process: Its id, 0 for this one.
        index: Its number among those that share the cores.
        sharing: How many they are. Where they are more than the cores, several use the same one.
    """
    cores = sorted(os.sched_getaffinity(process))
    os.sched_setaffinity(process, cores[index::sharing] or {cores[index % len(cores)]})


def torchrun_command(launcher: list[str]) -> list[str]:
    """Returns the words with which a command begins that starts as many processes as there are now.

    Args:
        launcher: The words for a single process: a Python, or the name of a program.
    """
    size, here = (int(os.environ[name]) for name in ("GROUP_WORLD_SIZE", "LOCAL_WORLD_SIZE"))
    machines = [f"--nnodes={size}"] if size > 1 else []
    words = [display_path(_torchrun()), *machines, f"--nproc_per_node={here}"]
    return words if Path(launcher[0]).name.startswith("python") else [*words, "--no-python", *launcher]


def _torchrun() -> Path:
    return Path(sys.executable).with_name("torchrun")


def _work_silently(args: argparse.Namespace) -> None:
    """Lets a process write nothing but into a temporary folder, and evaluate nothing."""
    folder = Path(tempfile.mkdtemp(prefix="isaaclab_factory_"))
    atexit.register(_clean_up, folder)
    args.log_root = str(folder)
    args.video, args.eval_interval, args.logger = False, 0, "tensorboard"
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno())


def _clean_up(folder: Path) -> None:
    """Removes the folder of a process that is not the first, unless ``--check_finite`` left the last states there."""
    if not any(folder.rglob("*.npz")):
        shutil.rmtree(folder, ignore_errors=True)
