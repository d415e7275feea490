# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Adds to the parsers of the training scripts what only a training takes, a group at a time."""

import argparse

from isaaclab_factory.learning.arguments.completion import complete_task
from isaaclab_factory.learning.arguments.flags import (
    DEFAULT_LOG_ROOT,
    add_agent_arguments,
    add_algorithm_arguments,
    add_checkpoint_argument,
    add_library_argument,
    add_load_run_argument,
)
from isaaclab_factory.learning.arguments.values import boolean, count_int, folder_name, positive_float, positive_int

LOGGERS = ("tensorboard", "wandb", "neptune")
"""What ``--logger`` can be; every run has TensorBoard's files, whatever it is."""


def add_learning_arguments(parser: argparse.ArgumentParser, library: str | None) -> None:
    """Adds what learns and how long.

    Args:
        parser: The script's parser.
        library: The library that the script trains with, None to add which.
    """
    group = parser.add_argument_group("learning")
    if library is None:
        add_library_argument(group)
    add_agent_arguments(group)
    group.add_argument(
        "--max_iterations", type=positive_int, metavar="N", help="policy updates (default: the configuration's)"
    )
    group.add_argument(
        "--sigma",
        type=positive_float,
        metavar="STD",
        help="standard deviation of the actions to start with, also of a checkpoint's policy",
    )
    add_algorithm_arguments(group)


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds where a training writes."""
    group = parser.add_argument_group("run folder", "<log_root>/<library>/<experiment_name>/<time>[_<run_name>]")
    group.add_argument(
        "--log_root", default=DEFAULT_LOG_ROOT, metavar="FOLDER", help="where runs are kept (default: %(default)s)"
    )
    group.add_argument(
        "--experiment_name",
        type=folder_name,
        metavar="NAME",
        help="folder of the experiment's runs (default: the configuration's)",
    )
    group.add_argument(
        "--run_name",
        type=folder_name,
        metavar="NAME",
        help="added to the folder's name (default: nothing)",
    )
    group.add_argument(
        "--export_io_descriptors",
        action="store_true",
        help="write Isaac Lab's description of the task's inputs and outputs, io_descriptors/IO_descriptors.yaml",
    )


def add_start_arguments(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Adds what a training goes on from, see :mod:`~isaaclab_factory.learning.run_folder.earlier_runs`; returns it."""
    group = parser.add_argument_group("going on")
    add_checkpoint_argument(group, "go on from")
    group.add_argument(
        "--resume",
        action="store_true",
        help="go on from the newest run of the task, or that of --load_run; --checkpoint then names a file in it",
    )
    add_load_run_argument(group)
    return group


def add_evaluation_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds when and how the policy is evaluated while it trains."""
    group = parser.add_argument_group("evaluation while it trains")
    group.add_argument(
        "--eval_interval",
        type=count_int,
        default=0,
        metavar="N",
        help="evaluate the policy every so many policy updates and keep the best (default: 0, never)",
    )
    group.add_argument(
        "--eval_episodes",
        type=positive_int,
        default=256,
        metavar="N",
        help="episodes of such an evaluation (default: %(default)s)",
    )
    task = group.add_argument(
        "--eval_task", metavar="TASK", help="task of such an evaluation (default: the task's -Play variant)"
    )
    task.completer = complete_task


def add_tracking_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds where a training is tracked."""
    group = parser.add_argument_group("tracking")
    group.add_argument(
        "--logger",
        choices=LOGGERS,
        help="where the curves go besides TensorBoard's files (default: what the configuration says)",
    )
    group.add_argument(
        "--track", type=boolean, nargs="?", const=True, default=False, metavar="true", help="the same as --logger wandb"
    )
    group.add_argument(
        "--log_project_name",
        "--wandb-project-name",
        metavar="NAME",
        help="project at Weights & Biases or Neptune (default: the configuration's, else the experiment's name)",
    )
    group.add_argument("--wandb-entity", metavar="NAME", help="team or user of it (default: your own)")
    group.add_argument("--wandb-name", metavar="NAME", help="name of the run there (default: that of its folder)")
