# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What commands share that step tasks with random actions: a row or a process for each task, the start, and a watch.

Each task gets a process of its own, so that its memory and its start can be measured.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.flags import add_environment_flags, add_tasks_flags
from isaaclab_factory.learning.cli.parser import OneLineParser, task_parser
from isaaclab_factory.learning.cli.tasks import DEFAULT_TASK, check_task, own_tasks
from isaaclab_factory.learning.config.plugins import import_plugin

if TYPE_CHECKING:
    import torch
    from isaaclab.envs import ManagerBasedRLEnv


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


def start_apart(env: "ManagerBasedRLEnv") -> "torch.Tensor":
    """Resets an environment so that its episodes end at different times, as in a training after a while.

    Returns:
        Actions of zero. Shape is (num_envs, action_dim).
    """
    import torch

    env.reset()
    env.episode_length_buf.random_(int(env.max_episode_length))
    return torch.zeros(env.num_envs, env.action_manager.total_action_dim, device=env.device)


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What is known of every task that was stepped. Contacts, constraints and overflows are None without MuJoCo."""

    task: str
    overrides: list[str]
    physics: str
    num_envs: int
    most_contacts: int | None
    """Of an environment, after the steps that were watched."""
    most_constraints: int | None
    """The same of rows of the constraint Jacobian."""
    overflows: dict[str, int] | None
    """Environments by kind, see :mod:`isaaclab_factory.newton_mujoco.buffers`."""
    not_finite: int
    """Environments with an observation or a reward that was not finite after one of these steps."""


class Watch:
    """Looks at an environment after its steps: how full MuJoCo's buffers are, and whether its numbers are finite."""

    def __init__(self, env: "ManagerBasedRLEnv") -> None:
        import torch

        from isaaclab_factory.newton_mujoco import buffers

        self._env = env
        self._buffers, self._solver = buffers, buffers.solver()
        self._contacts, self._constraints = 0, 0
        self._not_finite = torch.zeros(env.num_envs, dtype=torch.bool, device=env.device)

    def look(self, step: tuple[Any, ...]) -> None:
        """Looks at the result of a step."""
        import torch

        observations, rewards = step[:2]
        for values in filter(torch.is_tensor, (*observations.values(), rewards)):
            self._not_finite |= ~values.isfinite().reshape(len(values), -1).all(dim=1)
        if self._solver is not None:
            contacts, constraints = self._buffers.counts(self._solver)
            self._contacts = max(self._contacts, int(contacts.max()))
            self._constraints = max(self._constraints, int(constraints.max()))

    def figures(self, task: str, overrides: list[str]) -> dict[str, Any]:
        """Returns the fields of :class:`Watched`."""
        known = self._solver is not None
        return {
            "task": task,
            "overrides": overrides,
            "physics": session.engine_name(self._env.cfg),
            "num_envs": self._env.num_envs,
            "most_contacts": self._contacts if known else None,
            "most_constraints": self._constraints if known else None,
            "overflows": self._buffers.overflows(self._solver) if known else None,
            "not_finite": int(self._not_finite.sum()),
        }
