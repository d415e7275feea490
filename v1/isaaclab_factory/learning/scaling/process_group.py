# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What the processes of a distributed training tell each other."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from torch import distributed

from isaaclab_factory.learning.errors import UserError

if TYPE_CHECKING:
    from isaaclab_factory.learning.scaling.distributed import Place

T = TypeVar("T")

PATIENCE = timedelta(hours=1)
"""How long processes wait for one another, for instance while the first waits for an evaluation."""

MOMENTS = (("running_mean", "running_var"), ("running_mean", "running_variance"))
"""Names under which rl_games' and skrl's modules keep means and variances of what they normalise."""


class ProcessGroup:
    """All processes that train one policy together: gloo connects them on CPUs, NCCL on GPUs.

    Every method but :meth:`leave` waits until all processes have called it.
    """

    def __init__(self, place: "Place", device: str) -> None:
        """Args:
        place: Which of the processes this is.
        device: Device of the learning, ``cpu`` or ``cuda:<number>``.

        Raises:
            UserError: The processes do not find each other.
        """
        self.rank, self.size = place.rank, place.size
        self.on_cpu = device == "cpu"
        self.local_rank = place.local_rank
        self._device = torch.device(device)
        if not self.on_cpu:
            torch.cuda.set_device(self._device)
        try:
            backend = "gloo" if self.on_cpu else "nccl"
            distributed.init_process_group(backend, rank=self.rank, world_size=self.size, timeout=PATIENCE)
        except (RuntimeError, ValueError) as error:
            raise UserError(f"the {self.size} processes do not find each other: {error}") from error

    @property
    def leads(self) -> bool:
        """Whether this is the first process."""
        return self.rank == 0

    def leave(self) -> None:
        """Leaves the group; nothing can be told any more."""
        if distributed.is_initialized():
            distributed.destroy_process_group()

    def agree(self, value: T) -> T:
        """Returns the first process's value."""
        values = [value]
        distributed.broadcast_object_list(values, src=0)
        return values[0]

    def gather(self, value: T) -> list[T]:
        """Returns the values of all processes."""
        values: list[Any] = [None] * self.size
        distributed.all_gather_object(values, value)
        return values

    def any(self, flag: bool) -> bool:
        """Returns whether the flag is true in one of the processes."""
        return any(self.gather(flag))

    def mean(self, values: torch.Tensor) -> torch.Tensor:
        """Returns the mean of a tensor over the processes, in each of them the same to the last digit."""
        total = values.detach().clone()
        distributed.all_reduce(total)
        return total / self.size

    @contextmanager
    def losses_reported(self) -> Iterator[None]:
        """Tells in one line that a process has ended for which the others wait.

        Raises:
            UserError: It has; here, if this is the first process.
            SystemExit: It has, and the first process tells it.
        """
        try:
            yield
        except RuntimeError as error:
            if not isinstance(error, distributed.DistError) and "gloo" not in str(error):
                raise
            if not self.leads:
                raise SystemExit(2) from error
            raise UserError(f"another of the {self.size} processes has ended, so that all end") from error

    def copy_first(self, module: torch.nn.Module) -> None:
        """Makes a module's parameters and buffers those of the first process."""
        for tensor in module.state_dict().values():
            distributed.broadcast(tensor.detach(), src=0)

    def merge_moments(self, module: torch.nn.Module) -> None:
        """Makes the means and variances in a module those of what all processes have seen.

        Each has seen the same number of values, so that with means m and variances v they are ``M = mean(m)`` and
        ``mean(v + (m - M)^2)``.
        """
        for part in module.modules():
            for mean_name, variance_name in MOMENTS:
                mean, variance = getattr(part, mean_name, None), getattr(part, variance_name, None)
                if isinstance(mean, torch.Tensor) and isinstance(variance, torch.Tensor):
                    mean, variance = self.merged(mean, variance)
                    setattr(part, mean_name, mean)
                    setattr(part, variance_name, variance)

    def merged(self, mean: torch.Tensor, variance: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Returns mean and variance of what all processes have seen, from those of each, see :meth:`merge_moments`."""
        common = self.mean(mean)
        return common, self.mean(variance + (mean - common).square())
