# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Whether a long run stays as it began: the memory and the pace of each of its tenths."""

import os
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

TENTHS = 10

MAX_GROWTH_MB = 50.0
"""So much more memory at the end than after the second tenth is a leak: by then everything has been used once."""


def resident_mb() -> float:
    """Returns the memory in MB that this process has in use."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@dataclass
class Steadiness:
    """Memory and pace of each tenth of a run."""

    memory_mb: list[float] = field(default_factory=list)
    """Memory in use at the end of each tenth."""
    steps_per_second: list[float] = field(default_factory=list)
    """Environment steps a second in each tenth, summed over the environments."""

    @property
    def growth_mb(self) -> float:
        """By how much the memory grew after the second tenth; zero where there are not more."""
        return self.memory_mb[-1] - self.memory_mb[1] if len(self.memory_mb) > 2 else 0.0

    @property
    def slowest(self) -> float:
        """Pace of the slowest tenth after the first, in which all is done for the first time, over the median's."""
        paces = self.steps_per_second[1:]
        return min(paces) / statistics.median(paces) if paces else 1.0

    @property
    def leaks(self) -> bool:
        """Whether the memory grew by more than :data:`MAX_GROWTH_MB`."""
        return self.growth_mb > MAX_GROWTH_MB


class SteadinessWatch:
    """Measures the tenths of a run."""

    def __init__(self, steps: int, num_envs: int) -> None:
        """Args:
        steps: Steps of every environment that the run is to have.
        num_envs: Number of environments.
        """
        self.found = Steadiness()
        self._ends = [-(-steps * (number + 1) // TENTHS) for number in range(TENTHS)]
        self._num_envs = num_envs
        self._steps = self._begin = 0
        self._time = time.monotonic()

    def step(self) -> None:
        """Counts a step of all environments."""
        self._steps += 1
        if len(self.found.memory_mb) < TENTHS and self._steps >= self._ends[len(self.found.memory_mb)]:
            now = time.monotonic()
            count = self._num_envs * (self._steps - self._begin)
            self.found.steps_per_second.append(round(count / max(now - self._time, 1e-9), 1))
            self.found.memory_mb.append(round(resident_mb(), 1))
            self._begin, self._time = self._steps, now
