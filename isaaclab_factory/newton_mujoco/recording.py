# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Kernel launches that are recorded once and replayed in every physics step, as in a CUDA graph on a GPU."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import warp as wp


class Recording:
    """Kernel launches of a function. Preparing them takes Python longer than they run."""

    def __init__(self):
        self._arrays: tuple[tuple[int, ...], ...] = ()
        self._graph: wp.Graph | None = None

    def replay(self, arrays: tuple[tuple[int, ...], ...], function: Callable[[], None]) -> bool:
        """Run the function's launches. They are recorded first, and again when an array is another.

        Args:
            arrays: Addresses of the arrays that may be replaced.
            function: Launches kernels of the CPU.

        Returns:
            Whether they were recorded this time. Otherwise the function was not called.
        """
        records = self._graph is None or arrays != self._arrays
        if records:
            with wp.ScopedCapture("cpu") as capture:
                function()
            self._arrays, self._graph = arrays, capture.graph
        wp.capture_launch(self._graph)
        return records


def addresses(owner: object) -> tuple[int, ...]:
    """Return the addresses of all arrays of a state, control, model or solver."""
    attributes = (*vars(owner).values(), *vars(getattr(owner, "mujoco", SimpleNamespace())).values())
    return tuple(attribute.ptr for attribute in attributes if isinstance(attribute, wp.array))
