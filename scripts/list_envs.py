# PYTHON_ARGCOMPLETE_OK
# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Lists the registered tasks and the RL libraries they have hyperparameters for."""

import re
import sys

import gymnasium
from rich.console import Console
from rich.table import Table

from isaaclab_factory.learning import session
from isaaclab_factory.learning.arguments import OneLineParser, add_plugin_argument, trainable_tasks
from isaaclab_factory.learning.errors import run_script


def main() -> None:
    """Prints one row per task."""
    parser = OneLineParser(description=__doc__)
    parser.add_argument("--plain", action="store_true", help="only the ids, one a line")
    parser.add_argument("--keyword", default="", metavar="TEXT", help="only ids that contain this")
    add_plugin_argument(parser)
    parser.set_defaults(sim="auto", device=None, headless=True)  # with a plugin Isaac Sim has to be started
    args = parser.parse_args()
    session.load_plugins(args)
    tasks = [task for task in trainable_tasks() if args.keyword in task]
    if args.plain:
        print("\n".join(tasks))
        return
    table = Table(title=" and ".join(["Tasks of isaaclab_factory", *args.plugin]))
    table.add_column("Task", no_wrap=True)  # ids are there to be copied
    table.add_column("Agents (for --agent: <name>_cfg_entry_point)")
    for task in tasks:
        agents = (re.fullmatch(r"(?!env_)(\w+)_cfg_entry_point", key) for key in gymnasium.spec(task).kwargs)
        table.add_row(task, ", ".join(match[1] for match in agents if match))
    Console().print(table)


if __name__ == "__main__":
    sys.exit(run_script(main))
