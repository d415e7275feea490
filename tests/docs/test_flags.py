# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The README's tables of flags are those of the parsers."""

import argparse
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from isaaclab_factory.learning.errors import run_script


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = Path(__file__).parents[2] / "scripts" / "document_flags.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tables_are_up_to_date(script: ModuleType) -> None:
    text = script.PAGE.read_text(encoding="utf-8")
    assert text == script.renew(text)


def test_every_flag_is_in_the_tables(script: ModuleType) -> None:
    flags = set(re.findall(r"(?<=[` ])--[\w-]+(?=[`, ])", script.tables()))
    for parser in (script.training_parser(), script.playing.parser()):
        shown = [action for action in parser._actions if action.help != argparse.SUPPRESS and action.dest != "help"]
        assert {flag for action in shown for flag in action.option_strings} <= flags


def test_tables_that_are_not_up_to_date_are_told_and_made_anew(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    page = tmp_path / "page.md"

    def run(*args: str) -> int:
        monkeypatch.setattr("sys.argv", ["document_flags.py", "--page", str(page), *args])
        return run_script(script.main)

    page.write_text("before\n")
    assert run() == 2
    assert "the page has no lines <!-- flags" in capsys.readouterr().err
    page.write_text(f"before\n{script.BEGIN}old\n{script.END}after\n")
    assert run("--check") == 2
    assert capsys.readouterr().err == f"error: {page} is not up to date: run scripts/document_flags.py\n"
    assert run() == 0
    assert run("--check") == 0
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "`--num_envs N` | number of environments" in text
