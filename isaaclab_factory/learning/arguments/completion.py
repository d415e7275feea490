# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Completes command lines in the shell: flags, the ids of tasks, and the hyperparameters that a task has.

Shells ask through argcomplete, which runs the script up to its parser.
"""

import argparse
import os
from typing import Any

from isaaclab_factory.learning.arguments.tasks import agents_of, trainable_tasks

_asked = False


def complete(parser: argparse.ArgumentParser) -> None:
    """Answers a shell that asks how a command line may go on and ends the script; does nothing where none asks.

    Args:
        parser: The script's parser, complete.
    """
    global _asked
    if "_ARGCOMPLETE" not in os.environ or _asked:
        return
    _asked = True  # argcomplete parses what there is of the command line
    import argcomplete

    argcomplete.autocomplete(parser)


def complete_task(**_: Any) -> list[str]:
    """Returns what may stand behind ``--task``."""
    return trainable_tasks()


def complete_agent(parsed_args: argparse.Namespace, **_: Any) -> list[str]:
    """Returns what may stand behind ``--agent``, given the task and the library before it.

    Args:
        parsed_args: What there is of the command line.
        **_: What else argcomplete tells.
    """
    task = getattr(parsed_args, "task", None)
    if task not in trainable_tasks():
        return []
    libraries = [parsed_args.lib] if getattr(parsed_args, "lib", None) else ["rsl_rl", "rl_games", "skrl"]
    return [agent for library in libraries for agent in agents_of(task, library)]
