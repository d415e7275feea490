# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What the reader tells the user about a stage: errors it raises and approximations it logs."""

from __future__ import annotations

import logging

logger = logging.getLogger("isaaclab_factory.kitless")


class SceneError(ValueError):
    """The stage holds something that would change the motion and that no kit-less engine can simulate."""


class Notes:
    """Collects approximations while a stage is read and logs each kind once.

    A scene has hundreds of prims that were authored alike, so a line per prim would bury the message.
    """

    def __init__(self) -> None:
        self._paths: dict[str, list[str]] = {}

    def add(self, message: str, path: object) -> None:
        """Note an approximation.

        Args:
            message: What is approximated and how. Equal messages are counted together.
            path: Path of the prim it was found on.
        """
        self._paths.setdefault(message, []).append(str(path))

    def flush(self) -> None:
        """Log every kind as one warning with the first prim's path and the number of prims, and forget them."""
        for message, paths in self._paths.items():
            count = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
            logger.warning("%s (%s%s)", message, paths[0], count)
        self._paths.clear()
