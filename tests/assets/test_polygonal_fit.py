# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Pegs with flats over their holes in MuJoCo, held by nothing: they go in only where the flats are aligned."""

import numpy as np
import pytest

from isaaclab_factory.geometry import Hole, Peg
from tests.assets.two_parts import TwoParts

CLEARANCE = 1e-4


def peg_over_hole(section: str, friction: float = 0.75, **placing: float) -> tuple[TwoParts, Hole]:
    """A peg, 12 mm across flats, that stands on the mouth of its hole and sinks at 1 cm/s at most."""
    peg = Peg(0.012, 0.050, section=section, friction=friction)
    hole = Hole.for_peg(peg, CLEARANCE, friction=friction)
    rig = TwoParts(peg, hole, hole.height + 1e-5, gravity=9.81, max_speed=0.01, **placing)
    return rig, hole


def is_still(rig: TwoParts) -> bool:
    """Whether the peg moves by less than a micrometre in half a second. It may rock on its edges by less than that."""
    before = rig.data.qpos[:3].copy()
    heights = rig.step(60)[:, 0]
    return np.ptp(heights) < 1e-6 and np.abs(rig.data.qpos[:3] - before).max() < 1e-6


@pytest.mark.parametrize("section", ["square", "hexagon"])
@pytest.mark.parametrize(("friction", "deepest"), [(0.2, 5e-5), (0.75, 1e-4)])
def test_peg_a_little_beside_and_askew_slides_to_the_ground_and_stands_still(section, friction, deepest, figures):
    rig, _ = peg_over_hole(section, friction, offset=1e-4, yaw=np.radians(1.0))
    height = rig.step(360)[-1, 0]
    middle, largest = 1e6 * np.median(rig.penetrations), 1e6 * max(rig.penetrations)
    figures(
        "Polygonal pegs with 0.1 mm of clearance, 0.1 mm beside the axis and turned by 1 degree, at 1 cm/s",
        f"{section}, friction {friction}: {1e6 * height:.1f} um above the ground, tilt {np.degrees(rig.tilt):.3f}"
        f" degrees, penetration median / largest {middle:.0f} / {largest:.0f} um",
    )
    assert abs(height) < 1e-5
    assert np.degrees(rig.tilt) < 0.1
    assert max(rig.penetrations) < deepest
    assert is_still(rig)


# at these angles the end face, half a millimetre narrower all round, still reaches over the flats of the hole
@pytest.mark.parametrize(("section", "degrees"), [("square", 10.0), ("hexagon", 30.0)])
def test_turned_peg_stays_on_the_rim_and_stands_still(section, degrees):
    rig, hole = peg_over_hole(section, yaw=np.radians(degrees))
    path = rig.step(120)
    assert path[-1, 0] == pytest.approx(hole.height, abs=1e-6)
    assert np.degrees(path[-1, 1]) == pytest.approx(degrees, abs=0.01)
    assert max(rig.penetrations) < 5e-5
    assert is_still(rig)
