# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""One small adapter per RL library: the library's own runner, told where to log and how to save."""

import importlib
import os

import gym_notices.notices

from isaaclab_factory.learning.libraries.base import LibraryTrainer

# rsl_rl imports GitPython, which refuses to be imported on a machine without git unless told to be quiet.
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
# rl_games imports the old gym, which prints at every import that it is unmaintained.
gym_notices.notices.notices.clear()


def trainer_class(library: str) -> type[LibraryTrainer]:
    """Returns the adapter of a library and imports the library."""
    return importlib.import_module(f"{__name__}.{library}_trainer").Trainer
