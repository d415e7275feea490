# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The command lines of the scripts, checked before anything heavy is imported."""

import argparse
import difflib
import re
from typing import NoReturn

import gymnasium

from isaaclab_factory.app import SIM_CHOICES
from isaaclab_factory.learning.errors import UserError

LIBRARIES = ("rsl_rl", "rl_games", "skrl")
"""The RL libraries a task can be trained with."""

DEFAULT_TASK = "Isaac-Factory-PegInsert-v0"
DEFAULT_LOG_ROOT = "logs"
MEASURED_ENVS = 128
"""Environments of the commands that measure a policy."""

_OVERRIDE = re.compile(r"\+{0,2}(env|agent)\.[^=\s]+=.*", re.DOTALL)
"""Hydra's ``~`` is missing: Isaac Lab leaves what it takes away where it is."""


class OneLineParser(argparse.ArgumentParser):
    """An argument parser whose complaints are one line (without the usage text)."""

    def error(self, message: str) -> NoReturn:
        """Raises :class:`UserError` instead of printing the usage and leaving."""
        raise UserError(f"{message} (see --help)")


def positive_int(text: str) -> int:
    """Converts an argument that must be a whole number above zero."""
    return _whole_number(text, lowest=1)


def count_int(text: str) -> int:
    """Converts an argument that must be a whole number, zero or more."""
    return _whole_number(text, lowest=0)


def _whole_number(text: str, lowest: int) -> int:
    try:
        value = int(text)
    except ValueError:
        value = lowest - 1
    if value < lowest:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of {lowest} or more")
    return value


def seed_int(text: str) -> int:
    """Converts a seed: what both NumPy and PyTorch take."""
    try:
        value = int(text)
    except ValueError:
        value = -1
    if not 0 <= value < 2**32:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 4294967295")
    return value


def device_name(text: str) -> str:
    """Converts a device name: ``cpu``, ``cuda`` or ``cuda:<number>``."""
    if not re.fullmatch(r"cpu|cuda(:\d+)?", text):
        raise argparse.ArgumentTypeError(f"{text!r} is none of cpu, cuda, cuda:<number>")
    return text


def module_name(text: str) -> str:
    """Converts the name of a Python module: ``my_task`` or ``my_package.my_task``, not a file."""
    if text.endswith(".py") or not all(part.isidentifier() for part in text.split(".")):
        raise argparse.ArgumentTypeError(f"{text!r} is no module's name such as my_task or my_package.my_task")
    return text


def add_plugin_argument(parser: argparse.ArgumentParser) -> None:
    """Adds ``--plugin``."""
    parser.add_argument(
        "--plugin",
        type=module_name,
        action="append",
        default=[],
        metavar="MODULE",
        help="import this module, of the working folder or installed, which registers tasks; may be repeated",
    )


def add_tasks_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds ``--task`` for scripts that measure several tasks."""
    parser.add_argument(
        "--task",
        dest="tasks",
        action="extend",
        nargs="+",
        metavar="TASK",
        help=f"gym ids of tasks, see list_envs.py; may be repeated (default: {DEFAULT_TASK})",
    )
    parser.add_argument("--all_tasks", action="store_true", help="all tasks but their -Play- variants")


def add_environment_arguments(parser: argparse.ArgumentParser, several_tasks: bool = False) -> None:
    """Adds what every script that steps a task takes.

    Args:
        parser: The script's parser.
        several_tasks: Whether the script takes several tasks, see :mod:`isaaclab_factory.learning.each_task`.
    """
    if several_tasks:
        add_tasks_arguments(parser)
    else:
        parser.add_argument(
            "--task", default=DEFAULT_TASK, help="gym id of the task, see list_envs.py (default: %(default)s)"
        )
    add_plugin_argument(parser)
    parser.add_argument("--num_envs", type=positive_int, help="number of environments (default: the task's own)")
    parser.add_argument("--seed", type=seed_int, help="seed of environment and learning (default: the configuration's)")
    parser.add_argument("--device", type=device_name, help="cpu, cuda or cuda:N (default: cpu, on Isaac Sim cuda:0)")
    parser.add_argument("--sim", choices=SIM_CHOICES, default="auto", help="simulator (default: %(default)s)")
    parser.add_argument("--headless", action="store_true", help="open no window (there is none without Isaac Sim)")


def add_agent_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds which hyperparameters a script takes."""
    parser.add_argument("--agent", help="entry point of the hyperparameters, e.g. rl_games_lstm_cfg_entry_point")


def add_library_argument(parser: argparse.ArgumentParser) -> None:
    """Adds ``--lib``."""
    parser.add_argument("--lib", choices=LIBRARIES, default="rsl_rl", help="RL library (default: %(default)s)")


def add_checkpoint_argument(parser: argparse.ArgumentParser, action: str, required: bool = False) -> None:
    """Adds ``--checkpoint``.

    Args:
        parser: The parser.
        action: What the script does with it.
        required: Whether it must be given.
    """
    parser.add_argument(
        "--checkpoint",
        required=required,
        help=f"{action} this checkpoint file, or the newest one of this run folder or folder of runs",
    )


def add_evaluation_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds when and how the policy is evaluated while it trains."""
    parser.add_argument(
        "--eval_interval",
        type=count_int,
        default=0,
        help="evaluate the policy every so many policy updates and keep the best (default: 0, never)",
    )
    parser.add_argument(
        "--eval_episodes", type=positive_int, default=256, help="episodes of such an evaluation (default: %(default)s)"
    )
    parser.add_argument("--eval_task", help="task of such an evaluation (default: the task's -Play variant)")


def add_video_arguments(parser: argparse.ArgumentParser, repeated: bool = False) -> None:
    """Adds ``--video`` and ``--video_length``, and ``--video_interval`` where videos are made again and again.

    Args:
        parser: The script's parser.
        repeated: Whether the script goes on for many episodes.
    """
    parser.add_argument("--video", action="store_true", help="write videos of the first environments")
    length = "200" if repeated else "an episode"
    parser.add_argument(
        "--video_length", type=positive_int, default=200 if repeated else None, help=f"its steps (default: {length})"
    )
    if repeated:
        parser.add_argument(
            "--video_interval",
            type=positive_int,
            default=2000,
            help="steps from one to the next (default: %(default)s)",
        )


def training_parser(library: str | None = None) -> OneLineParser:
    """Returns the parser of the training scripts.

    Args:
        library: The library the script trains with, or None for the script that asks for it with ``--lib``.
    """
    parser = OneLineParser(
        description=f"Train a task with {library or 'an RL library'}.",
        epilog="Further arguments override configuration values the Hydra way: "
        "env.scene.env_spacing=3.0 agent.seed=7 (the keys are those of a run's params/env.yaml and params/agent.yaml).",
        allow_abbrev=False,
    )
    if library is None:
        add_library_argument(parser)
    add_environment_arguments(parser)
    add_agent_arguments(parser)
    parser.add_argument("--max_iterations", type=positive_int, help="policy updates (default: the configuration's)")
    add_checkpoint_argument(parser, "go on from")
    add_evaluation_arguments(parser)
    add_video_arguments(parser, repeated=True)
    parser.add_argument(
        "--log_root", default=DEFAULT_LOG_ROOT, help="where run folders are made (default: %(default)s)"
    )
    return parser


def split_overrides(parser: OneLineParser, argv: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Parses a command line.

    Args:
        parser: The script's parser.
        argv: The arguments after the script's name.

    Returns:
        The parsed arguments and the Hydra overrides among the rest.

    Raises:
        UserError: Something is neither an argument of the script nor a Hydra override.
    """
    args, rest = parser.parse_known_args(argv)
    for text in rest:
        if not _OVERRIDE.fullmatch(text):
            raise UserError(
                f"unknown argument {text!r}; overrides look like env.<key>=<value> or agent.<key>=<value>, and"
                " env.<term>=null drops a term"
            )
    return args, rest


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
    key = agent or f"{library}_cfg_entry_point"
    known = agents_of(task, library)
    if key not in known:
        raise UserError(f"{task} has no {key!r} for {library}; it has {', '.join(known) or 'none for this library'}")
    return key
