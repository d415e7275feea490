# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The check of a GPU, as far as it goes without one: other checks take the place of its own."""

import json
import sys
from pathlib import Path

import pytest

from isaaclab_factory.learning.diagnostics import gpu_check, gpu_report
from isaaclab_factory.learning.diagnostics.checklist import Check, last_json
from isaaclab_factory.newton_mujoco import buffers

ROOT = Path(__file__).parents[3]

CARD = {"name": "a card", "memory_gb": 8.0, "compute_capability": "9.0", "cuda_of_torch": "13.0", "driver": "580"}
SPEED = {
    "task": "Isaac-Factory-PegInsert",
    "num_envs": 128,
    "whole_stack": 12345.6,
    "gpu_memory_gb": 1.25,
    "peak_memory_gb": 3.0,
    "first_step_s": 40.2,
    "overflows": {"nefc": 3, "narrowphase": 0, "iterations": 128},
    "not_finite": 2,
    "most_contacts": 31,
    "most_constraints": 150,
}
APART = {"median_first": 0.5, "max_first": 1.5, "median": 10.0, "max": 22.0}
DISTANCE = {"task": "Isaac-Factory-PegInsert", "num_envs": 16, "steps": 30, "hand_um": APART, "part_um": APART}


def printing(name: str, figures: dict) -> Check:
    """A check that prints figures."""
    return Check(name, [sys.executable, "-c", f"print({json.dumps(figures)!r})"], 60.0, last_json)


def write_progress(folder: Path, rows: int) -> None:
    """Writes a training's curve, of which the last row is not complete."""
    file = folder / gpu_check.RUNS / "rsl_rl" / "peg_insert" / "now" / "progress.csv"
    file.parent.mkdir(parents=True)
    lines = ["iteration,env_steps,seconds,env_steps_per_second,episodes,reward,length,success"]
    lines += [f"{n},{1000 * n},{2 * n},500.0,{n // 10},1.5,150,{'0.25' if n >= 10 else ''}" for n in range(1, rows + 1)]
    file.write_text("\n".join([*lines, f"{rows + 1},{1000 * rows}"]), encoding="utf-8")


def test_without_a_gpu_one_line_says_so_and_everything_is_skipped(tmp_path: Path, capsys) -> None:
    checks = gpu_check.checks(ROOT)
    gpu_check.carry_out(checks, tmp_path, 480.0, None, "the driver is too old")
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert "no NVIDIA GPU was found (the driver is too old); every check is skipped" in printed
    report = json.loads((tmp_path / gpu_check.REPORT).read_text())
    assert report["gpu"] is None
    assert report["versions"]["torch"]
    assert [row["name"] for row in report["checks"]] == [check.name for check in checks]
    assert {row["status"] for row in report["checks"]} == {"skipped"}
    page = (tmp_path / gpu_check.PAGE).read_text()
    assert "No NVIDIA GPU was found." in page
    assert page.count("| skipped |") == len(checks)


def test_results_become_a_report_and_a_page_and_a_failure_the_exit_code(tmp_path: Path, capsys) -> None:
    checks = [
        printing("speed PegInsert 128", SPEED),
        Check("tests", [sys.executable, "-c", "raise SystemExit('no kernel')"], 60.0, gpu_check.read_tests),
        printing("distance PegInsert", DISTANCE),
    ]
    with pytest.raises(SystemExit, match="1"):
        gpu_check.carry_out(checks, tmp_path, 480.0, CARD, "")
    printed = capsys.readouterr().out
    assert "[2/3] tests: failed (exit code 1: no kernel)" in printed
    assert "1 of 3 checks did not pass" in printed
    report = json.loads((tmp_path / gpu_check.REPORT).read_text())
    assert report["gpu"] == CARD
    assert [row["status"] for row in report["checks"]] == ["passed", "failed", "passed"]
    page = (tmp_path / gpu_check.PAGE).read_text()
    assert "| Isaac-Factory-PegInsert | 128 | 12,346 | 1.2 GB | 3.0 GB | 40 s | nefc 3 | 2 | 31 | 150 |" in page
    assert "| Isaac-Factory-PegInsert | 0.5 (1.5) | 0.5 (1.5) | 10 (22) | 10 (22) |" in page
    assert "| tests | failed |" in page

    gpu_check.carry_out([checks[0], checks[2]], tmp_path, 480.0, CARD, "")  # nothing failed, nothing is repeated
    assert "did not pass" not in capsys.readouterr().out


def test_every_check_runs_a_program_of_the_repository_on_the_gpu() -> None:
    checks = gpu_check.checks(ROOT)
    names = [check.name for check in checks]
    assert len(set(names)) == len(names) == 14
    for check in checks:
        programs = [word for word in check.command if word.startswith(str(ROOT))]
        assert programs
        assert all(Path(program).exists() for program in programs)
        assert check.name == "tests" or gpu_check.DEVICE in check.command
    (tests,) = (check for check in checks if check.name == "tests")
    assert {"tests/tasks/test_gpu.py", "tests/controllers/test_gpu.py"} <= {
        str(Path(word).relative_to(ROOT)) for word in tests.command if word.endswith(".py")
    }
    speeds = {(check.command[3], check.command[5]) for check in checks if check.name.startswith("speed")}
    tasks = ("PegInsert", "GearMesh", "NutThread")
    assert speeds == {(f"Isaac-Factory-{task}", number) for task in tasks for number in ("128", "1024", "4096")}


def test_outcomes_of_tests_are_read(tmp_path: Path) -> None:
    cases = "<testcase classname='tests.tasks.test_gpu' name='a'/><testcase classname='tests.b' name='c'><failure/>"
    (tmp_path / gpu_check.TESTS).write_text(f"<testsuites><testsuite>{cases}</testcase></testsuite></testsuites>")
    outcomes = gpu_check.read_tests(tmp_path)
    assert outcomes == {"passed": ["tasks.test_gpu.a"], "failed": ["b.c"], "skipped": []}
    skipped = "<testsuite><testcase classname='b' name='c'><skipped/></testcase></testsuite>"
    (tmp_path / gpu_check.TESTS).write_text(skipped)
    with pytest.raises(ValueError, match="no test has run"):
        gpu_check.read_tests(tmp_path)


def test_a_training_ends_by_its_own_clock_and_its_curve_is_read(tmp_path: Path) -> None:
    assert gpu_check.trained_s(tmp_path) == 0.0
    with pytest.raises(ValueError, match="no iteration"):
        gpu_check.read_training(tmp_path)
    write_progress(tmp_path, 50)
    assert gpu_check.trained_s(tmp_path) == 100.0
    figures = gpu_check.read_training(tmp_path)
    curve = figures["curve"]
    assert figures["iterations"] == 50
    assert len(curve["seconds"]) == 21
    assert (curve["iteration"][0], curve["iteration"][-1]) == (1.0, 50.0)
    assert curve["success"][0] is None
    assert curve["success"][-1] == 0.25


def test_the_page_counts_the_overflows_that_the_engine_says_lose_something() -> None:
    assert gpu_report.LOSSES == buffers.BUFFERS
