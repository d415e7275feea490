# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Lists the tasks, their presets and their agents."""

import re
import shutil
import textwrap

import gymnasium

from isaaclab_factory.learning.cli.flags import add_plugin_flag
from isaaclab_factory.learning.cli.parser import OneLineParser
from isaaclab_factory.learning.cli.tasks import own_tasks
from isaaclab_factory.learning.config.load import task_presets
from isaaclab_factory.learning.config.plugins import import_plugin

ENTRY_POINT = "_cfg_entry_point"
"""End of the names of all entry points."""


def list_tasks(argv: list[str]) -> None:
    """Prints the ids of the tasks, by default with their presets and agents.

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
        _print_all(tasks)


def _print_all(tasks: list[str]) -> None:
    width = shutil.get_terminal_size().columns
    for task in tasks:
        domain, physics = task_presets(task)
        print(task)
        for name, values in (("presets=", domain), ("physics=", physics), ("--agent", _agents(task))):
            indent = f"  {name:<9} "
            print(textwrap.fill(", ".join(values), width, initial_indent=indent, subsequent_indent=" " * len(indent)))
    print(f"\nAgents are named in full with --agent: <name>{ENTRY_POINT}")


def _agents(task: str) -> list[str]:
    """Returns the names of a task's hyperparameters, without what all entry points end with."""
    matches = (re.fullmatch(r"(?!env_)(\w+)_cfg_entry_point", key) for key in gymnasium.spec(task).kwargs)
    return [match[1] for match in matches if match]
