# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Ctrl-C and the end that an operating system asks for: once ends a training after its iteration, twice at once."""

import math
import os
import signal
import sys
import threading
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""What asks a training to end. A shell lets its background jobs ignore the first, which is heeded here all the same."""


class StopTraining(KeyboardInterrupt):
    """Ends a training through the libraries' loops, also in the middle of an iteration."""


class StopAfterIteration(StopTraining):
    """Ends it where an iteration is done and reported, so that what was learned can be saved."""


class Interrupts:
    """Listens to :data:`SIGNALS`, as a context: outside of the phases below they end the program at once.

    In another thread than the first, where Python lets nobody listen, it does nothing.
    """

    def __init__(self) -> None:
        """Listens to nothing yet."""
        self._count = 0
        self._allowed: float = 0
        self._before: dict[int, object] = {}

    def __enter__(self) -> "Interrupts":
        """Begins to listen."""
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._receive) for number in SIGNALS}
        return self

    def __exit__(self, *exception: object) -> None:
        """Leaves the signals to who had them."""
        for number, handler in self._before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    @property
    def requested(self) -> bool:
        """Whether somebody has asked for the end."""
        return self._count > 0

    def wait_for_iteration(self) -> None:
        """From now on the first signal is noted only, and the second ends at once."""
        self._allowed = 1

    def hold(self) -> None:
        """From now on signals are noted only: something is saved."""
        self._allowed = math.inf

    def release(self) -> None:
        """From now on a signal ends at once."""
        self._allowed = 0

    def _receive(self, number: int, frame: FrameType | None) -> None:
        self._count += 1
        if self._count > self._allowed:
            raise KeyboardInterrupt
        if self._allowed == 1:
            # not by print: the signal may have come in the middle of one
            os.write(sys.__stderr__.fileno(), b"\nending after this iteration; once more ends at once\n")
