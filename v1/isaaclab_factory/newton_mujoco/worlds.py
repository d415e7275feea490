# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The worlds: one MjData per environment, and the threads that step them."""

from __future__ import annotations

import itertools
import os
from concurrent.futures import ThreadPoolExecutor

import mujoco
import numpy as np

from . import compat, native

_CHUNKS_PER_THREAD = 4
"""Chunks of worlds per thread: worlds with many contacts take longer, so equal shares would leave threads waiting."""


class Worlds:
    """Copies of one MuJoCo model's state, stepped side by side.

    Args:
        model: Compiled model, the same for all worlds.
        num_worlds: Number of worlds.
        num_threads: Number of threads. None takes the cores that this process may use.
    """

    def __init__(self, model: mujoco.MjModel, num_worlds: int, num_threads: int | None = None):
        self.model = model
        self.datas = [mujoco.MjData(model) for _ in range(num_worlds)]
        self.num_threads = min(num_threads or len(os.sched_getaffinity(0)), num_worlds)
        self._pool = ThreadPoolExecutor(self.num_threads - 1, "mujoco") if self.num_threads > 1 else None
        chunks = min(num_worlds, _CHUNKS_PER_THREAD * self.num_threads) if self._pool else 1
        bounds = np.linspace(0, num_worlds, chunks + 1).astype(int).tolist()
        self._ranges = list(itertools.pairwise(bounds))
        self._model_address = np.uint64(compat.struct_address(model))
        self._data_addresses = np.array([compat.struct_address(d) for d in self.datas], np.uint64)
        self._field_addresses = np.array(
            [[compat.array_address(getattr(d, name)) for name in native.FIELDS] for d in self.datas], np.uint64
        )

    def step(self, num_steps: int, *rows: np.ndarray) -> None:
        """Advance all worlds.

        Args:
            num_steps: Engine steps.
            rows: Rows ``qpos, qvel, ctrl, qfrc_applied, xfrc_applied`` of :func:`native.step`.
        """
        self._run(native.step, num_steps, *rows)

    def _run(self, function, *args) -> None:
        """Call a compiled loop for all worlds, spread over the threads."""
        todo = iter(self._ranges)

        def work() -> None:
            # next() of one iterator is atomic under the lock that the compiled loops give up
            for first, last in todo:
                function(self._model_address, self._data_addresses, self._field_addresses, first, last, *args)

        futures = [self._pool.submit(work) for _ in range(self.num_threads - 1)] if self._pool else []
        work()
        for future in futures:
            future.result()
