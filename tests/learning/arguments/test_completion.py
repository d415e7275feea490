# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Completion as bash does it, with argcomplete's own script."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from isaaclab_factory.learning.arguments import trainable_tasks

ROOT = Path(__file__).parents[3]

BASH = """
eval "$(activate-global-python-argcomplete --dest=-)"
COMP_LINE="$1"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9
read -ra COMP_WORDS <<< "$COMP_LINE"
[[ "$COMP_LINE" == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_python_argcomplete_global python "${COMP_WORDS[$COMP_CWORD]}" "${COMP_WORDS[$COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""
"""What happens when a user types the argument and presses the tabulator key."""


def completions(line: str) -> list[str]:
    """Returns what bash offers behind a line."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    result = subprocess.run(
        ["bash", "-c", BASH, "bash", line], capture_output=True, text=True, cwd=ROOT, env=environment, timeout=120
    )
    return [word.strip() for word in result.stdout.splitlines()]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        (
            "python scripts/train.py --lib skrl --task Isaac-Factory-Nut",
            [task for task in trainable_tasks() if task.startswith("Isaac-Factory-Nut")],
        ),
        (
            "python scripts/train.py --lib skrl --task Isaac-Factory-PegInsert-v0 --agent ",
            ["skrl_cfg_entry_point", "skrl_gru_cfg_entry_point"],
        ),
        ("python scripts/play_rl_games.py --use_", ["--use_last_checkpoint", "--use_pretrained_checkpoint"]),
        ("python scripts/soak.py --task Isaac-Factory-NutThreadM8-P", ["Isaac-Factory-NutThreadM8-Play-v0"]),
    ],
)
def test_the_shell_completes(line: str, offered: list[str]) -> None:
    assert sorted(completions(line)) == sorted(offered)


def test_every_script_that_takes_a_task_can_be_completed() -> None:
    for script in (ROOT / "scripts").glob("*.py"):
        text = script.read_text(encoding="utf-8")
        taken = ("add_environment_arguments(", "train(", "play(", "run_untrained(", "add_plugin_argument(")
        if any(function in text for function in taken):
            assert "PYTHON_ARGCOMPLETE_OK" in text[:1024], script.name
