# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Control laws that Isaac Lab's managers run before each physics step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import warp as wp
from newton import Control, State

from .law_in_worlds import Law, has_shared_numbers, make_law
from .recording import Recording, are_same, attributes, record

if TYPE_CHECKING:
    from .dynamics import ArticulationDynamics
    from .solver import SolverMuJoCoWorlds

Running = Callable[[], tuple["SolverMuJoCoWorlds", State, Control]]
"""Returns the solver that runs, its state and its control."""


class RecordedLaw:
    """A control law whose kernel launches are recorded once and then replayed.

    Isaac Lab demands of such a function that it can be recorded in a CUDA graph.

    Args:
        law: The function that Isaac Lab would call.
        running: See :data:`Running`.
    """

    def __init__(self, law: Callable[[], None], running: Running) -> None:
        self._law = law
        self._running = running
        self._recording = Recording()
        self._arrays: tuple[object, ...] = ()
        self._reads: list[tuple[ArticulationDynamics, frozenset[str]]] = []

    def __call__(self) -> None:
        """Run the law. Jacobians and mass matrices that it reads are brought up to date."""
        arrays = self._find_arrays()
        if not are_same(arrays, self._arrays):
            self._law()  # creates what it needs, which must not be part of the recording
            self._arrays = arrays
            solver, *_ = self._running()
            reads = ((dynamics, frozenset(dynamics.read_since_step)) for dynamics in solver.readers)
            self._reads = [(dynamics, names) for dynamics, names in reads if names]
            return
        for dynamics, names in self._reads:
            dynamics.bring_up_to_date(names)
        self._recording.replay(arrays, self._law)

    def _find_arrays(self) -> tuple[object, ...]:
        solver, state, control = self._running()
        return (*solver.model_arrays, *attributes(state), *attributes(control))


class LawByEnvironment(RecordedLaw):
    """A control law of each environment by itself, which can run in the midst of the environment's physics steps.

    Args:
        law: Launches the law's kernels for a slice of the environments, for all of them with None.
        report: Called once after the physics steps, to show what the law did in the last one.
        running: See :data:`Running`.
    """

    def __init__(self, law: Callable[[slice | None], None], report: Callable[[], None], running: Running) -> None:
        def whole() -> None:
            law(None)
            report()

        super().__init__(whole, running)
        self._law_of = law
        self._report = report
        self._report_recording = Recording()
        self._recorded: tuple[object, ...] = ()
        self._graphs: list[wp.Graph] = []
        self._law_in_worlds: Law | None = None

    def prepare(self) -> Law | None:
        """Return what runs the law in the midst of a world's steps.

        None is returned where :func:`~law_in_worlds.has_shared_numbers` says no, and where kinematic bodies have to be
        put in their places before each physics step.
        """
        solver, state, control = self._running()
        if solver.has_kinematic_bodies:
            return None
        arrays = self._find_arrays()
        if not are_same(arrays, self._recorded):
            self._law_in_worlds, graphs = None, []
            if has_shared_numbers(solver):
                self._law_in_worlds, graphs = self._record(solver, state, control)
            self._graphs, self._recorded = graphs, arrays
        return self._law_in_worlds

    def _record(self, solver: SolverMuJoCoWorlds, state: State, control: Control) -> tuple[Law, list[wp.Graph]]:
        solver.refresh(state)  # or the conversion of a written state would be recorded instead of run
        record(partial(self._law_of, None))  # makes the readers of what the law reads
        for dynamics in solver.readers:
            dynamics.read_since_step.clear()
        graphs = [record(partial(self._law_of, slice(i, i + 1))) for i in range(solver.worlds.num_worlds)]
        wanted = [part for dynamics in solver.readers for part in dynamics.wanted(dynamics.read_since_step)]
        return make_law(solver, state, control, wanted, graphs), graphs

    def report(self) -> None:
        """Show what the law did in the last physics step."""
        self._report_recording.replay(self._recorded, self._report)
