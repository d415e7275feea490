# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Worlds that become unstable: reported with their number, put back, and without a trace in the others."""

from pathlib import Path

import numpy as np
import pytest

from isaaclab_factory.newton_mujoco.events import Events
from isaaclab_factory.newton_mujoco.stepping import NOT_CONVERGED, NUM_WARNINGS
from tests.newton_mujoco.models import Simulation
from tests.newton_mujoco.test_stepping import crowd, state_of

POISONS = {
    "a force": ("joint_f", np.nan, "an acceleration is not finite or huge"),
    "a huge force": ("joint_f", 1e30, "an acceleration is not finite or huge"),
    "a velocity": ("joint_qd", np.nan, "a velocity is not finite or huge"),
    "a position": ("joint_q", np.nan, "a position is not finite or huge"),
}


def poison(simulation: Simulation, name: str, value: float, world: int = 1) -> None:
    """Writes a number to the arm's first joint in one world."""
    owner = simulation.control if name == "joint_f" else simulation.state
    getattr(owner, name).numpy().reshape(3, -1)[world, 0] = value


@pytest.mark.parametrize("kind", POISONS)
def test_an_unstable_world_is_reported_and_put_back_and_the_others_go_on(
    kind: str, caplog, monkeypatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # where MuJoCo would write its log
    name, value, text = POISONS[kind]
    simulation, healthy = crowd(), crowd()
    for other in (simulation, healthy):
        other.step(40)
    before = state_of(simulation)
    poison(simulation, name, value)
    for other in (simulation, healthy):
        other.step(4)

    np.testing.assert_array_equal(state_of(simulation)[[0, 2]], state_of(healthy)[[0, 2]])
    nq = simulation.rows("joint_q").shape[1]
    after = state_of(simulation)[1]
    np.testing.assert_array_equal(after[nq:], 0.0)
    default = simulation.model.joint_q.numpy().reshape(3, -1)[1]
    np.testing.assert_allclose(after[:nq], default if name == "joint_q" else before[1, :nq], atol=1e-6)
    assert simulation.solver.events.unstable.tolist() == [0, 1, 0]
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == 1
    assert messages[0].startswith("MuJoCo, environment 1: ")
    assert text in messages[0]
    assert list(tmp_path.iterdir()) == []

    poison(simulation, "joint_f", 0.0)
    simulation.step(40)
    assert np.isfinite(state_of(simulation)).all()
    assert simulation.solver.events.unstable.tolist() == [0, 1, 0]


def test_a_bad_actuator_input_is_reported_and_taken_as_zero(caplog) -> None:
    simulation, healthy = crowd(), crowd()
    simulation.control.joint_target_qd.numpy().reshape(3, -1)[2, 0] = np.nan
    for other in (simulation, healthy):
        other.step(1)
    assert "environment 2: an actuator input" in caplog.text
    np.testing.assert_array_equal(state_of(simulation), state_of(healthy))
    assert simulation.solver.events.unstable.tolist() == [0, 0, 0]


def test_a_solver_that_is_stopped_before_it_converges_is_reported(caplog) -> None:
    hurried, patient = crowd(iterations=1), crowd(iterations=100)
    for simulation in (hurried, patient):
        simulation.step(40)
    assert "the solver was stopped before it converged" in caplog.text
    assert hurried.solver.events.counts[:, NOT_CONVERGED].any()
    assert not patient.solver.events.counts[:, NOT_CONVERGED].any()
    assert 1 < patient.solver.iterations()[1] < 100


def test_a_warning_that_comes_with_every_step_is_logged_ever_more_rarely(caplog) -> None:
    events = Events(4)
    for _ in range(100):
        events.new[2, 1] += 1
        events.report()
    assert events.counts[2, 1] == 100
    assert [record.getMessage().rsplit("(")[-1] for record in caplog.records] == [f"{2**k} so far)." for k in range(7)]


def test_many_environments_fit_a_line(caplog) -> None:
    events = Events(50)
    events.new[:, 5] = 1
    events.report()
    (record,) = caplog.records
    assert record.getMessage().startswith("MuJoCo, 50 environments: 0, 1, 2, 3, 4, 5, 6, 7, ...: ")


def test_every_warning_of_mujoco_has_a_text(caplog) -> None:
    events = Events(1)
    events.new[:] = 1
    events.report()
    assert len(caplog.records) == NUM_WARNINGS + 2
