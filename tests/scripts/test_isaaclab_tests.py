# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Counting Isaac Lab's own tests."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "isaaclab_tests.py"


def run(*arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)


@pytest.mark.slow
def test_results_are_counted_by_folder_with_the_reason_of_what_does_not_apply():
    result = run("managers/test_reward_manager.py", "utils/test_modifiers.py", "sensors/test_camera.py")
    assert result.returncode == 0, result.stdout
    rows = {line.split()[0]: line.split()[1:4] for line in result.stdout.splitlines() if line.strip()}
    assert rows["managers"] == ["8", "0", "0"]
    assert rows["utils"] == ["8", "0", "2"]
    assert rows["sensors"] == ["0", "0", "1"]
    assert "whole file: renderer" in result.stdout and "   2  GPU" in result.stdout


@pytest.mark.slow
def test_unknown_folder_is_one_line():
    result = run("kitchen")
    assert result.returncode != 0
    assert "no tests in 'kitchen'; there are actuators, app, assets" in result.stderr.splitlines()[-1]
