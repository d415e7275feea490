# PYTHON_ARGCOMPLETE_OK
# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Trains a task with the RL library named by ``--lib``; ``train_<library>.py`` is the same without that flag."""

import sys

from isaaclab_factory.learning.cli.flags import add_library_flag
from isaaclab_factory.learning.cli.parser import OneLineParser
from isaaclab_factory.learning.cli.script import run_script
from isaaclab_factory.learning.cli.training import training_parser
from isaaclab_factory.learning.train import train


def main() -> None:
    """Trains with the library of the command line."""
    argv = sys.argv[1:]
    library = training_parser().parse_known_args(argv)[0].lib
    finder = OneLineParser(add_help=False)
    add_library_flag(finder)
    train(library, finder.parse_known_args(argv)[1])


if __name__ == "__main__":
    sys.exit(run_script(main))
