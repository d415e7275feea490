# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Trains a task with the RL library named by ``--lib``.

Runs the script of that library, ``train_<library>.py``, which can also be run itself.
"""

import runpy
import sys
from pathlib import Path

from isaaclab_factory.learning.arguments import training_parser
from isaaclab_factory.learning.errors import run_script
from isaaclab_factory.learning.experiment import expand_experiment


def main() -> None:
    """Hands the command line, less ``--lib``, to the library's script."""
    parser = training_parser()
    argv = expand_experiment(parser, sys.argv[1:])
    library = parser.parse_known_args(argv)[0].lib
    script = Path(__file__).with_name(f"train_{library}.py")
    sys.argv = [str(script), *_without_library(argv)]
    runpy.run_path(str(script), run_name="__main__")


def _without_library(argv: list[str]) -> list[str]:
    """Returns the arguments without ``--lib <name>`` or ``--lib=<name>``."""
    kept, words = [], iter(argv)
    for word in words:
        if word == "--lib":
            next(words)
        elif not word.startswith("--lib="):
            kept.append(word)
    return kept


if __name__ == "__main__":
    sys.exit(run_script(main))
