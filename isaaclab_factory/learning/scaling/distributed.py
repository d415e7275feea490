# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Training in the processes that ``torchrun`` starts on CPUs: who takes part and reports, and what they exchange."""

import argparse
import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import distributed

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.runs.files import display_path

T = TypeVar("T")

PATIENCE = timedelta(hours=1)
"""How long processes wait for one another, for instance while the first waits for an evaluation."""

MOMENTS = (("running_mean", "running_var"), ("running_mean", "running_variance"))
"""Names under which rl_games' and skrl's modules keep means and variances of what they normalise."""


def join_group(args: argparse.Namespace, library: str) -> "ProcessGroup | None":
    """Joins the processes that train together, if ``--distributed`` says so.

    All of them do the same, but only the first keeps a run folder, prints, evaluates and records videos: the others
    write to a temporary folder. Afterwards ``WORLD_SIZE`` is gone from the environment, from which the libraries
    would conclude that they are to make groups of their own, which they do on GPUs only.

    Args:
        args: The command line of the training, with a settled device. Where the process is not the first, its
            ``log_root``, ``video``, ``eval_interval`` and ``logger`` are changed.

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


class ProcessGroup:
    """All processes that train one policy together on CPUs, connected by gloo.

    Every method but :meth:`leave` waits until all processes have called it.
    """

    def __init__(self, rank: int, size: int) -> None:
        """Join the others. Their address is in the environment variables that ``torchrun`` sets.

        Args:
            rank: Number of this process, from 0 to below the size.
            size: Number of processes on all machines.

        Raises:
            UserError: The processes do not find each other.
        """
        self.rank, self.size = rank, size
        try:
            distributed.init_process_group("gloo", rank=rank, world_size=size, timeout=PATIENCE)
        except (RuntimeError, ValueError) as error:
            raise UserError(f"the {size} processes do not find each other: {error}") from error

    @property
    def is_first(self) -> bool:
        """Whether this is the process that reports, saves and evaluates."""
        return self.rank == 0

    def leave(self) -> None:
        """Leaves the group."""
        if distributed.is_initialized():
            distributed.destroy_process_group()

    def agree(self, value: T) -> T:
        """Returns the first process's value."""
        values = [value]
        distributed.broadcast_object_list(values, src=0)
        return values[0]

    def gather(self, value: T) -> list[T]:
        """Returns the values of all processes, in the order of their ranks."""
        values: list[Any] = [None] * self.size
        distributed.all_gather_object(values, value)
        return values

    def any(self, flag: bool) -> bool:
        """Returns whether the flag is true in one of the processes."""
        return any(self.gather(flag))

    def mean(self, values: torch.Tensor) -> torch.Tensor:
        """Returns the mean of a tensor over the processes, bit for bit the same in each of them."""
        total = values.detach().clone()
        distributed.all_reduce(total)
        return total / self.size

    @contextmanager
    def losses_reported(self) -> Iterator[None]:
        """Reports in one line that a process has ended for which the others wait.

        Raises:
            UserError: It has; in the first process.
            SystemExit: It has; in the other processes.
        """
        try:
            yield
        except RuntimeError as error:
            if not isinstance(error, distributed.DistError) and "gloo" not in str(error):
                raise
            if not self.is_first:
                raise SystemExit(2) from error
            raise UserError(f"another of the {self.size} processes has ended, so that all end") from error

    def copy_first(self, module: torch.nn.Module) -> None:
        """Copies the first process's parameters and buffers of a module to all others."""
        for tensor in module.state_dict().values():
            distributed.broadcast(tensor.detach(), src=0)

    def merge_moments(self, module: torch.nn.Module) -> None:
        """Computes the means and variances in a module over what all processes have seen, see :meth:`merged`."""
        for part in module.modules():
            for mean_name, variance_name in MOMENTS:
                mean, variance = getattr(part, mean_name, None), getattr(part, variance_name, None)
                if isinstance(mean, torch.Tensor) and isinstance(variance, torch.Tensor):
                    mean, variance = self.merged(mean, variance)
                    setattr(part, mean_name, mean)
                    setattr(part, variance_name, variance)

    def merged(self, mean: torch.Tensor, variance: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Returns mean and variance of what all processes have seen, each of them the same number of values.

        With means m and variances v of the processes they are ``M = mean(m)`` and ``mean(v + (m - M)^2)``.

        Args:
            mean: Mean of what this process has seen.
            variance: Its variance, of the same shape.
        """
        common = self.mean(mean)
        return common, self.mean(variance + (mean - common).square())
