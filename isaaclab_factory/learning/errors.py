# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Mistakes a user can mend are told in one line and end a script with exit code 2."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EXIT_USER_ERROR = 2
EXIT_INTERRUPTED = 130


class UserError(Exception):
    """Something the user asked for cannot be done; the message says what and what is allowed."""

    def __init__(self, message: object) -> None:
        """Args:
        message: What was wrong; line breaks (of a library's own message) become spaces.
        """
        super().__init__(" ".join(str(message).split()))


@contextmanager
def agent_must_work() -> Iterator[None]:
    """Tells in one line of a configuration of the agent of which something cannot be made.

    Raises:
        UserError: The block found a value of another type or size than it needs, or none.
    """
    try:
        yield
    except (ValueError, TypeError) as error:
        raise UserError(f"the agent's configuration does not work: {error}") from error
    except (AttributeError, KeyError) as error:  # a section that is not one
        raise UserError(f"the agent's configuration does not work: {type(error).__name__}: {error}") from error


def run_script(main: Callable[[], None]) -> int:
    """Runs a script's main function.

    Args:
        main: Does the work; raises :class:`UserError` for a mistake of the user.

    Returns:
        The exit code: 0, 2 after a user's mistake, 130 after Ctrl-C. Every other exception keeps its traceback.
    """
    try:
        main()
    except UserError as error:
        if _complains():
            print(f"error: {error}", file=sys.stderr)
        return EXIT_USER_ERROR
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    return 0


def _complains() -> bool:
    """Whether it is this process that tells mistakes: of several that torchrun started with one command, the first."""
    from isaaclab_factory.learning.scaling.distributed import current_group, launched

    return launched is None or launched.rank == 0 or current_group() is not None
