# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What reaches the terminal while Isaac Lab and the libraries print."""

import io
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout
from typing import TextIO


@contextmanager
def quiet(console: TextIO | None = None, native: bool = False) -> Iterator[None]:
    """Keeps what Isaac Lab and the libraries print from the terminal.

    Args:
        console: Where it goes instead, None for nowhere.
        native: Whether this includes what libraries in C write to the process's standard error, such as Warp's note
            that there is no GPU.
    """
    target = console or io.StringIO()
    with redirect_stdout(target), redirect_stderr(target), _native_stderr_closed() if native else nullcontext():
        yield


@contextmanager
def _native_stderr_closed() -> Iterator[None]:
    number = 2
    kept = os.dup(number)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, number)
        yield
    finally:
        os.dup2(kept, number)
        os.close(nowhere)
        os.close(kept)


@contextmanager
def progress_bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Shows a progress bar on a terminal, nothing elsewhere.

    Yields:
        A function that takes how many of the total are done.
    """
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def warnings_shown() -> Iterator[None]:
    """Shows on the terminal what this package warns about meanwhile.

    While a task runs these are environments that went wrong in the engine, which must not be overlooked.
    """
    handler = logging.StreamHandler(sys.__stderr__)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("warning: %(message)s"))
    logger = logging.getLogger("isaaclab_factory")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
