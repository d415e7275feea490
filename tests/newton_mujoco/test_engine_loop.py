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
    model = finalize(lambda builder: add_box(builder, at(z=0.06)), NUM_WORLDS, ground=True)
    model.request_state_attributes("body_parent_f", "mujoco:qfrc_actuator")
    simulation = Simulation(model)
    simulation.rows("joint_qd")[:, 0] = 0.1 * np.arange(NUM_WORLDS)
    simulation.step(40)
    return simulation


def arrays(simulation: Simulation) -> dict[str, np.ndarray]:
    """Returns all that a step writes."""
    solver = simulation.solver
    forces, found = solver._forces_of(simulation.state), solver._contact_report.found
    parts = {"outcome": solver.outcome, "inputs": solver._inputs, "forces": forces, "found": found}
    named = {f"{key}.{name}": value for key, part in parts.items() for name, value in part._asdict().items()}
    return named | {"states": solver.worlds.states, "joint_q": simulation.rows("joint_q")}


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
    for name, values in arrays(simulation).items():
        if name.startswith(("outcome", "forces", "found")):
            values[...] = -7  # a step that wrote there would write something else
    before = {name: values.copy() for name, values in arrays(simulation).items()}
    assert before["forces.cacc"].size > 0 and before["forces.qfrc_actuator"].size > 0
    assert EngineLoop(simulation.solver, simulation.state).time(2, 7) > 0.0
    for name, values in arrays(simulation).items():
        np.testing.assert_array_equal(values, before[name], err_msg=name)
