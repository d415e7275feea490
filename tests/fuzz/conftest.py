# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Runs the scripts with what is wrong, within the process of the tests: there are hundreds of such runs."""

import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

USD_WARNING = "Warning: in _ReportErrors at line "

SCRIPTS = Path(__file__).parents[2] / "scripts"


def content(folder: Path) -> dict[Path, bytes | None]:
    """Returns all that is below a folder: the files with their content."""
    return {path: path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs a script that must refuse: one line that says why, an exit code, and all files as they were."""

    def run(script: str, *argv: str) -> str:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", [str(SCRIPTS / script), *argv])
        before = content(tmp_path)
        capfd.readouterr()
        with pytest.raises(SystemExit) as end:
            runpy.run_path(sys.argv[0], run_name="__main__")
        # USD tells by itself of references that lead nowhere
        told = "".join(line for line in capfd.readouterr().err.splitlines(True) if not line.startswith(USD_WARNING))
        assert end.value.code == 2
        assert told.startswith("error: ")
        assert told.count("\n") == 1
        assert len(told) > len("error: \n")
        assert content(tmp_path) == before
        return told

    return run
