# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measuring the speed of the whole stack beside the bare engine."""

import json
import sys
from pathlib import Path

import pytest

from isaaclab_factory.learning.diagnostics import benchmark

SCRIPT = Path(__file__).parents[2] / "scripts" / "benchmark.py"


@pytest.mark.slow
def test_stack_and_engine_are_measured_in_one_run(run_forked) -> None:
    words = ["--num_envs", "2", "--turns", "3", "--steps", "10", "--json", "presets=no_noise"]
    result = run_forked("benchmark.py", *words)
    assert result.returncode == 0, result.stderr
    measured = json.loads(result.stdout)
    assert (measured["task"], measured["physics"], measured["num_envs"]) == ("Isaac-Factory-PegInsert", "MuJoCo", 2)
    assert measured["overrides"] == ["presets=no_noise", "physics=newton_mujoco"]
    assert 0 < measured["whole_stack"] < measured["bare_engine"]
    assert 0 < measured["ratio"] < 1
    assert -0.5 < measured["loop_cost"] < 1
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
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(benchmark, "SCALE", (1, 3))
    words = ["--scale", "--turns", "1", "--steps", "1", "--json", "presets=no_noise"]
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), *words])
    benchmark.run_benchmark(words)
    measured = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [result["num_envs"] for result in measured] == [1, 3]
    assert all(result["overrides"][0] == "presets=no_noise" for result in measured)
