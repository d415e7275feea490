# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Completes command lines in the shell: flags, task ids, and the hyperparameters of a task.

Shells ask through argcomplete, which runs the script up to its parser.
"""

import argparse
import os
from typing import Any

from isaaclab_factory.learning.cli.tasks import LIBRARIES, agents_of, own_tasks

_asked = False


def complete(parser: argparse.ArgumentParser) -> None:
    """Answers a shell that asks for completions and ends the script; does nothing otherwise.

    Args:
        parser: The script's complete parser.
    """
    global _asked
    if "_ARGCOMPLETE" not in os.environ or _asked:
        return
    _asked = True  # argcomplete parses the command line itself
    import argcomplete

    argcomplete.autocomplete(parser)


def complete_task(**_: Any) -> list[str]:
    """Returns the completions of ``--task``."""
    return own_tasks()


def complete_agent(parsed_args: argparse.Namespace, **_: Any) -> list[str]:
    """Returns the completions of ``--agent``, given the task and the library before it.

    Args:
        parsed_args: The part of the command line that is there already.
        **_: Other arguments of argcomplete.
    """
    task = getattr(parsed_args, "task", None)
    if task not in own_tasks():
        return []
    libraries = [parsed_args.lib] if getattr(parsed_args, "lib", None) else LIBRARIES
    return [agent for library in libraries for agent in agents_of(task, library)]
