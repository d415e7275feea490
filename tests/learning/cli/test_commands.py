# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The command of an installed package."""

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from isaaclab_factory.learning.cli import commands

SCRIPTS = Path(__file__).parents[3] / "scripts"


@pytest.mark.parametrize("name", commands.COMMANDS)
def test_a_command_does_what_the_script_of_its_name_does(name: str) -> None:
    function, _ = commands.COMMANDS[name]
    assert callable(pkgutil.resolve_name(function))
    assert f'run_script("{function}")' in (SCRIPTS / f"{name}.py").read_text()


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["/somewhere/bin/isaaclab-factory", *words])
    return commands.main()


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",)])
def test_help_lists_all_commands(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, *words) == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown and summary in shown for name, (_, summary) in commands.COMMANDS.items())


def test_an_unknown_command_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "trian", "--task", "x") == 2
    assert (
        capsys.readouterr().err == f"error: there is no command 'trian'; choose from {', '.join(commands.COMMANDS)}\n"
    )


def test_a_command_gets_the_words_behind_its_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "evaluate", "--task", "No-Such-Task") == 2
    assert "No-Such-Task" in capsys.readouterr().err


def test_the_module_runs_as_a_program() -> None:
    done = subprocess.run([sys.executable, "-m", commands.__name__, "--help"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: isaaclab-factory COMMAND ...")
