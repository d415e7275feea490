# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Adds arguments to the parsers of the scripts, a group at a time."""

import argparse

from isaaclab_factory.app import SIM_CHOICES
from isaaclab_factory.learning.arguments.completion import complete_agent, complete_task
from isaaclab_factory.learning.arguments.values import (
    device_name,
    module_name,
    path_text,
    pattern,
    positive_int,
    seed_int,
)

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
        help="import this module, of the working folder or installed, before the run; may be repeated",
    )


def add_tasks_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds ``--task`` for scripts that measure several tasks."""
    tasks = parser.add_argument(
        "--task",
        dest="tasks",
        action="extend",
        nargs="+",
        metavar="TASK",
        help=f"gym ids of tasks, see list_envs.py; may be repeated (default: {DEFAULT_TASK})",
    )
    tasks.completer = complete_task
    parser.add_argument("--all_tasks", action="store_true", help="all tasks but their -Play- variants")


def add_environment_arguments(
    parser: argparse.ArgumentParser, several_tasks: bool = False, seed: int | None = None
) -> None:
    """Adds what every script that steps a task takes.

    Args:
        parser: The script's parser.
        several_tasks: Whether the script takes several tasks, see :mod:`isaaclab_factory.learning.measuring.each_task`.
        seed: The seed if none is given, None for that of the configuration.
    """
    group = parser.add_argument_group("task")
    usual_seed = "the configuration's" if seed is None else seed
    if several_tasks:
        add_tasks_arguments(group)
    else:
        task = group.add_argument(
            "--task",
            default=DEFAULT_TASK,
            help="gym id, see list_envs.py; <module>:<id> imports the module first (default: %(default)s)",
        )
        task.completer = complete_task
    add_plugin_argument(group)
    group.add_argument(
        "--num_envs", type=positive_int, metavar="N", help="number of environments (default: the task's own)"
    )
    group.add_argument(
        "--seed",
        type=seed_int,
        default=seed,
        metavar="N",
        help=f"seed of all that is random, -1 for a random one (default: {usual_seed})",
    )
    add_simulator_arguments(parser)


def add_simulator_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds where a task is simulated, and what Isaac Lab's ``AppLauncher`` takes."""
    group = parser.add_argument_group("simulator")
    group.add_argument(
        "--sim",
        choices=SIM_CHOICES,
        default="auto",
        help="simulator; auto is Isaac Sim where it is installed, else MuJoCo (default: %(default)s)",
    )
    group.add_argument(
        "--device",
        type=device_name,
        help="of simulation and learning: cpu, cuda or cuda:N (default: cpu, on Isaac Sim cuda:0)",
    )
    group.add_argument("--headless", action="store_true", help="open no window (there is none without Isaac Sim)")
    group.add_argument(
        "--disable_fabric", action="store_true", help="on Isaac Sim, read and write USD instead of Fabric"
    )
    kit = parser.add_argument_group("Isaac Sim's own", "They do nothing without Isaac Sim, which is told.")
    kit.add_argument("--livestream", type=int, choices=(0, 1, 2), help="stream the window: 1 public, 2 local network")
    kit.add_argument("--enable_cameras", action="store_true", help="render cameras also where there is no window")
    kit.add_argument("--xr", action="store_true", help="enable virtual reality")
    kit.add_argument("--rendering_mode", choices=("performance", "balanced", "quality"), help="preset of the renderer")
    kit.add_argument("--experience", metavar="FILE", help="experience file to start")
    kit.add_argument("--kit_args", metavar="ARGS", help="arguments for Kit, in one pair of quotes")
    kit.add_argument("--verbose", action="store_true", help="let Isaac Sim log everything")
    kit.add_argument("--info", action="store_true", help="let Isaac Sim log what informs")
    kit.add_argument("--anim_recording_enabled", action="store_true", help="record the simulation as USD")
    kit.add_argument("--anim_recording_start_time", type=float, metavar="S", help="start of that, in s (default: 0)")
    kit.add_argument("--anim_recording_stop_time", type=float, metavar="S", help="end of that, in s (default: 10)")


KIT_FLAGS = (
    "livestream",
    "enable_cameras",
    "xr",
    "rendering_mode",
    "experience",
    "kit_args",
    "verbose",
    "info",
    "anim_recording_enabled",
    "anim_recording_start_time",
    "anim_recording_stop_time",
)
"""Those of :func:`add_simulator_arguments` that only Isaac Sim heeds."""


def add_agent_arguments(parser: argparse.ArgumentParser, default: str = "the library's first") -> None:
    """Adds which hyperparameters a script takes.

    Args:
        parser: The parser.
        default: What the help says the default is.
    """
    agent = parser.add_argument(
        "--agent",
        metavar="ENTRY_POINT",
        help=f"entry point of the hyperparameters, e.g. rl_games_lstm_cfg_entry_point (default: {default})",
    )
    agent.completer = complete_agent


def add_library_argument(parser: argparse.ArgumentParser, default: str | None = "rsl_rl", note: str = "") -> None:
    """Adds ``--lib``.

    Args:
        parser: The parser.
        default: Which it is if none is given.
        note: What the help says the default is, if not that.
    """
    parser.add_argument(
        "--lib",
        "--rl_library",
        choices=LIBRARIES,
        default=default,
        help=f"RL library (default: {note or default})",
    )


def add_checkpoint_argument(parser: argparse.ArgumentParser, action: str, required: bool = False) -> None:
    """Adds ``--checkpoint``.

    Args:
        parser: The parser.
        action: What the script does with it.
        required: Whether it must be given.
    """
    parser.add_argument(
        "--checkpoint",
        type=path_text,
        required=required,
        metavar="PATH",
        help=f"{action} this checkpoint file, or the newest one of this run folder or folder of runs",
    )


def add_load_run_argument(parser: argparse.ArgumentParser) -> None:
    """Adds ``--load_run``."""
    parser.add_argument(
        "--load_run",
        type=pattern,
        metavar="NAME",
        help="the newest run whose folder has this name, which may be a regular expression",
    )


def add_video_arguments(parser: argparse.ArgumentParser, repeated: bool = False) -> None:
    """Adds ``--video`` and ``--video_length``, and ``--video_interval`` where videos are made again and again.

    Args:
        parser: The script's parser.
        repeated: Whether the script goes on for many episodes.
    """
    group = parser.add_argument_group("videos")
    group.add_argument("--video", action="store_true", help="write videos of the first environments")
    group.add_argument(
        "--video_length",
        type=positive_int,
        default=200 if repeated else None,
        metavar="N",
        help=f"steps of a video (default: {200 if repeated else 'an episode'})",
    )
    if repeated:
        group.add_argument(
            "--video_interval",
            type=positive_int,
            default=2000,
            metavar="N",
            help="steps from one video to the next (default: %(default)s)",
        )


def add_algorithm_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what Isaac Lab's scripts for skrl choose from, where there is no choice here."""
    parser.add_argument(
        "--algorithm", type=str.upper, choices=("PPO",), default="PPO", help="PPO with every library; there is no other"
    )
    parser.add_argument(
        "--ml_framework",
        choices=("torch",),
        default="torch",
        help="PyTorch with every library; there is no other",
    )
