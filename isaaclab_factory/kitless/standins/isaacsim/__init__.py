# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Isaac Sim: the application that hosts the simulation."""

from __future__ import annotations

import os
import tempfile
from typing import Any

import carb
import omni.kit.app
import omni.usd

# Folder of the experience files of Isaac Sim; there are none.
os.environ.setdefault("EXP_PATH", tempfile.gettempdir())


class SimulationApp:
    """The application, without a window.

    Args:
        launch_config: Options of the application. They concern windows, rendering and GPUs, and have no effect.
        experience: Experience file. It lists extensions of Kit, and has no effect.
    """

    def __init__(self, launch_config: dict[str, Any] | None = None, experience: str = ""):
        self.config = dict(launch_config or {})
        self._start_app()

    def _start_app(self) -> None:
        self._app = omni.kit.app.get_app()
        self._app._running = True

    @property
    def app(self) -> omni.kit.app.IApp:
        """The application interface."""
        return self._app

    @property
    def context(self) -> omni.usd.UsdContext:
        """The USD context."""
        return omni.usd.get_context()

    def update(self) -> None:
        """Call who subscribed to updates."""
        self._app.update()

    def set_setting(self, setting: str, value: Any) -> None:
        """Set a value of ``carb.settings``."""
        carb.settings.get_settings().set(setting, value)

    def is_running(self) -> bool:
        """Whether the application has not been closed."""
        return self._app.is_running()

    def is_exiting(self) -> bool:
        """Whether the application has been closed."""
        return not self._app.is_running()

    def close(self, wait_for_replicator: bool = True, skip_cleanup: bool = False) -> None:
        """Close the application. Unlike in Isaac Sim the process goes on, so that exit codes and tracebacks survive."""
        if self._app.is_running():
            self._app.shutdown()
