# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Adds flags to the parsers of the scripts, one group at a time."""

import argparse

from isaaclab_factory.learning.cli.completion import complete_agent, complete_task
from isaaclab_factory.learning.cli.tasks import DEFAULT_TASK, LIBRARIES
from isaaclab_factory.learning.cli.values import (
    device_name,
    folder_name,
    module_name,
    path_text,
    pattern,
    positive_int,
    seed_int,
)

DEFAULT_LOG_ROOT = "logs"
MEASURED_ENVS = 128
"""Environments of the commands that measure a policy."""


def add_count(parser: argparse.ArgumentParser, *names: str, help: str, default: int | None = None) -> None:
    """Adds a flag that takes a whole number above zero.

    Args:
        help: What the help says about it, to which the default is added.
        default: The default, None for none.
    """
    shown = help if default is None else f"{help} (default: %(default)s)"
    parser.add_argument(*names, type=positive_int, default=default, metavar="N", help=shown)


def add_plugin_flag(parser: argparse.ArgumentParser) -> None:
    """Adds ``--plugin``."""
    parser.add_argument(
        "--plugin",
        type=module_name,
        action="append",
        default=[],
        metavar="MODULE",
        help="import this module first, from the working folder or installed; may be repeated",
    )


def add_task_flag(parser: argparse.ArgumentParser) -> None:
    """Adds ``--task`` for scripts that take one task."""
    task = parser.add_argument(
        "--task",
        help="gym id, see list_envs.py; <module>:<id> imports the module first"
        f" (default: that of the given checkpoint's run, else {DEFAULT_TASK})",
    )
    task.completer = complete_task


def add_tasks_flags(parser: argparse.ArgumentParser) -> None:
    """Adds ``--task`` for scripts that measure several tasks."""
    tasks = parser.add_argument(
        "--task",
        dest="tasks",
        action="append",
        metavar="TASK",
        help=f"gym id of a task, see list_envs.py; may be repeated (default: {DEFAULT_TASK})",
    )
    tasks.completer = complete_task
    parser.add_argument("--all_tasks", action="store_true", help="all tasks")


def add_environment_flags(
    parser: argparse.ArgumentParser, several_tasks: bool = False, seed: int | None = None
) -> None:
    """Adds the flags of every script that steps a task.

    Args:
        several_tasks: Whether the script takes several tasks.
        seed: The default seed, None for that of the configuration.
    """
    group = parser.add_argument_group("task")
    usual_seed = "the agent's" if seed is None else seed
    if several_tasks:
        add_tasks_flags(group)
    else:
        add_task_flag(group)
    add_plugin_flag(group)
    add_count(group, "--num_envs", help="number of environments (default: the task's own)")
    group.add_argument(
        "--seed",
        type=seed_int,
        default=seed,
        metavar="N",
        help=f"seed of everything random, -1 for a random one (default: {usual_seed})",
    )
    add_launcher_flags(parser)


def add_launcher_flags(parser: argparse.ArgumentParser, visualizer: str | None = None) -> None:
    """Adds the device, the visualizers, and what Isaac Lab's launcher passes on to Isaac Sim.

    They are those of :func:`isaaclab.app.add_launcher_args`, which takes seconds to import.

    Args:
        visualizer: The default visualizer, None for none.
    """
    group = parser.add_argument_group("simulation")
    group.add_argument(
        "--device",
        type=device_name,
        help="device of simulation and learning: cpu, cuda or cuda:N (default: the GPU if there is one)",
    )
    group.add_argument(
        "--viz",
        "--visualizer",
        dest="visualizer",
        default=visualizer,
        metavar="NAME,...",
        help=f"{VISUALIZERS} (default: {visualizer or 'none'})",
    )
    add_count(group, "--max_visible_envs", help="environments that are shown")
    group.add_argument("--deterministic", action="store_true", help="ask the GPU for reproducible results")
    kit = parser.add_argument_group("Isaac Sim", "They do nothing without Isaac Sim.")
    kit.add_argument(
        "--livestream", type=int, choices=(0, 1, 2), default=-1, help="stream the window: 1 public, 2 local"
    )
    kit.add_argument("--xr", action="store_true", help="enable virtual reality")
    kit.add_argument("--experience", default="", metavar="FILE", help="experience file to start")
    kit.add_argument("--kit_args", default="", metavar="ARGS", help="arguments for Kit, in one pair of quotes")
    kit.add_argument("--verbose", action="store_true", help="log everything")
    kit.add_argument("--info", action="store_true", help="log information")
    kit.add_argument("--anim_recording_enabled", action="store_true", help="record the simulation as USD")
    kit.add_argument("--anim_recording_start_time", type=float, default=0, metavar="S", help="start, in s (default: 0)")
    kit.add_argument("--anim_recording_stop_time", type=float, default=10, metavar="S", help="end, in s (default: 10)")


VISUALIZERS = "show the task: newton_gl (window), viser or rerun (browser), kit (Isaac Sim), none"


def add_agent_flag(parser: argparse.ArgumentParser, default: str = "the library's first") -> None:
    """Adds ``--agent``.

    Args:
        default: What the help says the default is.
    """
    agent = parser.add_argument(
        "--agent",
        metavar="NAME",
        help=f"hyperparameters: gru, or an entry point such as rl_games_lstm_cfg_entry_point (default: {default})",
    )
    agent.completer = complete_agent


def add_library_flag(parser: argparse.ArgumentParser, default: str | None = "rsl_rl", note: str = "") -> None:
    """Adds ``--lib``.

    Args:
        default: The default value.
        note: What the help says the default is, if not that.
    """
    parser.add_argument(
        "--lib", "--rl_library", choices=LIBRARIES, default=default, help=f"RL library (default: {note or default})"
    )


def add_checkpoint_flag(parser: argparse.ArgumentParser, action: str) -> None:
    """Adds ``--checkpoint``.

    Args:
        action: What the script does with it.
    """
    parser.add_argument(
        "--checkpoint",
        type=path_text,
        metavar="latest|best|PATH",
        help=f"{action} this checkpoint: the latest or the best of the task's newest run, a file, or the newest in a"
        " folder of one run or of several",
    )


def add_run_choice_flags(parser: argparse.ArgumentParser) -> None:
    """Adds which runs ``--checkpoint latest`` and ``best`` look at."""
    parser.add_argument(
        "--load_run",
        type=pattern,
        metavar="NAME",
        help="of the newest run whose folder has this name, which may be a regular expression",
    )
    parser.add_argument(
        "--log_root", default=DEFAULT_LOG_ROOT, metavar="FOLDER", help="where runs are kept (default: %(default)s)"
    )
    parser.add_argument("--experiment_name", type=folder_name, metavar="NAME", help="folder of the experiment's runs")


def add_trust_flag(parser: argparse.ArgumentParser) -> None:
    """Adds ``--trust_checkpoint``."""
    parser.add_argument(
        "--trust_checkpoint",
        action="store_true",
        help="load a checkpoint, and its run's configuration, even if loading it may run code that is in it",
    )


def add_finite_flag(parser: argparse.ArgumentParser) -> None:
    """Adds ``--check_finite``."""
    parser.add_argument(
        "--check_finite",
        action="store_true",
        help="end at the first action, state, reward or observation that is NaN or infinite: name the term that made it"
        " and save the last steps",
    )


def add_video_flags(parser: argparse.ArgumentParser) -> None:
    """Adds ``--video`` and its length and interval."""
    group = parser.add_argument_group("videos")
    group.add_argument("--video", action="store_true", help="record videos")
    add_count(group, "--video_length", help="steps of a video (default: Isaac Lab's)")
    add_count(group, "--video_interval", help="steps from one video to the next (default: Isaac Lab's)")
