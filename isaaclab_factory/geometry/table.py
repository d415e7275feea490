# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A table."""

from __future__ import annotations

from dataclasses import dataclass

from .checks import require_not_negative, require_positive
from .part import FRICTION


@dataclass
class Table:
    """A table whose top surface is centred on the origin, its legs reaching down to the floor.

    Attributes:
        width: Size along x (m).
        depth: Size along y (m).
        height: Height of the top surface above the floor (m).
        thickness: Thickness of the top (m).
        leg_width: Edge of the square legs (m).
        friction: Default coefficient of friction: that of the parts, so that all pairs have one.
    """

    width: float = 1.3
    depth: float = 1.0
    height: float = 1.05
    thickness: float = 0.04
    leg_width: float = 0.06
    friction: float = FRICTION

    def __post_init__(self):
        self.check()

    def check(self) -> None:
        """Raise a ValueError where no such table can exist."""
        require_positive(
            self,
            width=self.width,
            depth=self.depth,
            height=self.height,
            thickness=self.thickness,
            leg_width=self.leg_width,
        )
        if self.thickness >= self.height:
            raise ValueError(f"Table: thickness ({self.thickness} m) must be less than height ({self.height} m).")
        if 2.0 * self.leg_width > min(self.width, self.depth):
            raise ValueError(f"Table: legs {self.leg_width} m wide do not fit under {self.width} x {self.depth} m.")
        require_not_negative(self, friction=self.friction)

    def boxes(self) -> list[tuple[tuple[float, float, float], tuple[float, float, float]]]:
        """Centre and full size of every box it is made of (m): the top first, then the legs."""
        leg_height = self.height - self.thickness
        leg_z = -self.thickness - leg_height / 2.0
        x, y = (self.width - self.leg_width) / 2.0, (self.depth - self.leg_width) / 2.0
        top = ((0.0, 0.0, -self.thickness / 2.0), (self.width, self.depth, self.thickness))
        legs = [
            ((sx * x, sy * y, leg_z), (self.leg_width, self.leg_width, leg_height)) for sx in (-1, 1) for sy in (-1, 1)
        ]
        return [top, *legs]
