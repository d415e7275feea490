# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""One small adapter per RL library: the library's own runner, told where to log and how to save."""

import importlib

from isaaclab_factory.learning.libraries.base import LibraryTrainer


def trainer_class(library: str) -> type[LibraryTrainer]:
    """Returns the adapter of a library and imports the library."""
    return importlib.import_module(f"{__name__}.{library}_trainer").Trainer
