# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The command line of the training scripts."""

import argparse

from isaaclab_factory.learning.cli.completion import complete_task
from isaaclab_factory.learning.cli.flags import (
    add_agent_flag,
    add_checkpoint_flag,
    add_count,
    add_environment_flags,
    add_finite_flag,
    add_library_flag,
    add_run_choice_flags,
    add_trust_flag,
    add_video_flags,
)
from isaaclab_factory.learning.cli.parser import OneLineParser, task_parser
from isaaclab_factory.learning.cli.values import count_int, folder_name, positive_float

LOGGERS = ("tensorboard", "wandb", "neptune")
"""Values of ``--logger``. Every run has TensorBoard's files, whatever it is."""


def training_parser(library: str | None = None) -> OneLineParser:
    """Returns the parser of the training scripts.

    Args:
        library: The library the script trains with, or None for the script that asks for it with ``--lib``.
    """
    parser = task_parser(f"Train a task with {library or 'an RL library'}.")
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="take arguments and overrides from this experiment file, .yaml or .json; the command line overrides them",
    )
    _add_learning_flags(parser, library)
    add_environment_flags(parser)
    _add_run_flags(parser)
    add_finite_flag(parser)
    _add_evaluation_flags(parser)
    add_video_flags(parser)
    _add_tracking_flags(parser)
    parser.add_argument(
        "--distributed",
        action="store_true",
        help="train one policy in all the processes that torchrun started, each with its own environments",
    )
    return parser


def _add_learning_flags(parser: argparse.ArgumentParser, library: str | None) -> None:
    """Adds what learns and how long."""
    group = parser.add_argument_group("learning")
    if library is None:
        add_library_flag(group)
    add_agent_flag(group)
    add_count(group, "--max_iterations", help="policy updates (default: the agent's)")
    group.add_argument(
        "--linear_lr",
        action="store_true",
        help="let the learning rate fall linearly, to zero at the end of the training",
    )
    group.add_argument(
        "--sigma",
        type=positive_float,
        metavar="STD",
        help="standard deviation of the actions to start with, also of a checkpoint's policy",
    )


def _add_run_flags(parser: argparse.ArgumentParser) -> None:
    """Adds where a training writes and what it goes on from."""
    group = parser.add_argument_group("run folder", "<log_root>/<library>/<experiment_name>/<time>[_<run_name>]")
    add_run_choice_flags(group)
    group.add_argument("--run_name", type=folder_name, metavar="NAME", help="added to the folder's name")
    add_checkpoint_flag(group, "go on from")
    add_trust_flag(group)


def _add_evaluation_flags(parser: argparse.ArgumentParser) -> None:
    """Adds when and how the policy is evaluated while it trains."""
    group = parser.add_argument_group("evaluation during the training")
    group.add_argument(
        "--eval_interval",
        type=count_int,
        default=0,
        metavar="N",
        help="evaluate the policy every so many policy updates and keep the best (default: 0, never)",
    )
    add_count(group, "--eval_episodes", default=256, help="episodes of such an evaluation")
    task = group.add_argument("--eval_task", metavar="TASK", help="task of such an evaluation (default: the same task)")
    task.completer = complete_task


def _add_tracking_flags(parser: argparse.ArgumentParser) -> None:
    """Adds where a training is tracked."""
    group = parser.add_argument_group("tracking")
    group.add_argument(
        "--logger",
        choices=LOGGERS,
        help="where the curves go in addition to TensorBoard's files (default: the agent's)",
    )
    group.add_argument(
        "--log_project_name",
        metavar="NAME",
        help="project at Weights & Biases or Neptune (default: the agent's, else the experiment's name)",
    )
