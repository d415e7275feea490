# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The lights of the studio, and how many drawings with light from a little elsewhere make soft shadows of hard ones."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

_GOLDEN_ANGLE = math.pi * (3.0 - math.sqrt(5.0))


@dataclass(frozen=True)
class Light:
    """A light that comes from far away.

    Attributes:
        name: Name of the light.
        direction: Where it shines to, of any length.
        strength: Share of its colour that it adds to a surface that faces it.
        glint: The same of what a smooth surface mirrors of it.
        spread: Sine of the largest angle between its rays and its direction, for soft shadows.
        shadow: Whether things cast shadows in it where a picture is made of one drawing only.
    """

    name: str
    direction: tuple[float, float, float]
    strength: float
    glint: float
    spread: float
    shadow: bool

    def direction_of(self, sample: int, samples: int) -> np.ndarray:
        """Direction of the light in one of several drawings, all of which together cover the lamp evenly.

        The points of a Fermat spiral, as H. Vogel, "A better way to construct the sunflower head", Mathematical
        Biosciences 44, 1979, lays them on a disc.

        Args:
            sample: Number of the drawing, from 0 on.
            samples: Number of drawings.

        Returns:
            Unit vector. Shape is (3,).
        """
        direction = np.array(self.direction) / np.linalg.norm(self.direction)
        if samples == 1:
            return direction
        radius, angle = self.spread * math.sqrt((sample + 0.5) / samples), sample * _GOLDEN_ANGLE
        side = np.cross(direction, (0.0, 1.0, 0.0))
        side /= np.linalg.norm(side)
        across = radius * (math.cos(angle) * side + math.sin(angle) * np.cross(direction, side))
        return math.sqrt(1.0 - radius**2) * direction + across


LIGHTS = (
    # a lamp from the front left above
    Light("key", (-0.55, 0.35, -1.0), strength=0.50, glint=0.5, spread=0.14, shadow=True),
    # the room: from all over the ceiling and the walls; the density of points on the disc is that of Lambert's cosine
    Light("room", (0.0, 0.0, -1.0), strength=0.26, glint=0.0, spread=0.98, shadow=False),
    # a weak one from the right, so that sides that face it are not flat
    Light("fill", (-0.6, -0.7, -0.35), strength=0.16, glint=0.7, spread=0.3, shadow=False),
    # what metal mirrors on its other side
    Light("strip", (0.35, 0.85, -0.15), strength=0.0, glint=0.9, spread=0.2, shadow=False),
)
"""All lights. They go with what the camera looks at."""
