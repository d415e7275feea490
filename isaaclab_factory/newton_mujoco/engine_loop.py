# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The solver's loop without a control law and without Newton around it: what it costs beside the bare engine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newton import State

    from .solver import SolverMuJoCoWorlds


class EngineLoop:
    """Steps worlds with the solver's own loop.

    Args:
        solver: The solver of the environments.
        state: Their state, which says what forces are read after a step.
    """

    def __init__(self, solver: SolverMuJoCoWorlds, state: State):
        self._solver = solver
        self._state = state

    def time(self, times: int, num_steps: int) -> float:
        """Step all worlds, each time from their present state. Worlds and solver stay as they are.

        Args:
            times: How often the threads are started.
            num_steps: Engine steps each time.

        Returns:
            Time that the steps took [s].
        """
        loops = [self._solver.copied_loop(self._state, num_steps) for _ in range(times)]
        worlds = self._solver.worlds
        states = worlds.states.copy()
        start = time.perf_counter()
        for loop in loops:
            worlds.run(loop)
            worlds.states[:] = states
        return time.perf_counter() - start
