# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The registered tasks: which there are, and what belongs to one."""

import argparse
import difflib
import re

import gymnasium

from isaaclab_factory.learning.errors import UserError


def trainable_tasks() -> list[str]:
    """Returns the gym ids of this package's tasks and the plugins', sorted: all but those that Isaac Lab brings."""
    return sorted(
        name
        for name, spec in gymnasium.registry.items()
        if "env_cfg_entry_point" in spec.kwargs
        and not _module(spec.kwargs["env_cfg_entry_point"]).startswith("isaaclab_tasks.")
    )


def _module(entry_point: object) -> str:
    """Returns the module of an entry point: a string ``module:name``, a class, or an object of one."""
    return entry_point if isinstance(entry_point, str) else getattr(entry_point, "__module__", "")


def play_task(task: str) -> str:
    """Returns the id of a task's variant for playing and measuring, or the task's own where it has none."""
    play = re.sub(r"(?<!-Play)-v(\d+)$", r"-Play-v\1", task)
    return play if play in gymnasium.registry else task


def base_task(task: str) -> str:
    """Returns the id of the task that a -Play variant belongs to, or the id itself."""
    return re.sub(r"-Play-v(\d+)$", r"-v\1", task)


def agents_of(task: str, library: str) -> list[str]:
    """Returns the entry points of hyperparameters that a registered task has for a library."""
    return [name for name in gymnasium.spec(task).kwargs if re.fullmatch(rf"{library}_(\w+_)?cfg_entry_point", name)]


def check_task(task: str) -> None:
    """Raises :class:`UserError` with the closest names if no such Isaac Lab task is registered, here or elsewhere."""
    if task not in gymnasium.registry:
        tasks = trainable_tasks()
        close = difflib.get_close_matches(task, tasks, n=3, cutoff=0.5) or tasks
        raise UserError(f"unknown task {task!r}; did you mean {', '.join(close)}? (all: scripts/list_envs.py)")
    if "env_cfg_entry_point" not in gymnasium.registry[task].kwargs:
        raise UserError(f"{task} is registered without an 'env_cfg_entry_point', so it is no task of Isaac Lab")


def check_evaluation(args: argparse.Namespace, library: str) -> str:
    """Returns the task on which a policy is evaluated while it trains.

    Args:
        args: What :func:`training_parser` parsed.
        library: The RL library.

    Raises:
        UserError: It is not there, or does not take the agent, or there are to be no evaluations.
    """
    if args.eval_task and not args.eval_interval:
        raise UserError("--eval_task does nothing without --eval_interval")
    task = args.eval_task or play_task(args.task)
    check_task(task)
    if args.eval_interval:
        check_agent(task, library, args.agent)
    return task


def check_agent(task: str, library: str, agent: str | None) -> str:
    """Returns the entry-point key of the hyperparameters.

    Args:
        task: A registered task.
        library: The RL library.
        agent: The key the user asked for, or None for the library's default.

    Raises:
        UserError: The task has no such entry point for this library.
    """
    key = f"{library}_cfg_entry_point" if agent is None else agent
    known = agents_of(task, library)
    if key not in known:
        raise UserError(f"{task} has no {key!r} for {library}; it has {', '.join(known) or 'none for this library'}")
    return key
