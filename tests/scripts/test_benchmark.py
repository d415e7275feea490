# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measuring the speed of the whole stack beside the bare engine."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import mujoco
import numpy as np
import pytest

from isaaclab_factory.newton_mujoco.worlds import Worlds

NUM_WORLDS = 5
INTEGRATION = mujoco.mjtState.mjSTATE_INTEGRATION

BALLS = """
<mujoco>
  <option timestep="0.002"/>
  <worldbody>
    <geom type="plane" size="1 1 0.1"/>
    <body pos="0 0 0.3"><freejoint/><geom size="0.05"/></body>
    <body pos="0.04 0 0.5"><freejoint/><geom size="0.05"/></body>
  </worldbody>
</mujoco>
"""


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script as a module."""
    path = Path(__file__).parents[2] / "scripts" / "benchmark.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # for its dataclass
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def worlds() -> Worlds:
    """Worlds with falling balls, each from another state."""
    model = mujoco.MjModel.from_xml_string(BALLS)
    worlds = Worlds(model, NUM_WORLDS, num_threads=2)
    for number, state in enumerate(worlds.states):
        data = mujoco.MjData(model)
        data.qvel[0] = 0.1 * number
        mujoco.mj_step(model, data, 150)  # until they touch the ground
        mujoco.mj_getState(model, data, state, INTEGRATION)
    return worlds


def test_the_bare_engine_steps_each_world_as_mujoco_does_and_leaves_it_as_it_is(
    script: ModuleType, worlds: Worlds
) -> None:
    bare, before, stepped = script.BareEngine(worlds), worlds.states.copy(), []

    def step(model: mujoco.MjModel, data: mujoco.MjData, num_steps: int) -> None:
        start = data.qvel.copy()
        mujoco.mj_step(model, data, num_steps)
        stepped.append((start, np.concatenate((data.qpos, data.qvel))))

    bare._step = step
    assert bare.time(2, 21) > 0.0
    np.testing.assert_array_equal(worlds.states, before)
    assert len(stepped) == 2 * NUM_WORLDS
    for world in range(NUM_WORLDS):
        model, data = worlds.snapshot(world)
        assert data.ncon > 0
        ends = [end for start, end in stepped if np.array_equal(start, data.qvel)]
        assert len(ends) == 2
        mujoco.mj_step(model, data, 21)
        np.testing.assert_array_equal(ends, 2 * [[*data.qpos, *data.qvel]])


@pytest.mark.slow
def test_stack_and_engine_are_measured_in_one_run(run_forked) -> None:
    words = ["--num_envs", "2", "--turns", "2", "--steps", "2", "--json", "presets=no_noise"]
    result = run_forked("benchmark.py", *words)
    assert result.returncode == 0, result.stderr
    measured = json.loads(result.stdout)
    assert (measured["task"], measured["physics"], measured["num_envs"]) == ("Isaac-Factory-PegInsert", "MuJoCo", 2)
    assert measured["overrides"] == ["presets=no_noise", "physics=newton_mujoco"]
    assert 0 < measured["whole_stack"] < measured["bare_engine"]
    assert 0 < measured["ratio"] < 1
    assert 0 < measured["first_step_s"] < 600
    assert 0.1 < measured["peak_memory_gb"] < 30
    assert measured["gpu_memory_gb"] is None
    assert 4 < measured["most_contacts"] < measured["most_constraints"] < 400
    assert measured["overflows"] == {"nefc": 0, "narrowphase": 0}
    assert measured["not_finite"] == 0


@pytest.mark.slow
@pytest.mark.long
def test_several_tasks_are_measured_one_after_another(run_forked) -> None:
    tasks = ["Isaac-Factory-SquarePegInsert", "Isaac-Factory-PegInsert"]
    words = [word for task in tasks for word in ("--task", task)]
    result = run_forked("benchmark.py", *words, "--num_envs", "2", "--turns", "1", "--steps", "1")
    assert result.returncode == 0, result.stderr
    header, _, *rows = result.stdout.splitlines()
    assert "bare engine, env steps/s" in header
    assert [row.split(" | ")[0] for row in rows] == [f"| {task}" for task in tasks]
    assert len({row.count("|") for row in (header, *rows)}) == 1


@pytest.mark.slow
@pytest.mark.long
def test_scale_measures_each_number_of_environments(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(script, "SCALE", (1, 3))
    words = ["--scale", "--turns", "1", "--steps", "1", "--json", "presets=no_noise"]
    monkeypatch.setattr(sys, "argv", [script.__file__, *words])
    script.main(words)
    measured = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [result["num_envs"] for result in measured] == [1, 3]
    assert all(result["overrides"][0] == "presets=no_noise" for result in measured)
