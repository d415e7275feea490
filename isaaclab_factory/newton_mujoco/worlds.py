# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The worlds: the state of each environment, and the threads that run loops over them.

Each thread has one MjModel and one MjData and makes them those of world after world. An MjData per world would be 70 KB
and more that are no longer in a core's cache when the world's turn comes again, which costs a tenth of the time.
"""

from __future__ import annotations

import copy
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import mujoco
import numpy as np

from . import compat, native

_SMALLEST_RANGE = 4
"""Worlds in the last ranges that threads take: fewer cost more time between the ranges than they save at the end."""

Job = tuple[Any, ...]
"""A compiled loop and its further arguments, see :meth:`Worlds.run`."""


def split(num_worlds: int, num_threads: int) -> list[tuple[int, int]]:
    """Split the worlds into ranges that threads take one after the other.

    Worlds with many contacts take longer, so the ranges become smaller towards the end, and no thread waits long for
    the last one ("guided" scheduling, as OpenMP calls it).

    Args:
        num_worlds: Number of worlds.
        num_threads: Number of threads.

    Returns:
        First and last world of each range, the last one exclusive.
    """
    if num_threads == 1:
        return [(0, num_worlds)]
    ranges, first = [], 0
    while first < num_worlds:
        size = max(_SMALLEST_RANGE, (num_worlds - first) // (2 * num_threads))
        # so few worlds that the smallest range would leave threads without any
        size = min(size, max(1, num_worlds // num_threads))
        ranges.append((first, min(first + size, num_worlds)))
        first += size
    return ranges


class Worlds:
    """The states of many worlds of one MuJoCo model.

    Args:
        model: Compiled model. It stays as it is: threads work with copies.
        num_worlds: Number of worlds.
        num_threads: Number of threads. None takes the cores that this process may use.

    Raises:
        ValueError: ``num_threads`` is less than 1.

    Attributes:
        states: MuJoCo's integration state of each world (``mjSTATE_INTEGRATION``: all that its future depends on).
            Shape is (num_worlds, state_size).
        models: Model of each thread. Its fields that differ between worlds are those of the world it last touched.
        datas: Data of each thread, the same.
    """

    def __init__(self, model: mujoco.MjModel, num_worlds: int, num_threads: int | None = None):
        if num_threads is not None and num_threads < 1:
            raise ValueError(f"num_threads is {num_threads}; it must be at least 1, or None for all cores.")
        self.num_worlds = num_worlds
        self.num_threads = min(num_threads or len(os.sched_getaffinity(0)), num_worlds)
        self.models = [copy.copy(model) for _ in range(self.num_threads)]
        self.datas = [mujoco.MjData(model) for model in self.models]
        self.states = np.tile(_state(self.models[0], self.datas[0]), (num_worlds, 1))
        self._pool = ThreadPoolExecutor(self.num_threads - 1, "mujoco") if self.num_threads > 1 else None
        self._ranges = split(num_worlds, self.num_threads)
        located = [compat.locate_contacts(*pair) for pair in zip(self.models, self.datas, strict=True)]
        self.contact_layout = located[0][2]
        self.forget_warnings()
        self._table = native.Table(
            states=self.states,
            models=np.array([compat.struct_address(m) for m in self.models], np.uint64),
            datas=np.array([compat.struct_address(d) for d in self.datas], np.uint64),
            arrays=np.array(
                [
                    [*_array_addresses(data), compat.warning_address(data), contact, counts]
                    for data, (contact, counts, _) in zip(self.datas, located, strict=True)
                ],
                np.uint64,
            ),
            targets=np.zeros((self.num_threads, 0), np.uint64),
            sources=np.zeros(0, np.uint64),
            sizes=np.zeros(0, np.int64),
        )

    def part(self, component: mujoco.mjtState) -> np.ndarray:
        """View one quantity of all worlds' states.

        Args:
            component: One quantity, such as ``mjSTATE_QPOS``.

        Returns:
            View of shape (num_worlds, size).
        """
        start = mujoco.mj_stateSize(self.models[0], int(component) - 1)  # those before it: each has a bit of its own
        return self.states[:, start : start + mujoco.mj_stateSize(self.models[0], int(component))]

    def forget_warnings(self) -> None:
        """Set MuJoCo's counts of warnings to where the next step counts from."""
        for data in self.datas:
            # MuJoCo prints a warning and writes a log file when a count leaves 0. We report by environment.
            data.warning.number[:] = 1

    def load(self, thread: int, world: int) -> tuple[mujoco.MjModel, mujoco.MjData]:
        """Make a thread's model and data those of a world: its numbers and its state, nothing that follows from them.

        Args:
            thread: Number of the thread.
            world: World.
        """
        native.load(self._table, thread, world)
        return self.models[thread], self.datas[thread]

    def snapshot(self, world: int) -> tuple[mujoco.MjModel, mujoco.MjData]:
        """Return a copy of a world, for whoever wants to look at it with MuJoCo's own tools.

        Args:
            world: World.

        Returns:
            Its model, and its data with everything that follows from its state.
        """
        model = copy.copy(self.load(0, world)[0])
        data = mujoco.MjData(model)
        mujoco.mj_setState(model, data, self.states[world], mujoco.mjtState.mjSTATE_INTEGRATION)
        mujoco.mj_forward(model, data)
        return model, data

    def set_timestep(self, dt: float) -> None:
        """Set the length of an engine step [s]."""
        for model in self.models:
            model.opt.timestep = dt

    def set_fields(self, targets: np.ndarray, sources: np.ndarray, sizes: np.ndarray) -> None:
        """Set the fields of the model that differ between worlds, see :class:`native.Table`."""
        self._table = self._table._replace(targets=targets, sources=sources, sizes=sizes)

    def run(self, *jobs: Job) -> None:
        """Run compiled loops over all worlds, spread over the threads: for each range of worlds one after the other.

        Args:
            jobs: Functions ``(table, thread, first, last, *arguments)`` that treat worlds ``first`` to ``last``,
                exclusive, and hold no Python lock, each with its further arguments.
        """
        if not jobs:
            return
        table, ranges = self._table, iter(self._ranges)

        def work(thread: int) -> None:
            for first, last in ranges:  # shared by the threads: each takes the next range
                for loop, *arguments in jobs:
                    loop(table, thread, first, last, *arguments)

        others = [self._pool.submit(work, thread) for thread in range(1, self.num_threads)] if self._pool else []
        work(0)
        for future in others:
            future.result()


def _state(model: mujoco.MjModel, data: mujoco.MjData) -> np.ndarray:
    """Return the integration state of a data."""
    state = np.zeros(mujoco.mj_stateSize(model, mujoco.mjtState.mjSTATE_INTEGRATION))
    mujoco.mj_getState(model, data, state, mujoco.mjtState.mjSTATE_INTEGRATION)
    return state


def _array_addresses(data: mujoco.MjData) -> list[int]:
    return [compat.array_address(getattr(data, name)) for name in native.ARRAYS]
