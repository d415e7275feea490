# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Follows the tutorial from top to bottom: its files, its commands, and what it says one sees.

What kinds of blocks there are is told in ``blocks.py``.
"""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import Block, read_blocks

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial.md"

SHORTER = {
    "scripts/train.py": "--num_envs 4 --max_iterations 1 env.episode_length_s=1.0",
    "scripts/evaluate.py": "--num_envs 4 --episodes 4 env.episode_length_s=1.0",
}
"""What is added to these commands, but to the trainings that the tutorial itself makes short by ``--max_iterations``.
The numbers that they print are then others: only the words have to be those of the tutorial."""

LINES_OF_A_TASK = 60
"""A new task takes fewer."""


BLOCKS = read_blocks(TUTORIAL)
FILES = {block.file: block.content for block in BLOCKS if block.file}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the scripts and the files of the tutorial."""
    folder = tmp_path_factory.mktemp("tutorial")
    (folder / "scripts").symlink_to(ROOT / "scripts")
    for name, content in FILES.items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def shortened(command: str) -> str:
    """Returns a command with what makes it shorter."""
    script = next((script for script in SHORTER if script in command), None)
    return command if script is None or "--max_iterations" in command else f"{command} {SHORTER[script]}"


def check_output(printed: str, said: str, numbers: bool) -> None:
    """Asserts that something printed is what the tutorial says."""
    if not numbers:
        printed, said = (re.sub(r"\d[\d,.:]*(?<!\.)", "0", text) for text in (printed, said))
    assert doctest.OutputChecker().check_output(said, printed, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE), (
        f"said:\n{said}\nprinted:\n{printed}"
    )


@pytest.mark.parametrize(
    "block", [block for block in BLOCKS if block.language == "pycon"], ids=lambda b: f"line {b.line}"
)
def test_what_one_types_at_the_prompt_gives_what_is_shown(block: Block) -> None:
    example = doctest.DocTestParser().get_doctest(block.content, PROMPT, "tutorial", str(TUTORIAL), block.line)
    result = doctest.DocTestRunner().run(example, clear_globs=False)
    PROMPT.update(example.globs)
    assert result.attempted > 0
    assert result.failed == 0


PROMPT = {}
"""The variables of the prompt, which live on from one block to the next."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "block", [block for block in BLOCKS if block.language == "bash"], ids=lambda b: f"line {b.line}"
)
def test_the_commands_work_and_print_what_is_shown(folder: Path, block: Block) -> None:
    printed, full_length = "", True
    for command in block.commands:
        typed = shortened(command)
        full_length &= typed == command
        words = typed.replace(".venv/bin/python", sys.executable)
        environment = {"COLUMNS": "120"} | os.environ
        result = subprocess.run(
            words, shell=True, capture_output=True, text=True, cwd=folder, timeout=300, env=environment
        )
        assert result.returncode == 0, f"{typed}\n{result.stdout}\n{result.stderr}"
        printed += result.stdout
    if block.output:
        check_output(printed, block.output, numbers=full_length)


def test_a_task_is_a_file_of_less_than_a_page() -> None:
    for name in ("my_task.py", "my_pin.py"):
        assert len(FILES[name].splitlines()) < LINES_OF_A_TASK


def test_every_block_is_one_that_is_tested() -> None:
    for block in BLOCKS:
        assert block.file or block.language in ("bash", "pycon"), f"line {block.line}"
        assert block.output is None or block.language == "bash", f"line {block.line}"
    assert {"my_terms.py", "test_my_terms.py", "my_task.py", "draw_pin.py", "my_pin.py"} == set(FILES)


def test_output_that_differs_is_noticed() -> None:
    check_output("Success: 3.1 % (4 of 128)\n", "Success: 97.2 % (125 of 128)\n", numbers=False)
    for printed, numbers in (("Success: 3.1 % (4 of 128)\n", True), ("Failure: 97.2 % (125 of 128)\n", False)):
        with pytest.raises(AssertionError):
            check_output(printed, "Success: 97.2 % (125 of 128)\n", numbers)
