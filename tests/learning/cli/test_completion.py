# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What a shell is told when it asks for completions, by argcomplete's protocol."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from isaaclab_factory.learning.cli import commands

ROOT = Path(__file__).parents[3]
CONSOLE = ("-m", commands.__name__)


def completions(folder: Path, program: tuple[str, ...], line: str, position: int = 1) -> set[str]:
    """Returns the completions of a line, with the cursor at its end.

    Args:
        folder: Where the program writes them.
        program: What the shell starts with Python.
        line: What was typed.
        position: Which word of the line is the program.
    """
    file = folder / "completions"
    asked = {"_ARGCOMPLETE": str(position), "COMP_LINE": line, "COMP_POINT": str(len(line))}
    asked |= {"_ARGCOMPLETE_STDOUT_FILENAME": str(file), "_ARGCOMPLETE_IFS": "\n"}
    subprocess.run([sys.executable, *program], env=os.environ | asked, cwd=ROOT, capture_output=True, check=True)
    return set(file.read_text().replace(" ", "").splitlines()) if file.exists() else set()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", {*commands.COMMANDS, "-h", "--help"}),
        ("re", {"record_demos", "replay_demos"}),
        ("evaluate --epi", {"--episodes"}),
        ("train --lib r", {"rsl_rl", "rl_games"}),
        ("play --checkpoint best --task Isaac-Factory-G", {"Isaac-Factory-GearMesh"}),
        ("no_such_command --he", set()),
    ],
)
def test_the_console_command_completes_its_commands_and_their_words(
    words: str, expected: set[str], tmp_path: Path
) -> None:
    assert completions(tmp_path, CONSOLE, f"isaaclab-factory {words}") == expected


def test_a_script_completes_its_flags(tmp_path: Path) -> None:
    line = "python scripts/evaluate.py --epi"
    assert completions(tmp_path, ("scripts/evaluate.py",), line, position=2) == {"--episodes"}


def test_the_shell_is_told_that_the_console_command_can_be_asked() -> None:
    # argcomplete looks for this in the module of the console command before it starts it
    assert "PYTHON_ARGCOMPLETE_OK" in Path(commands.__file__).read_text(encoding="utf-8")[:1024]
