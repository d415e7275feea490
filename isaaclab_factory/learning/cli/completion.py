# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Completes command lines in the shell: flags, task ids, and the hyperparameters of a task.

Shells ask through argcomplete, which runs the script up to its parser. It counts the words of the line with
``_ARGCOMPLETE``, the number of the program's own word from 1.
"""

import argparse
import os
from collections.abc import Collection
from typing import Any

from isaaclab_factory.learning.cli.tasks import DEFAULT_TASK, LIBRARIES, agents_of, own_tasks

_answering = False


def complete(parser: argparse.ArgumentParser) -> None:
    """Answers a shell that asks for completions and ends the script; does nothing otherwise."""
    global _answering
    if "_ARGCOMPLETE" not in os.environ or _answering:
        return
    _answering = True  # argcomplete parses the command line itself
    import argcomplete

    argcomplete.autocomplete(parser)


def complete_command(commands: Collection[str]) -> str | None:
    """Answers a shell that asks for the name of a command, and ends the program.

    Where the name is there already, the shell asks for the words behind it: the parser of the command answers then, as
    if the command were the program.

    Returns:
        The command whose parser has to answer, None if there is none of that name.
    """
    from argcomplete.lexers import split_line

    line, point, start = (os.environ[name] for name in ("COMP_LINE", "COMP_POINT", "_ARGCOMPLETE"))
    *_, words, _ = split_line(line, int(point))
    behind_program = words[int(start) :]  # whole words: the one at the cursor is not among them
    if not behind_program:
        parser = argparse.ArgumentParser()
        parser.add_argument("command", choices=commands)
        complete(parser)
    os.environ["_ARGCOMPLETE"] = str(int(start) + 1)
    return behind_program[0] if behind_program[0] in commands else None


def complete_task(**_: Any) -> list[str]:
    """Returns the completions of ``--task``."""
    return own_tasks()


def complete_agent(parsed_args: argparse.Namespace, **_: Any) -> list[str]:
    """Returns the completions of ``--agent``, given the task and the library before it."""
    task = getattr(parsed_args, "task", None) or DEFAULT_TASK
    if task not in own_tasks():
        return []
    libraries = [parsed_args.lib] if getattr(parsed_args, "lib", None) else LIBRARIES
    return [agent for library in libraries for agent in agents_of(task, library)]
