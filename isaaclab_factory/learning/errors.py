# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Mistakes that a user can mend: reported in one line without a traceback."""

import errno
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

CANNOT_WRITE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}
"""Errors of the operating system for a disk that accepts no more data."""


class UserError(Exception):
    """Something the user asked for cannot be done; the message says what was wrong and what is allowed."""

    def __init__(self, message: object) -> None:
        """Keep the message on one line: its line breaks, of another library's message, become spaces."""
        super().__init__(" ".join(str(message).split()))


def modules_of(error: BaseException) -> list[str]:
    """Returns the names of the modules that an error came through, the one that raised it last."""
    return [frame.f_globals.get("__name__", "") for frame, _ in traceback.walk_tb(error.__traceback__)]


@contextmanager
def agent_must_work() -> Iterator[None]:
    """Turns the exceptions of code that reads the agent's configuration into one line.

    Raises:
        UserError: A value in the configuration is missing, or has the wrong type or size.
    """
    try:
        yield
    except (ValueError, TypeError) as error:
        raise UserError(f"the agent's configuration does not work: {error}") from error
    except (AttributeError, KeyError) as error:  # for instance a section that is null
        raise UserError(f"the agent's configuration does not work: {type(error).__name__}: {error}") from error
