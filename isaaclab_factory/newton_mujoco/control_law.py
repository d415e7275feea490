# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Control laws that Isaac Lab's managers run before each physics step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from newton import Control, State

from .recording import Recording, are_same, attributes

if TYPE_CHECKING:
    from .dynamics import ArticulationDynamics
    from .solver import SolverMuJoCoWorlds


class RecordedLaw:
    """A control law whose kernel launches are recorded once and then replayed.

    Isaac Lab demands of such a function that it can be recorded in a CUDA graph.

    Args:
        law: The function that Isaac Lab would call.
        running: Returns the solver that runs, its state and its control.
    """

    def __init__(
        self, law: Callable[[], None], running: Callable[[], tuple[SolverMuJoCoWorlds, State, Control]]
    ) -> None:
        self._law = law
        self._running = running
        self._recording = Recording()
        self._arrays: tuple[object, ...] = ()
        self._reads: list[tuple[ArticulationDynamics, frozenset[str]]] = []

    def __call__(self) -> None:
        """Run the law. Jacobians and mass matrices that it reads are brought up to date."""
        solver, state, control = self._running()
        arrays = (*solver.model_arrays, *attributes(state), *attributes(control))
        if not are_same(arrays, self._arrays):
            self._law()  # creates what it needs, which must not be part of the recording
            self._arrays = arrays
            reads = ((dynamics, frozenset(dynamics.read_since_step)) for dynamics in solver.readers)
            self._reads = [(dynamics, names) for dynamics, names in reads if names]
            return
        for dynamics, names in self._reads:
            dynamics.bring_up_to_date(names)
        self._recording.replay(arrays, self._law)
