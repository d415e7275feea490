# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Ctrl-C and SIGTERM: the first ends a training after its iteration, the second at once; elsewhere the first does."""

import math
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

EXIT_INTERRUPTED = 130

SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""What asks for the end. A shell lets its background jobs ignore the first, which is handled here all the same."""

GRACE_S = 1.0
"""After this time a script that was interrupted is ended the hard way: some library caught the exception."""


class StopTraining(KeyboardInterrupt):
    """Ends a training through the libraries' loops, also in the middle of an iteration."""


class StopAfterIteration(StopTraining):
    """Ends it where an iteration is done and reported, so that what was learned can be saved."""


class Interrupts:
    """Handles :data:`SIGNALS` as long as one of its contexts lasts.

    Outside of the phases below a signal ends the program at once. In another thread than the main one, where Python
    allows no signal handlers, it does nothing.
    """

    def __init__(self) -> None:
        self._depth = 0
        self._count = 0
        self._allowed: float = 0
        self._before: dict[int, object] = {}
        self._watchdog: threading.Timer | None = None
        self._stderr: int | None = None
        self._folders: list[Path] = []
        self.owns_process = False
        """Whether the process may be ended the hard way, because a script and not a user's own program runs in it."""

    def __enter__(self) -> "Interrupts":
        """Starts to handle signals, unless an outer context does so already."""
        if self._depth == 0 and threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._receive) for number in SIGNALS}
            self._count, self._allowed = 0, 0
            if self.owns_process:  # a copy: what libraries print may be hidden when the process ends the hard way
                self._stderr = os.dup(sys.__stderr__.fileno())
        self._depth += 1
        return self

    def __exit__(self, *exception: object) -> None:
        """Returns the signals to their earlier handlers at the end of the outermost context."""
        self._depth -= 1
        if self._depth == 0:
            self._call_off()
            for number, handler in self._before.items():
                signal.signal(number, signal.SIG_DFL if handler is None else handler)
            self._before = {}
            self._count = 0
            if self._stderr is not None:
                os.close(self._stderr)
                self._stderr = None

    @property
    def requested(self) -> bool:
        """Whether somebody has asked for the end."""
        return self._count > 0

    @contextmanager
    def removing(self, folder: Path) -> Iterator[None]:
        """While this lasts, a process that is ended the hard way removes a folder before."""
        self._folders.append(folder)
        try:
            yield
        finally:
            self._folders.remove(folder)

    def wait_for_iteration(self) -> None:
        """From now on the first signal is only recorded, and the second ends at once."""
        self._allowed = 1

    def hold(self) -> None:
        """From now on signals are only recorded, as something is saved."""
        self._allowed = math.inf
        self._call_off()

    def release(self) -> None:
        """From now on a signal ends at once."""
        self._allowed = 0

    def _receive(self, number: int, frame: FrameType | None) -> None:
        self._count += 1
        if self._count > self._allowed:
            if self._stderr is not None and self._watchdog is None:
                self._watchdog = threading.Timer(GRACE_S, _end_process, (self._stderr, self._folders))
                self._watchdog.daemon = True
                self._watchdog.start()
            raise KeyboardInterrupt
        if self._allowed == 1:
            # not by print, which the signal may have interrupted
            os.write(sys.__stderr__.fileno(), b"\nending after this iteration; once more ends at once\n")

    def _call_off(self) -> None:
        if self._watchdog is not None:
            self._watchdog.cancel()
            self._watchdog = None


def stop_process(process: subprocess.Popen, patience_s: float) -> None:
    """Ends a process: asks it to with SIGTERM, and kills it if it still runs after some time."""
    process.terminate()
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _end_process(stderr: int, folders: list[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    os.write(stderr, b"interrupted\n")
    os._exit(EXIT_INTERRUPTED)


INTERRUPTS = Interrupts()
"""The one of this process."""
