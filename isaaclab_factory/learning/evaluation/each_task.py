# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measures several tasks one after another and prints one table.

Each task gets a process of its own, so that its memory and its start can be measured.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout
from dataclasses import asdict

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.flags import add_environment_flags, add_tasks_flags
from isaaclab_factory.learning.cli.parser import OneLineParser, task_parser
from isaaclab_factory.learning.cli.tasks import DEFAULT_TASK, check_task, own_tasks
from isaaclab_factory.learning.config.plugins import import_plugin


def tasks_parser(description: str) -> OneLineParser:
    """Returns a parser for a script that measures several tasks: with ``--task`` more than once, and ``--json``."""
    parser = task_parser(description)
    add_environment_flags(parser, several_tasks=True, seed=0)
    parser.add_argument("--json", action="store_true", help="print one line of JSON per task instead of the table")
    return parser


def chosen_tasks(args: argparse.Namespace) -> list[str]:
    """Imports the plugins and returns the tasks that a command line asks for.

    Args:
        args: With ``tasks``, ``all_tasks`` and ``plugin``.

    Raises:
        UserError: A plugin cannot be imported, or one of the tasks is not registered.
    """
    for plugin in args.plugin:
        import_plugin(plugin)
    if args.all_tasks:
        return own_tasks()
    tasks = list(dict.fromkeys(args.tasks or [DEFAULT_TASK]))
    for task in tasks:
        check_task(task)
    return tasks


def measure_tasks[Result](
    args: argparse.Namespace, measure: Callable[[argparse.Namespace], Result], result_type: type[Result]
) -> Iterator[Result]:
    """Measures the tasks of a script's command line.

    Args:
        args: The parsed command line of the script that runs, which takes ``--json``.
        measure: Measures ``args.task``. What it prints goes to the standard error.
        result_type: A dataclass of numbers, strings, lists and dictionaries.

    Raises:
        UserError: A plugin cannot be imported, or one of the tasks is not registered.
        SystemExit: The process of a task failed; it has printed why.
    """
    tasks = chosen_tasks(args)
    if len(tasks) == 1:
        args.task = tasks[0]
        session.find_task(args)
        with redirect_stdout(sys.stderr):
            result = measure(args)
        yield result
        return
    for task in tasks:
        yield measure_in_process(task, without_tasks(sys.argv[1:]), result_type)


def measure_in_process[Result](task: str, words: list[str], result_type: type[Result]) -> Result:
    """Runs this script for one task in a process of its own.

    Args:
        words: The other words of the command line.
        result_type: A dataclass of numbers, strings, lists and dictionaries.

    Raises:
        SystemExit: The process failed; it has printed why.
    """
    command = [*session.own_command(), *words, "--task", task, "--json"]
    finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if finished.returncode or not finished.stdout:
        sys.exit(finished.returncode or 1)
    # Warp's kernels print on a GPU; the result comes last
    return result_type(**json.loads(finished.stdout.splitlines()[-1]))


def without_tasks(argv: list[str]) -> list[str]:
    """Returns a command line without the flags that name tasks."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    add_tasks_flags(parser)
    return parser.parse_known_args(argv)[1]


def print_results[Result](
    results: Iterable[Result], columns: dict[str, Callable[[Result], str]], as_json: bool
) -> None:
    """Prints results, which are dataclasses, as they arrive: a line of JSON for each, or a row of a Markdown table."""
    for number, result in enumerate(results):
        if as_json:
            print(json.dumps(asdict(result)), flush=True)
            continue
        if number == 0:
            print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
        print(f"| {' | '.join(cell(result) for cell in columns.values())} |", flush=True)
