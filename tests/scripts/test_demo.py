# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The demo shows the shipped policies one after the other, and says what it cannot show."""

import json
import re

import pytest

from isaaclab_factory.learning.demo import demo
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.policies.pretrained import FOLDER, shipped_policies

TASKS = sorted({policy.task for policy in shipped_policies()})
PEG = "Isaac-Factory-PegInsert"
SHORT = ("--num_envs", "2", "--episodes", "2", "env.episode_length_s=0.4")


@pytest.mark.slow
def test_every_task_with_a_policy_is_shown_with_the_success_that_was_measured(run_forked) -> None:
    result = run_forked("demo.py", "--rounds", "1", "--viz", "none", *SHORT)
    assert (result.returncode, result.stderr) == (0, "")
    shown = re.findall(
        r"^(Isaac-\w+-\w+) presets=(\S+): policy of (\w+), measured (\S+) %", result.stdout, re.MULTILINE
    )
    assert [task for task, *_ in shown] == TASKS
    assert {"Isaac-Factory-GearMesh", "Isaac-Factory-NutThread", PEG} < set(TASKS)
    for task, presets, library, rate in shown:
        record = json.loads((FOLDER / f"{task}_{presets}_{library}" / "policy.json").read_text())
        assert float(rate) == round(100.0 * record["evaluation"]["success_rate"], 1)
    assert len(re.findall(r"^Isaac-\w+-\w+: 2 episodes, ", result.stdout, re.MULTILINE)) == len(TASKS)


@pytest.mark.slow
def test_a_task_that_cannot_be_shown_is_said_in_one_line_and_the_others_are_shown(run_forked) -> None:
    result = run_forked("demo.py", "--rounds", "2", "--viz", "none", "presets=search_motion,tight", *SHORT)
    assert result.returncode == 2
    *lines, last = result.stderr.splitlines()
    others = [task for task in TASKS if task != PEG]
    for line, task in zip(lines, others, strict=True):
        assert line.startswith(f"{task}: no policy is shipped for {task} presets=search_motion,tight; there are ")
    assert last == f"error: not shown: {', '.join(others)}"
    assert result.stdout.count(f"{PEG}: 2 episodes, ") == 2


@pytest.mark.slow
@pytest.mark.long
def test_the_browser_is_the_default_and_the_address_is_printed_for_every_task(run) -> None:
    result = run("demo.py", "--rounds", "1", *SHORT)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.count("http://localhost:") == len(TASKS)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--task", "Isaac-Factory-SquarePegInsert"], "no policy is shipped for Isaac-Factory-SquarePegInsert"),
        (["--task", "Isaac-Factory-PegInsrt"], "unknown task 'Isaac-Factory-PegInsrt'"),
        (["--rounds", "0"], "not a whole number of 1 or more"),
    ],
)
def test_a_mistaken_command_line_is_reported(words: list[str], message: str) -> None:
    with pytest.raises(UserError, match=message):
        demo(words)
