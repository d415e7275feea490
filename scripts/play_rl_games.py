# PYTHON_ARGCOMPLETE_OK
# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Plays a policy trained with rl_games; `play.py --lib rl_games` is the same."""

import sys

from isaaclab_factory.learning.errors import run_script
from isaaclab_factory.learning.playing import play

if __name__ == "__main__":
    sys.exit(run_script(lambda: play(["--lib", "rl_games", *sys.argv[1:]])))
