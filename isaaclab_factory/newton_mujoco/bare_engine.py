# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""MuJoCo's C library without anything around it: what the speed of the whole stack is compared with."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import mujoco

from .worlds import Worlds, split


class BareEngine:
    """Steps worlds with ``mj_step`` and as many threads as the stack has.

    Args:
        worlds: The worlds of the environments.
    """

    def __init__(self, worlds: Worlds):
        self._step = mujoco.mj_step
        self._worlds = worlds
        self._pool = ThreadPoolExecutor(worlds.num_threads)
        self._ranges = split(worlds.num_worlds, worlds.num_threads)

    def time(self, times: int, num_steps: int) -> float:
        """Step all worlds, each time from their present state. They stay as they are.

        Args:
            times: How often the threads are started.
            num_steps: Engine steps each time.

        Returns:
            Time that the steps took [s].
        """
        start = time.perf_counter()
        for _ in range(times):
            ranges = iter(self._ranges)  # shared by the threads: each takes the next range
            list(self._pool.map(partial(self._work, ranges, num_steps), range(self._worlds.num_threads)))
        elapsed = time.perf_counter() - start
        self._worlds.forget_warnings()  # the stack would count them as its own
        return elapsed

    def _work(self, ranges: Iterator[tuple[int, int]], num_steps: int, thread: int) -> None:
        for first, last in ranges:
            for world in range(first, last):
                self._step(*self._worlds.load(thread, world), num_steps)
