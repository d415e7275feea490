# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Warp launches recorded once and replayed: launching a small kernel from Python takes longer than running it."""

from __future__ import annotations

from collections.abc import Callable

import warp as wp


class Recording:
    """A function that only launches Warp kernels on the CPU, recorded as a graph.

    Args:
        function: Function to record. It must launch the same kernels with the same arrays as long as its arguments'
            arrays stay the same.
    """

    def __init__(self, function: Callable[..., None]):
        self._function = function
        self._arrays: tuple[int, ...] = ()
        self._graph: wp.Graph | None = None

    def __call__(self, *args: object) -> None:
        """Run the function.

        Args:
            args: Objects that hold Warp arrays as attributes. A graph is recorded at the second call with the same
                arrays, when all kernels are loaded, and replayed from then on.
        """
        arrays = tuple(value.ptr for arg in args for value in vars(arg).values() if isinstance(value, wp.array))
        if arrays != self._arrays:
            self._arrays, self._graph = arrays, None
            self._function(*args)
            return
        if self._graph is None:
            with wp.ScopedCapture(device="cpu") as capture:
                self._function(*args)
            self._graph = capture.graph
        wp.capture_launch(self._graph)
