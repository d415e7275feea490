# PYTHON_ARGCOMPLETE_OK
# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Trains a task with the RL library named by ``--lib``; ``train_<library>.py`` is the same without that flag."""

import sys

from isaaclab_factory.learning.arguments import OneLineParser, add_library_argument, training_parser
from isaaclab_factory.learning.errors import run_script
from isaaclab_factory.learning.experiments.experiment import expand_experiment
from isaaclab_factory.learning.training import train


def main() -> None:
    """Trains with the library of the command line or of its experiment file."""
    parser = training_parser()
    argv = expand_experiment(parser, sys.argv[1:])
    library = parser.parse_known_args(argv)[0].lib
    finder = OneLineParser(add_help=False)
    add_library_argument(finder)
    train(library, finder.parse_known_args(argv)[1])


if __name__ == "__main__":
    sys.exit(run_script(main))
