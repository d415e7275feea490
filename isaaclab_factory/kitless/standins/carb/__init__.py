# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Carbonite: logging, small vectors, and the interfaces in the submodules."""

import logging as _logging
from collections import namedtuple as _namedtuple

from carb import events, input, settings, tokens

_logger = _logging.getLogger("carb")

Float2 = _namedtuple("Float2", "x y")
Float3 = _namedtuple("Float3", "x y z")
Float4 = _namedtuple("Float4", "x y z w")


def log_verbose(message: str) -> None:
    """Log a message at debug level."""
    _logger.debug(message)


def log_info(message: str) -> None:
    """Log a message at info level."""
    _logger.info(message)


def log_warn(message: str) -> None:
    """Log a warning."""
    _logger.warning(message)


def log_error(message: str) -> None:
    """Log an error."""
    _logger.error(message)
