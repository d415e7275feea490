# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The floor."""

from __future__ import annotations

from dataclasses import dataclass

from isaaclab_factory.geometry.checks import require_not_negative
from isaaclab_factory.geometry.part import FRICTION


@dataclass
class Ground:
    """An infinite static plane.

    Attributes:
        friction: Default coefficient of friction: that of the parts, so that all pairs have one.
    """

    friction: float = FRICTION

    def __post_init__(self):
        self.check()

    def check(self) -> None:
        """Raise a ValueError where a parameter is impossible."""
        require_not_negative(self, friction=self.friction)
