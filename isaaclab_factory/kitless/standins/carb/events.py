# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Events, and the ordered streams that hand them to subscribers."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


def type_from_string(name: str) -> int:
    """Event type of a name: the same in every process."""
    return zlib.crc32(name.encode())


@dataclass
class IEvent:
    """An event.

    Attributes:
        type: What happened.
        payload: Details.
        sender: Who sent it.
    """

    type: int
    payload: dict[str, Any] = field(default_factory=dict)
    sender: int = 0


class ISubscription:
    """Keeps a callback subscribed for as long as it lives."""

    def __init__(self, stream: IEventStream, key: tuple[int, int], name: str):
        self._stream, self._key, self.name = stream, key, name

    def unsubscribe(self) -> None:
        """End the subscription."""
        self._stream._entries.pop(self._key, None)

    def __del__(self) -> None:
        self.unsubscribe()


class IEventStream:
    """Hands events to subscribers: lower order first, and in the order of subscription among equals."""

    def __init__(self) -> None:
        self._entries: dict[tuple[int, int], tuple[int | None, Callable[[IEvent], None]]] = {}
        self._counter = itertools.count()

    def create_subscription_to_pop(self, fn: Callable[[IEvent], None], order: int = 0, name: str = "") -> ISubscription:
        """Subscribe to all events. The subscription ends when the returned object is dropped."""
        return self._subscribe(None, fn, order, name)

    def create_subscription_to_pop_by_type(
        self, event_type: int, fn: Callable[[IEvent], None], order: int = 0, name: str = ""
    ) -> ISubscription:
        """Subscribe to the events of one type. The subscription ends when the returned object is dropped."""
        return self._subscribe(int(event_type), fn, order, name)

    def _subscribe(self, event_type: int | None, fn: Callable, order: int, name: str) -> ISubscription:
        key = (order, next(self._counter))
        self._entries[key] = (event_type, fn)
        return ISubscription(self, key, name)

    def dispatch(self, event_type: int = 0, payload: dict[str, Any] | None = None, sender: int = 0) -> None:
        """Call the subscribers now. Whoever unsubscribes meanwhile is not called any more."""
        event = IEvent(int(event_type), payload or {}, sender)
        for key in sorted(self._entries):
            wanted, fn = self._entries.get(key, (event.type, None))
            if fn is not None and wanted in (None, event.type):
                fn(event)
