# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The command line of the training scripts."""

from isaaclab_factory.learning.arguments.flags import (
    DEFAULT_LOG_ROOT,
    add_agent_arguments,
    add_checkpoint_argument,
    add_environment_arguments,
    add_evaluation_arguments,
    add_library_argument,
    add_video_arguments,
)
from isaaclab_factory.learning.arguments.parser import OneLineParser
from isaaclab_factory.learning.arguments.values import positive_int
from isaaclab_factory.learning.distributed import add_distributed_arguments
from isaaclab_factory.learning.experiment import add_experiment_argument
from isaaclab_factory.learning.trust import add_trust_argument


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
    add_experiment_argument(parser)
    if library is None:
        add_library_argument(parser)
    add_environment_arguments(parser)
    add_agent_arguments(parser)
    parser.add_argument("--max_iterations", type=positive_int, help="policy updates (default: the configuration's)")
    add_checkpoint_argument(parser, "go on from")
    add_trust_argument(parser)
    add_evaluation_arguments(parser)
    add_video_arguments(parser, repeated=True)
    add_distributed_arguments(parser)
    parser.add_argument(
        "--log_root", default=DEFAULT_LOG_ROOT, help="where run folders are made (default: %(default)s)"
    )
    return parser
