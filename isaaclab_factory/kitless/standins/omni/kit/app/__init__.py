# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The application. It has no window and renders nothing; an update only calls its subscribers."""

from __future__ import annotations

from carb.events import IEventStream

from isaaclab_factory.kitless.unsupported import unsupported

IExtensionManager = unsupported("the extensions of Kit", "IExtensionManager")
POST_QUIT_EVENT_TYPE = 0


class IApp:
    """The application."""

    def __init__(self) -> None:
        self._pre_update, self._update, self._post_update = IEventStream(), IEventStream(), IEventStream()
        self._message_bus, self._shutdown = IEventStream(), IEventStream()
        self._running = True
        self._updates = 0
        self._step_size = 1.0 / 60.0

    def update(self) -> None:
        """Call who subscribed to updates."""
        self._updates += 1
        for stream in (self._pre_update, self._update, self._post_update):
            stream.dispatch(payload={"dt": self._step_size})

    def set_step_size(self, dt: float) -> None:
        """Set the time between updates that subscribers are told (s)."""
        self._step_size = dt

    def get_update_number(self) -> int:
        """Number of updates so far."""
        return self._updates

    def get_pre_update_event_stream(self) -> IEventStream:
        """Events before an update."""
        return self._pre_update

    def get_update_event_stream(self) -> IEventStream:
        """Events of an update."""
        return self._update

    def get_post_update_event_stream(self) -> IEventStream:
        """Events after an update."""
        return self._post_update

    def get_message_bus_event_stream(self) -> IEventStream:
        """Events between extensions."""
        return self._message_bus

    def get_shutdown_event_stream(self) -> IEventStream:
        """Events at the end."""
        return self._shutdown

    def get_extension_manager(self) -> IExtensionManager:
        """Manager of Kit's extensions, of which there are none."""
        return IExtensionManager()

    def is_running(self) -> bool:
        """Whether the application has not been shut down."""
        return self._running

    def shutdown(self) -> None:
        """End the application."""
        self._running = False
        self._shutdown.dispatch(POST_QUIT_EVENT_TYPE)


_app = IApp()


def get_app() -> IApp:
    """The application of this process."""
    return _app


get_app_interface = get_app
