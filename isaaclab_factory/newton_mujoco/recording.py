# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Kernel launches that are recorded once and replayed in every physics step, as in a CUDA graph on a GPU."""

from __future__ import annotations

import operator
from collections.abc import Callable
from types import SimpleNamespace

import warp as wp

_NOTHING = SimpleNamespace()


class Recording:
    """Kernel launches of a function. Preparing them takes Python longer than they run."""

    def __init__(self):
        self._arrays: tuple[object, ...] = ()
        self._graph: wp.Graph | None = None

    def replay(self, arrays: tuple[object, ...], function: Callable[[], None]) -> None:
        """Run the function's launches. They are recorded first, and again when an array is another.

        Args:
            arrays: The arrays that may be replaced.
            function: Launches kernels of the CPU.
        """
        if not are_same(arrays, self._arrays):
            self._arrays, self._graph = arrays, record(function)
        wp.capture_launch(self._graph)


def record(function: Callable[[], None]) -> wp.Graph:
    """Return the kernel launches of a function without running them.

    Args:
        function: Launches kernels of the CPU.
    """
    with wp.ScopedCapture("cpu") as capture:
        function()
    return capture.graph


def attributes(owner: object) -> tuple[object, ...]:
    """Return all attributes of a state, control, model or solver, among them its arrays."""
    return (*vars(owner).values(), *vars(getattr(owner, "mujoco", _NOTHING)).values())


def are_same(some: tuple[object, ...], others: tuple[object, ...]) -> bool:
    """Return whether two tuples hold the very same objects."""
    return len(some) == len(others) and all(map(operator.is_, some, others))
