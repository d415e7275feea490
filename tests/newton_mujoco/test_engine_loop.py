# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The solver's loop, which is timed beside the bare engine."""

import numpy as np
import pytest

from isaaclab_factory.newton_mujoco.engine_loop import EngineLoop
from tests.newton_mujoco.models import Simulation, add_box, at, finalize

NUM_WORLDS = 3


@pytest.fixture
def simulation() -> Simulation:
    """Boxes that have just fallen on the ground, each world with another speed."""
    simulation = Simulation(finalize(lambda builder: add_box(builder, at(z=0.06)), NUM_WORLDS, ground=True))
    simulation.rows("joint_qd")[:, 0] = 0.1 * np.arange(NUM_WORLDS)
    simulation.step(40)
    return simulation


def arrays(simulation: Simulation) -> dict[str, np.ndarray]:
    """Returns copies of all that a step writes."""
    solver = simulation.solver
    parts = {"outcome": solver.outcome, "inputs": solver._inputs, "found": solver._contact_report.found}
    named = {f"{key}.{name}": value for key, part in parts.items() for name, value in part._asdict().items()}
    named |= {"states": solver.worlds.states, "joint_q": simulation.rows("joint_q")}
    return {name: value.copy() for name, value in named.items()}


def test_it_steps_the_worlds_as_the_solver_does(simulation: Simulation) -> None:
    worlds = simulation.solver.worlds
    before = worlds.states.copy()
    worlds.run(simulation.solver.copied_loop(simulation.state, 7))
    alone = worlds.states.copy()
    worlds.states[:] = before
    simulation.step(7)
    np.testing.assert_array_equal(worlds.states, alone)
    assert np.abs(alone - before).max() > 1e-3
    assert (simulation.solver.outcome.contacts > 0).all()


def test_being_timed_leaves_worlds_and_solver_as_they_are(simulation: Simulation) -> None:
    before = arrays(simulation)
    assert EngineLoop(simulation.solver, simulation.state).time(2, 7) > 0.0
    after = arrays(simulation)
    for name, value in before.items():
        np.testing.assert_array_equal(after[name], value, err_msg=name)
