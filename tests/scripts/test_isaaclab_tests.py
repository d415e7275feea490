# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The script that runs Isaac Lab's own tests on an engine and counts them."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "isaaclab_tests.py"
SOLVER_RESET = "isaaclab_newton/physics/test_newton_solver_reset.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("isaaclab_tests", SCRIPT)
    module = sys.modules["isaaclab_tests"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules["isaaclab_tests"]


@pytest.fixture
def run_script(script, monkeypatch: pytest.MonkeyPatch):
    """Runs the script in this process, which has imported what it needs. The tests that it runs have their own."""
    monkeypatch.syspath_prepend(str(SCRIPT.parent))

    def run(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", [str(SCRIPT), *arguments])
        return script.main()

    return run


def read_counts(table: str, folder: str) -> list[int]:
    """Counts in a folder's row of the table: passed, failed, not applicable, on engine."""
    row = next(line for line in table.splitlines() if line.startswith(folder + " "))
    return [int(word) for word in row.split()[1:5]]


@pytest.mark.slow
def test_counts_upstreams_solver_reset_on_the_engine(run_script, tmp_path, capsys):
    status = run_script("--folder", SOLVER_RESET, "--json", str(tmp_path / "results.json"))
    table = capsys.readouterr().out
    assert status == 0, table
    assert read_counts(table, "isaaclab_newton/physics") == [1, 0, 0, 1]
    assert read_counts(table, "all") == [1, 0, 0, 1]
    (file,) = json.loads((tmp_path / "results.json").read_text())
    (test,) = file["tests"]
    assert file["name"] == SOLVER_RESET
    assert test["test"] == "test_env_reset_clears_selected_mjwarp_solver_internals[cpu]"
    assert test["outcome"] == "passed"
    assert test["on_engine"]


@pytest.mark.slow
def test_a_file_that_does_not_end_in_time_has_failed(run_script, capsys):
    assert run_script("--folder", SOLVER_RESET, "--timeout", "1") == 1
    table = capsys.readouterr().out
    assert read_counts(table, "all") == [0, 1, 0, 0]
    assert "no end after 1 s" in table


def test_refuses_an_unknown_folder():
    command = [sys.executable, str(SCRIPT), "--folder", "isaaclab_newton/no_such_folder"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stderr.startswith("isaaclab_tests: no tests in 'isaaclab_newton/no_such_folder'; there are ")
    assert len(result.stderr.splitlines()) == 1


def test_table_counts_by_folder_and_lists_failures(script):
    passed = {"test": "test_a", "outcome": "passed", "seconds": 1.0, "on_engine": True}
    failed = {**passed, "test": "test_b", "outcome": "failed", "detail": "AssertionError: 1 == 2"}
    elsewhere = {**passed, "test": "test_c", "outcome": "not applicable", "reason": "GPU", "on_engine": False}
    results = [
        script.FileResult("isaaclab/sim/test_x.py", 2.0, [passed, failed, elsewhere]),
        script.FileResult("isaaclab/sim/deeper/test_y.py", 3.0, [passed]),
        script.FileResult("isaaclab_newton/sim/test_z.py", 4.0, [elsewhere, elsewhere]),
    ]
    table = script.format_table(results)
    assert read_counts(table, "isaaclab/sim") == [2, 1, 1, 3]
    assert read_counts(table, "isaaclab_newton/sim") == [0, 0, 2, 0]
    assert read_counts(table, "all") == [2, 1, 3, 3]
    assert "     3  GPU" in table
    assert "isaaclab/sim/test_x.py::test_b\n      AssertionError: 1 == 2" in table


def test_leaves_out_backend_neutral_files_without_a_simulation(script, tmp_path):
    for name, text in {
        "isaaclab/test/utils/test_math.py": "def test_sum(): pass",
        "isaaclab/test/utils/test_sim.py": "launch_test_simulation()",
        "isaaclab_newton/test/utils/test_kernel.py": "def test_kernel(): pass",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = script.find_files(tmp_path, ["isaaclab/utils", "isaaclab_newton/utils"])
    assert found == ["isaaclab/utils/test_sim.py", "isaaclab_newton/utils/test_kernel.py"]


def test_what_a_stopped_process_did_not_reach_has_failed(script):
    lines = [
        {"collected": ["test_a", "test_b"]},
        {"test": "test_a", "outcome": "passed", "seconds": 1.0, "on_engine": True},
    ]
    tests = script.complete_tests(lines, "no end after 5 s", "")
    assert [(test["test"], test["outcome"]) for test in tests] == [("test_a", "passed"), ("test_b", "failed")]
    assert tests[1]["detail"] == "no end after 5 s"
