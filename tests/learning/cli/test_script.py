# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""One line and an exit code for a user's mistake, a traceback for everything else."""

import subprocess
import sys

import pytest

from isaaclab_factory.learning.cli.script import run_script
from isaaclab_factory.learning.errors import UserError


def test_a_user_error_is_one_line_and_exit_code_2(capsys: pytest.CaptureFixture) -> None:
    def main() -> None:
        raise UserError("first\n   second\tthird")

    assert run_script(main) == 2
    assert capsys.readouterr().err == "error: first second third\n"


def test_success_is_exit_code_0() -> None:
    assert run_script(lambda: None) == 0


def test_an_interrupt_is_exit_code_130() -> None:
    def main() -> None:
        raise KeyboardInterrupt

    assert run_script(main) == 130


def test_other_exceptions_are_not_caught() -> None:
    with pytest.raises(ZeroDivisionError):
        run_script(lambda: 1 / 0)


@pytest.mark.parametrize(
    ("variables", "waits"),
    [
        ({}, False),
        ({"RANK": "0", "WORLD_SIZE": "2"}, False),
        ({"RANK": "1", "WORLD_SIZE": "2"}, True),
        ({"RANK": "1"}, False),  # it has joined the others
    ],
)
def test_the_processes_of_torchrun_let_the_first_report_the_mistake_of_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, variables: dict[str, str], waits: bool
) -> None:
    def main() -> None:
        raise UserError("wrong")

    for name in ("RANK", "WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    printed_before = []
    monkeypatch.setattr("time.sleep", lambda seconds: printed_before.append(capsys.readouterr().err))
    assert run_script(main) == 2
    assert printed_before == ([""] if waits else [])
    assert capsys.readouterr().err == "error: wrong\n"


def test_a_reader_of_the_output_that_ends_early_is_no_error() -> None:
    code = (
        "from isaaclab_factory.learning.cli.script import run_script\n"
        "raise SystemExit(run_script(lambda: print('line\\n' * 100_000)))"
    )
    command = f"{sys.executable} -c '{code.replace(chr(39), chr(34))}' | head -n 1"
    result = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True)
    assert (result.returncode, result.stdout, result.stderr) == (0, "line\n", "")
