# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Which tasks a script measures, and how it prints them."""

import json
import sys
from dataclasses import dataclass

import pytest

from isaaclab_factory.learning.cli.flags import add_environment_flags
from isaaclab_factory.learning.cli.parser import OneLineParser
from isaaclab_factory.learning.cli.tasks import DEFAULT_TASK, own_tasks
from isaaclab_factory.learning.diagnostics import each_task
from isaaclab_factory.learning.errors import UserError

PEG, GEAR = "Isaac-Factory-PegInsert", "Isaac-Factory-GearMesh"


@dataclass
class Measured:
    """A result."""

    task: str
    rate: float


def chosen(*argv: str) -> list[str]:
    parser = OneLineParser()
    add_environment_flags(parser, several_tasks=True)
    return each_task.chosen_tasks(parser.parse_args(argv))


@pytest.mark.parametrize(
    ("argv", "tasks"),
    [
        ([], [DEFAULT_TASK]),
        (["--task", GEAR], [GEAR]),
        (["--task", GEAR, "--num_envs", "4", "--task", PEG], [GEAR, PEG]),
        (["--task", GEAR, "--task", PEG, "--task", GEAR], [GEAR, PEG]),
    ],
)
def test_tasks_are_those_named_each_once(argv: list[str], tasks: list[str]) -> None:
    assert chosen(*argv) == tasks


def test_all_tasks_are_those_of_this_package() -> None:
    tasks = chosen("--all_tasks")
    assert {PEG, GEAR, "Isaac-Factory-NutThread"} <= set(tasks)
    assert tasks == own_tasks()


def test_an_unknown_task_among_others_is_reported_before_any_is_measured() -> None:
    with pytest.raises(UserError, match="unknown task 'Isaac-Factory-PegInsrt'"):
        chosen("--task", PEG, "--task", "Isaac-Factory-PegInsrt")


def test_the_process_of_a_task_gets_all_other_arguments() -> None:
    argv = ["--num_envs", "4", "--task", PEG, "presets=aided", f"--task={GEAR}", "--all_tasks", "--seed", "3"]
    assert each_task.without_tasks(argv) == ["--num_envs", "4", "presets=aided", "--seed", "3"]


def test_results_are_printed_as_a_table_or_as_lines_of_json(capsys: pytest.CaptureFixture) -> None:
    results = [Measured(PEG, 1234.5), Measured(GEAR, 2.0)]
    columns = {"task": lambda result: result.task, "rate": lambda result: f"{result.rate:,.0f}"}
    each_task.print_results(results, columns, as_json=False)
    assert capsys.readouterr().out.splitlines() == [
        "| task | rate |",
        "|---|---|",
        f"| {PEG} | 1,234 |",
        f"| {GEAR} | 2 |",
    ]
    each_task.print_results(results, columns, as_json=True)
    assert [json.loads(line)["rate"] for line in capsys.readouterr().out.splitlines()] == [1234.5, 2.0]


def test_the_result_of_a_process_is_its_last_line(monkeypatch: pytest.MonkeyPatch) -> None:
    result = json.dumps({"task": PEG, "rate": 2.0})
    code = f"print('a kernel printed this'); print({result!r})"
    monkeypatch.setattr(each_task.session, "own_command", lambda: [sys.executable, "-c", code])
    assert each_task.measure_in_process(PEG, ["--seed", "3"], Measured) == Measured(PEG, 2.0)
