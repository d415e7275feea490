# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What the processes of a distributed training exchange."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import torch
from torch import distributed

from isaaclab_factory.learning.errors import UserError

T = TypeVar("T")

PATIENCE = timedelta(hours=1)
"""How long processes wait for one another, for instance while the first waits for an evaluation."""

MOMENTS = (("running_mean", "running_var"), ("running_mean", "running_variance"))
"""Names under which rl_games' and skrl's modules keep means and variances of what they normalise."""


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
