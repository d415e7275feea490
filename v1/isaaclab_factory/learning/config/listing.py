# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Lists the tasks, their presets and their agents."""

import re

import gymnasium

from isaaclab_factory.learning.cli.flags import add_plugin_flag
from isaaclab_factory.learning.cli.parser import OneLineParser
from isaaclab_factory.learning.cli.tasks import own_tasks
from isaaclab_factory.learning.config.load import task_presets
from isaaclab_factory.learning.config.plugins import import_plugin


def list_tasks(argv: list[str]) -> None:
    """Prints the ids of the tasks, or a table with one row per task.

    Args:
        argv: Arguments after the script's name.

    Raises:
        UserError: The command line is wrong, or a plugin cannot be imported.
    """
    parser = OneLineParser(description="List the tasks of this package and of plugins. isaaclab list_envs lists all.")
    parser.add_argument("--plain", action="store_true", help="only the ids, one per line")
    parser.add_argument("--keyword", default="", metavar="TEXT", help="only ids that contain this")
    add_plugin_flag(parser)
    args = parser.parse_args(argv)
    for module in args.plugin:
        import_plugin(module)
    tasks = [task for task in own_tasks() if args.keyword in task]
    if args.plain:
        print("\n".join(tasks))
    else:
        _print_table(tasks)


def _print_table(tasks: list[str]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table()
    table.add_column("Task", no_wrap=True)  # ids are there to be copied
    table.add_column("presets=")
    table.add_column("physics=")
    table.add_column("--agent (and _cfg_entry_point)")
    for task in tasks:
        domain, physics = task_presets(task)
        table.add_row(task, ", ".join(domain), ", ".join(physics), ", ".join(_agents(task)))
    Console().print(table)


def _agents(task: str) -> list[str]:
    """Returns the names of a task's hyperparameters, without what all entry points end with."""
    matches = (re.fullmatch(r"(?!env_)(\w+)_cfg_entry_point", key) for key in gymnasium.spec(task).kwargs)
    return [match[1] for match in matches if match]
