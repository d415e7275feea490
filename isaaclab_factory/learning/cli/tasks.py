# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The registered tasks, and the hyperparameters and scripted agents that they come with."""

import difflib
import importlib
import pkgutil
import re
from collections.abc import Callable

import gymnasium

from isaaclab_factory.learning.errors import UserError

LIBRARIES = ("rsl_rl", "rl_games", "skrl")
"""The RL libraries that a task can be trained with."""

DEFAULT_TASK = "Isaac-Factory-PegInsert"

SCRIPTED = "scripted_agent_entry_point"
"""Key of a task's gym kwargs: a function from the environment to its next actions, or its name ``module:function``."""

_OWN = "isaaclab_factory.tasks"
_ISAAC_LAB = "isaaclab_tasks"
"""The package that registers Isaac Lab's own tasks. Importing it takes seconds."""


def own_tasks() -> list[str]:
    """Returns the sorted gym ids of this package's tasks and of the plugins': all but those of Isaac Lab."""
    importlib.import_module(_OWN)
    return sorted(
        name
        for name, spec in gymnasium.registry.items()
        if "env_cfg_entry_point" in spec.kwargs
        and not _module(spec.kwargs["env_cfg_entry_point"]).startswith(f"{_ISAAC_LAB}.")
    )


def _module(entry_point: object) -> str:
    """Returns the module of an entry point: a string ``module:name``, a class, or an instance of one."""
    return entry_point if isinstance(entry_point, str) else getattr(entry_point, "__module__", "")


def check_task(task: str) -> None:
    """Imports what registers a task, and checks that it is there.

    Args:
        task: Gym id of a task of this package, of a plugin, of an installed package that Isaac Lab's entry-point group
            ``isaaclab.tasks`` names, or of Isaac Lab itself.

    Raises:
        UserError: There is no such task; the message names the closest ones.
    """
    own = own_tasks()
    if task not in gymnasium.registry and task.startswith("Isaac"):
        importlib.import_module(_ISAAC_LAB)
        importlib.import_module("isaaclab.cli").load_external_tasks()
    if task not in gymnasium.registry:
        close = difflib.get_close_matches(task, own, n=3, cutoff=0.5) or own
        hint = "(all: list_envs.py; a task of your own needs --plugin)"
        raise UserError(f"unknown task {task!r}; did you mean {', '.join(close)}? {hint}")
    if "env_cfg_entry_point" not in gymnasium.registry[task].kwargs:
        raise UserError(f"{task} is registered without an 'env_cfg_entry_point', so it is no task of Isaac Lab")


def agents_of(task: str, library: str) -> list[str]:
    """Returns the entry points of hyperparameters that a registered task has for a library."""
    return [name for name in gymnasium.spec(task).kwargs if re.fullmatch(rf"{library}_(\w+_)?cfg_entry_point", name)]


def entry_point(library: str, agent: str | None) -> str:
    """Returns the whole name of an entry point: ``gru`` is short for ``rsl_rl_gru_cfg_entry_point``.

    Args:
        library: The RL library.
        agent: An entry point or its short name, None for the library's first.
    """
    if agent is None:
        return f"{library}_cfg_entry_point"
    return agent if agent.endswith("cfg_entry_point") else f"{library}_{agent}_cfg_entry_point"


def check_agent(task: str, library: str, agent: str | None) -> str:
    """Returns the entry point of the hyperparameters that the user asked for, or else the default of the library.

    Args:
        task: Gym id of a registered task.
        library: The RL library.
        agent: See :func:`entry_point`.

    Raises:
        UserError: The task has no such entry point for this library.
    """
    key = entry_point(library, agent)
    known = agents_of(task, library)
    if key not in known:
        raise UserError(f"{task} has no {key!r} for {library}; it has {', '.join(known) or 'none for this library'}")
    return key


def scripted_agent(task: str) -> Callable:
    """Returns the function that acts: from the unwrapped environment to actions of shape (num_envs, action_dim).

    Raises:
        UserError: The task has no such agent, or it cannot be imported.
    """
    found = gymnasium.spec(task).kwargs.get(SCRIPTED)
    if found is None:
        there = ", ".join(name for name in own_tasks() if SCRIPTED in gymnasium.spec(name).kwargs)
        raise UserError(f"{task} has no scripted agent ({SCRIPTED!r} in its kwargs); these have one: {there}")
    if not isinstance(found, str):
        return found
    try:
        return pkgutil.resolve_name(found)
    except (ImportError, AttributeError, ValueError) as error:
        raise UserError(f"{task} is registered with the {SCRIPTED} {found!r}: {error}") from error
