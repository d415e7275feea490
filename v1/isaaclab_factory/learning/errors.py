# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Mistakes that a user can mend: reported in one line, with exit code 2 and no traceback."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EXIT_USER_ERROR = 2
EXIT_INTERRUPTED = 130


class UserError(Exception):
    """Something the user asked for cannot be done; the message says what was wrong and what is allowed."""

    def __init__(self, message: object) -> None:
        """Keep the message on one line.

        Args:
            message: What was wrong. Line breaks (of another library's message) become spaces.
        """
        super().__init__(" ".join(str(message).split()))


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


def run_script(main: Callable[[], None]) -> int:
    """Runs a script's main function.

    Args:
        main: Does the work; raises :class:`UserError` for a mistake of the user.

    Returns:
        The exit code: 0, 2 after a user's mistake, 130 after Ctrl-C. Other exceptions keep their traceback.
    """
    try:
        main()
    except UserError as error:
        if _reports_errors():
            print(f"error: {error}", file=sys.stderr)
        return EXIT_USER_ERROR
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe, such as `head`, has ended
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _reports_errors() -> bool:
    """Returns whether this process prints: of several that torchrun started, only the first."""
    return os.environ.get("RANK", "0") == "0"
