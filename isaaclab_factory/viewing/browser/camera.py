# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""From where the scene is looked at."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import viser

_DIRECTION = np.array([0.70, -0.62, 0.36])
"""From what is looked at to the eye: from the front and the right of a robot that faces x."""


@dataclass(frozen=True)
class Viewpoint:
    """A place to look from, in the frame of the environment that is shown first."""

    eye: np.ndarray
    """Position of the eye in m, shape (3,)."""
    look_at: np.ndarray
    """What is in the middle of the picture in m, shape (3,)."""

    @classmethod
    def around(cls, points: np.ndarray) -> "Viewpoint":
        """A view of all points.

        Args:
            points: Positions in m, shape (n, 3), at least one.
        """
        low, high = points.min(axis=0), points.max(axis=0)
        return cls.at((low + high) / 2.0, distance=1.3 * float(np.linalg.norm(high - low)) + 0.2)

    @classmethod
    def at(cls, point: np.ndarray, distance: float) -> "Viewpoint":
        """A view of one point.

        Args:
            point: Position in m, shape (3,).
            distance: Distance of the eye in m.
        """
        return cls(point + distance * _DIRECTION, point)


class Camera:
    """The camera of the pages, and buttons to place it if there are several viewpoints."""

    def __init__(self, server: viser.ViserServer, names: Sequence[str]) -> None:
        """Args:
        server: The web server.
        names: Names of the viewpoints.
        """
        self._server = server
        self._viewpoints: dict[str, Viewpoint] = {}
        server.initial_camera.near, server.initial_camera.fov = 0.005, np.radians(45.0)
        if len(names) > 1:
            buttons = server.gui.add_button_group("View", tuple(names))
            buttons.on_click(lambda event: self._look_from(self._viewpoints[buttons.value], event.client))

    def place(self, viewpoints: dict[str, Viewpoint]) -> None:
        """Sets the viewpoints; the page begins with the first one that it ever was given.

        Args:
            viewpoints: Viewpoints by name.
        """
        if not self._viewpoints:
            camera, first = self._server.initial_camera, next(iter(viewpoints.values()))
            camera.position, camera.look_at = first.eye, first.look_at
        self._viewpoints = viewpoints

    def _look_from(self, view: Viewpoint, client: viser.ClientHandle | None) -> None:
        for camera in [page.camera for page in ([client] if client else self._server.get_clients().values())]:
            camera.position, camera.look_at = view.eye, view.look_at
