# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The timeline: whether the simulation plays, and who is told."""

from __future__ import annotations

import enum

from carb.events import IEventStream


class TimelineEventType(enum.IntEnum):
    """What happened to the timeline."""

    PLAY = 0
    PAUSE = 1
    STOP = 2
    CURRENT_TIME_CHANGED = 3


class ITimeline:
    """The timeline. A change takes effect, and its subscribers are called, before the call returns."""

    def __init__(self) -> None:
        self._stream = IEventStream()
        self._state = TimelineEventType.STOP
        self._current_time = 0.0

    def get_timeline_event_stream(self) -> IEventStream:
        """Events of the timeline."""
        return self._stream

    def _go(self, state: TimelineEventType) -> None:
        if state is not self._state:
            self._state = state
            self._stream.dispatch(state)

    def play(self) -> None:
        """Play from the start, or go on after a pause."""
        self._go(TimelineEventType.PLAY)

    def pause(self) -> None:
        """Pause."""
        if not self.is_stopped():
            self._go(TimelineEventType.PAUSE)

    def stop(self) -> None:
        """Stop, and go back to the start."""
        self._current_time = 0.0
        self._go(TimelineEventType.STOP)

    def commit(self) -> None:
        """Apply what is pending: nothing ever is."""

    def is_playing(self) -> bool:
        """Whether it plays."""
        return self._state is TimelineEventType.PLAY

    def is_stopped(self) -> bool:
        """Whether it is stopped."""
        return self._state is TimelineEventType.STOP

    def get_current_time(self) -> float:
        """Time since the start (s)."""
        return self._current_time

    def set_current_time(self, time: float) -> None:
        """Set the time since the start (s)."""
        self._current_time = time

    def set_auto_update(self, auto_update: bool) -> None:
        """Whether the application advances the timeline by itself: it never does, the simulation context does."""


_timeline = ITimeline()


def get_timeline_interface() -> ITimeline:
    """The timeline of this process."""
    return _timeline
