# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The command line of the training scripts."""

from isaaclab_factory.learning.arguments.flags import add_environment_arguments, add_video_arguments
from isaaclab_factory.learning.arguments.parser import USAGE, OneLineParser
from isaaclab_factory.learning.arguments.training_flags import (
    add_evaluation_arguments,
    add_learning_arguments,
    add_run_arguments,
    add_start_arguments,
    add_tracking_arguments,
)
from isaaclab_factory.learning.experiments.experiment import add_experiment_argument
from isaaclab_factory.learning.measuring.finite import add_finite_argument
from isaaclab_factory.learning.run_folder.trust import add_trust_argument
from isaaclab_factory.learning.scaling.distributed import add_distributed_arguments


def training_parser(library: str | None = None) -> OneLineParser:
    """Returns the parser of the training scripts.

    Args:
        library: The library the script trains with, or None for the script that asks for it with ``--lib``.
    """
    parser = OneLineParser(
        description=f"Train a task with {library or 'an RL library'}.",
        usage=USAGE,
        epilog="Further arguments override configuration values the Hydra way: env.scene.env_spacing=3.0 or"
        " agent.policy.actor_hidden_dims=[64,64], with the keys of a run's params/env.yaml and params/agent.yaml;"
        " env.rewards.success=null drops a term.",
    )
    add_experiment_argument(parser)
    add_learning_arguments(parser, library)
    add_environment_arguments(parser)
    add_run_arguments(parser)
    add_trust_argument(add_start_arguments(parser))
    add_finite_argument(parser)
    add_evaluation_arguments(parser)
    add_video_arguments(parser, repeated=True)
    add_tracking_arguments(parser)
    add_distributed_arguments(parser)
    return parser
