# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Extensions of Kit: there are none."""

import logging

_logger = logging.getLogger(__name__)


def enable_extension(extension_name: str) -> bool:
    """Try to load an extension.

    Returns:
        False. What the extension would bring says so when it is imported.
    """
    _logger.debug("extension '%s' is not available without Isaac Sim", extension_name)
    return False


def get_extension_path_from_name(extension_name: str) -> str:
    """Folder of an extension: a path that does not exist, so that opening a file in it names the extension."""
    return f"/not-available-without-isaac-sim/{extension_name}"
