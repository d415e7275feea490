# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The active viewport."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Viewport:
    """A viewport that nobody sees.

    Attributes:
        updates_enabled: Whether it would be redrawn.
        camera_path: Path of its camera.
    """

    updates_enabled: bool = True
    camera_path: str = "/OmniverseKit_Persp"


_viewport = Viewport()


def get_active_viewport() -> Viewport:
    """The viewport."""
    return _viewport
