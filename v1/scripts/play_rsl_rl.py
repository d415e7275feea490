# PYTHON_ARGCOMPLETE_OK
# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Plays a policy trained with rsl_rl; `play.py --lib rsl_rl` does the same."""

import sys

from isaaclab_factory.learning.cli.script import run_script
from isaaclab_factory.learning.play import play

if __name__ == "__main__":
    sys.exit(run_script(lambda: play(["--lib", "rsl_rl", *sys.argv[1:]])))
