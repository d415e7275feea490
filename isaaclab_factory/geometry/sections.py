# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Cross-sections of pegs and holes: the circle and the regular polygons."""

from __future__ import annotations

import math

ROUND = "round"

POLYGON_SIDES = {"triangle": 3, "square": 4, "pentagon": 5, "hexagon": 6, "octagon": 8}
"""Number of sides of the polygonal sections."""

SECTIONS = (ROUND, *POLYGON_SIDES)
"""Everything that a section can be."""

GRASPABLE_SECTIONS = (ROUND, *(section for section, sides in POLYGON_SIDES.items() if sides % 2 == 0))
"""Sections with two parallel sides for a gripper. A triangle or pentagon turns between a flat and a corner."""


def check_section(owner: object, section: str) -> None:
    """Raise a ValueError where there is no such section."""
    if not isinstance(section, str) or section not in SECTIONS:
        raise ValueError(
            f"{type(owner).__name__}: there is no section {section!r}; choose one of {', '.join(SECTIONS)}."
        )


def section_polygon(section: str, circle_sides: int) -> tuple[int, float]:
    """The polygon that stands for a section.

    A polygonal section lies with one flat across the -y axis. Where its sides are even in number another flat lies
    across +y, so that a gripper which closes along y holds it by its flats.

    Args:
        section: One of :data:`SECTIONS`.
        circle_sides: Number of sides where the section is round.

    Returns:
        Number of sides, and angle of a corner from the x axis (rad).
    """
    if section == ROUND:
        return circle_sides, 0.0
    sides = POLYGON_SIDES[section]
    return sides, math.pi / sides - math.pi / 2.0
