# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Runs a script's main function, and turns what ends it into an exit code."""

import errno
import os
import pkgutil
import sys
import time
from collections.abc import Callable

from isaaclab_factory.learning.errors import CANNOT_WRITE, UserError, modules_of
from isaaclab_factory.learning.interrupts import EXIT_INTERRUPTED, INTERRUPTS

EXIT_USER_ERROR = 2

_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.ENOTDIR}
"""Errors of the operating system for a folder in which nothing can be made."""

PATIENCE_S = 60.0
"""How long a process waits for the first to report the mistake of both: torchrun ends all when one has ended."""


def run_script(main: Callable[[], None] | str, *arguments: str) -> int:
    """Runs a script's main function.

    Args:
        main: Does the work; raises :class:`UserError` for a mistake of the user. Or its name, ``module:function``: it
            is imported only where Ctrl-C is handled already, and called with the arguments of the script.
        *arguments: What the named function takes before the arguments of the script.

    Returns:
        The exit code: 0, 2 after a user's mistake, 130 after Ctrl-C. Other exceptions keep their traceback.
    """
    INTERRUPTS.owns_process = True
    # Isaac Lab imports MoviePy. Where pygame is installed it opens a window and a sound device, and reports their lack
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
    try:
        with INTERRUPTS:
            if isinstance(main, str):
                pkgutil.resolve_name(main)(*arguments, sys.argv[1:])
            else:
                main()
    except UserError as error:
        if not _reports_errors():
            time.sleep(PATIENCE_S)
        print(f"error: {error}", file=sys.stderr)
        return EXIT_USER_ERROR
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe, such as `head`, has ended
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:  # a library, or Isaac Lab when it is imported, could not write
        # Warp keeps compiled kernels in a cache of its own
        in_warp = any(f"{name}.".startswith("warp.") for name in modules_of(error))
        by_warp = in_warp and error.errno in CANNOT_WRITE | _NOT_ALLOWED
        if error.errno not in CANNOT_WRITE and not by_warp:
            raise
        remedy = "; set WARP_CACHE_PATH to a folder that can be written" if by_warp else ""
        print(f"error: cannot write {error.filename or 'a file'}: {error.strerror}{remedy}", file=sys.stderr)
        return EXIT_USER_ERROR
    return 0


def _reports_errors() -> bool:
    """Returns whether this process reports its mistakes at once.

    Processes that torchrun started with one command line all find the same mistake, until they have joined: then
    WORLD_SIZE is gone, and each may have one of its own.
    """
    return "WORLD_SIZE" not in os.environ or os.environ.get("RANK") == "0"
