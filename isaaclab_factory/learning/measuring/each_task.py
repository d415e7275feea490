# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measures several tasks one after another and prints one table.

Each task has a process of its own, so that its memory and the time of its start are its own.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout
from dataclasses import asdict
from typing import TypeVar

from isaaclab_factory.learning import arguments, session

Result = TypeVar("Result")


def chosen_tasks(args: argparse.Namespace) -> list[str]:
    """Imports the plugins and returns the tasks that a command line asks for.

    Args:
        args: What :func:`arguments.add_environment_arguments` parsed, made for several tasks.

    Raises:
        UserError: A plugin cannot be imported, or one of the tasks is not registered.
    """
    session.load_plugins(args)
    if args.all_tasks:
        return [task for task in arguments.trainable_tasks() if "-Play-" not in task]
    tasks = list(dict.fromkeys(args.tasks or [arguments.DEFAULT_TASK]))
    for task in tasks:
        arguments.check_task(task)
    return tasks


def measure_tasks(
    args: argparse.Namespace, measure: Callable[[argparse.Namespace], Result], result_type: type[Result]
) -> Iterator[Result]:
    """Measures the tasks of a script's command line.

    Args:
        args: The parsed command line of the script that runs, which takes ``--json``.
        measure: Measures ``args.task`` after the app was started. What it prints goes to the standard error.
        result_type: A dataclass of numbers, strings, lists and dictionaries.

    Yields:
        What was measured, task by task.

    Raises:
        UserError: A plugin cannot be imported, or one of the tasks is not registered.
        SystemExit: The process of a task failed, which has said why.
    """
    tasks = chosen_tasks(args)
    if len(tasks) == 1:
        args.task = tasks[0]
        session.start_app(args)
        with redirect_stdout(sys.stderr):
            result = measure(args)
        yield result
        return
    for task in tasks:
        command = [sys.executable, sys.argv[0], *without_tasks(sys.argv[1:]), "--task", task, "--json"]
        finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if not finished.stdout:
            sys.exit(finished.returncode)
        yield result_type(**json.loads(finished.stdout))


def without_tasks(argv: list[str]) -> list[str]:
    """Returns a command line without what says which tasks."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    arguments.add_tasks_arguments(parser)
    return parser.parse_known_args(argv)[1]


def print_results(
    results: Iterable[Result], columns: dict[str, Callable[[Result], str]], as_json: bool
) -> list[Result]:
    """Prints results as they come: a Markdown table, or a line of JSON for each.

    Args:
        results: Dataclasses.
        columns: By header, what stands in a column.
        as_json: Whether to print JSON.

    Returns:
        The results.
    """
    printed: list[Result] = []
    for result in results:
        printed.append(result)
        if as_json:
            print(json.dumps(asdict(result)), flush=True)
            continue
        if len(printed) == 1:
            print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
        print(f"| {' | '.join(cell(result) for cell in columns.values())} |", flush=True)
    return printed
