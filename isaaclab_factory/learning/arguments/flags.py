# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Adds arguments to the parsers of the scripts, a group at a time."""

import argparse

from isaaclab_factory.app import SIM_CHOICES
from isaaclab_factory.learning.arguments.values import count_int, device_name, module_name, positive_int, seed_int

LIBRARIES = ("rsl_rl", "rl_games", "skrl")
"""The RL libraries a task can be trained with."""

DEFAULT_TASK = "Isaac-Factory-PegInsert-v0"
DEFAULT_LOG_ROOT = "logs"
MEASURED_ENVS = 128
"""Environments of the commands that measure a policy."""


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
