# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The RL libraries: one file each behind the common :class:`~isaaclab_factory.learning.libraries.base.LibraryTrainer`.

Private names of a library are used in its ``compat_<library>.py`` only.
"""

import importlib
import os

from isaaclab_factory.learning.libraries.base import LibraryTrainer

# rsl_rl imports GitPython, which refuses to be imported on a machine without git unless this is set.
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")


def trainer_class(library: str) -> type[LibraryTrainer]:
    """Returns the trainer of a library and imports the library."""
    return importlib.import_module(f"{__name__}.{library}").Trainer
