# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""When the simulation may go on: the buttons in the browser say so, the simulation waits for it."""

import enum
import threading
import time
from collections import deque


class Turn(enum.Enum):
    """What the simulation does next."""

    STEP = enum.auto()
    RESET = enum.auto()
    DRAW = enum.auto()
    """Show something else of the state as it is."""


class Playback:
    """Pause, single steps and speed.

    The simulation's thread calls :meth:`next_turn`, which returns when it may go on. Any thread may call the others,
    and they return at once: the simulation is only ever touched by its own thread.
    """

    def __init__(self, step_time: float) -> None:
        """Args:
        step_time: Simulated time of a step in s.
        """
        self._step_time = step_time
        self._changed = threading.Condition()
        self._paused = False
        self._speed: float | None = 1.0
        self._single_steps = 0
        self._reset = False
        self._draw = False
        self._due = time.monotonic()
        self._steps: deque[float] = deque(maxlen=30)

    @property
    def paused(self) -> bool:
        """Whether the simulation stands still."""
        return self._paused

    @property
    def measured_speed(self) -> float:
        """Simulated time over real time during the last steps without a pause, 0 if there are none."""
        with self._changed:
            steps = tuple(self._steps)
        elapsed = steps[-1] - steps[0] if steps else 0.0
        return (len(steps) - 1) * self._step_time / elapsed if elapsed > 0.0 else 0.0

    def toggle_pause(self) -> None:
        """Stands still, or goes on."""
        with self._changed:
            self._pause(not self._paused)

    def single_step(self) -> None:
        """Stands still after one more step."""
        with self._changed:
            self._pause(True)
            self._single_steps += 1

    def reset(self) -> None:
        """Asks for new episodes, paused or not."""
        with self._changed:
            self._reset = True
            self._changed.notify()

    def redraw(self) -> None:
        """Asks for a picture without a step in between."""
        with self._changed:
            self._draw = True
            self._changed.notify()

    def set_speed(self, speed: float | None) -> None:
        """Sets how fast the simulation may go.

        Args:
            speed: Simulated time over real time, None for as fast as it can.
        """
        with self._changed:
            self._speed = speed
            self._due = time.monotonic()
            self._steps.clear()
            self._changed.notify()

    def next_turn(self) -> Turn:
        """Waits until there is something to do and returns what."""
        with self._changed:
            while True:
                if self._reset:
                    self._reset = False
                    return Turn.RESET
                if self._draw:
                    self._draw = False
                    return Turn.DRAW
                if self._single_steps:
                    self._single_steps -= 1
                    return Turn.STEP
                if self._paused:
                    self._changed.wait()
                elif (wait := self._due - time.monotonic()) > 0.0:
                    self._changed.wait(wait)
                else:
                    self._book_step()
                    return Turn.STEP

    def _pause(self, paused: bool) -> None:
        self._paused = paused
        self._draw = True
        self._due = time.monotonic()
        self._steps.clear()
        self._changed.notify()

    def _book_step(self) -> None:
        """Sets when the next step is due: a late one does not make those after it hurry."""
        now = time.monotonic()
        self._steps.append(now)
        period = self._step_time / self._speed if self._speed else 0.0
        self._due = max(self._due + period, now)
