# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The settings: values by path."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

# Small local versions of the assets that Isaac Lab itself refers to (ground plane, arrow and frame markers). Whoever
# has a copy of NVIDIA's assets can name its folder.
_ASSETS = os.environ.get("KITLESS_ASSET_ROOT") or str(Path(__file__).parents[2] / "nucleus")

_DEFAULTS: dict[str, Any] = {
    "/app/window/enabled": False,
    "/app/livestream/enabled": False,
    "/app/xr/enabled": False,
    "/isaaclab/render/rtx_sensors": False,
    "/persistent/isaac/asset_root/cloud": _ASSETS,
    "/persistent/isaac/asset_root/default": _ASSETS,
    "/rtx/rendermode": "RaytracedLighting",
}

# Fabric is Kit's copy of the stage for its renderer; with it off, Isaac Lab works on USD and on the physics views.
_PINNED: dict[str, Any] = {"/physics/fabricEnabled": False}


class ISettings:
    """Values by path. Whoever asks for an unknown path gets None."""

    def __init__(self) -> None:
        self._values = {**_DEFAULTS, **_PINNED}

    def get(self, path: str) -> Any:
        """Value at a path, None where nothing was set."""
        return self._values.get(path)

    def set(self, path: str, value: Any) -> None:
        """Set a value."""
        if path not in _PINNED:
            self._values[path] = value

    def set_bool(self, path: str, value: bool) -> None:
        """Set a truth value."""
        self.set(path, bool(value))

    def set_int(self, path: str, value: int) -> None:
        """Set an integer."""
        self.set(path, int(value))

    def set_float(self, path: str, value: float) -> None:
        """Set a float."""
        self.set(path, float(value))

    def set_string(self, path: str, value: str) -> None:
        """Set a string."""
        self.set(path, str(value))

    def get_as_bool(self, path: str) -> bool:
        """Value as a truth value, False where nothing was set."""
        return bool(self.get(path))

    def get_as_int(self, path: str) -> int:
        """Value as an integer, 0 where nothing was set."""
        return int(self.get(path) or 0)

    def get_as_float(self, path: str) -> float:
        """Value as a float, 0 where nothing was set."""
        return float(self.get(path) or 0.0)

    def get_as_string(self, path: str) -> str:
        """Value as a string, empty where nothing was set."""
        return str(self.get(path) or "")

    def destroy_item(self, path: str) -> None:
        """Forget a value."""
        if path not in _PINNED:
            self._values.pop(path, None)


_settings = ISettings()


def get_settings() -> ISettings:
    """The settings of this process."""
    return _settings


acquire_settings_interface = get_settings
