# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What the commands of the Makefile run."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("words", "runs"),
    [
        (["train"], "train.py --lib rsl_rl --config experiments/peg_insert_no_noise.yaml"),
        (["train", "TASK=A", "LIB=skrl", "ARGS=--seed 1"], "train.py --lib skrl --task A --seed 1"),
        (["gpu-check", "ARGS=--output report"], "gpu_check.py --output report"),
        (["notebook", "ARGS=--iterations 1"], "run_notebook.py --iterations 1"),
    ],
)
def test_the_last_command_is_that_of_the_target(words: list[str], runs: str) -> None:
    assert commands(*words)[-1] == f".venv/bin/python scripts/{runs}"


def test_the_check_of_the_wheel_gets_the_arguments_for_pip() -> None:
    last = commands("check-wheel", "PIP_ARGS=--extra-index-url there")[-1]
    assert last == 'PIP_ARGS="--extra-index-url there" .venv/bin/python scripts/check_wheel.py'


def test_a_warning_ends_the_build_of_the_site() -> None:
    (command,) = (command for command in commands("docs") if "-m sphinx" in command)
    assert command.startswith(".venv/bin/python -m sphinx") and command.endswith("docs build/docs")
    assert {"-W", "--keep-going"} <= set(command.split())


def commands(*words: str) -> list[str]:
    """Returns the commands that make would run for the words of its command line."""
    outer = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "TASK", "LIB", "ARGS")  # of a make that runs the tests
    environment = {key: value for key, value in os.environ.items() if key not in outer}
    command = ["make", "--dry-run", *words]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return [line.strip() for line in result.stdout.splitlines()]
