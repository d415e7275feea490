# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Nuts on bolts in MuJoCo: does the thread lead, does it hold."""

import numpy as np
import pytest

from isaaclab_factory.geometry import BOLT_M16, NUT_M16, MetricBolt, MetricNut
from tests.assets.two_parts import TwoParts

PAIRS = {"M16": (NUT_M16, BOLT_M16), "M8": (MetricNut("M8", friction=0.01), MetricBolt("M8", 0.02))}

HELD_FORCE = {"M16": 40.0, "M8": 10.0}
"""Axial force (N): as the stress areas of the threads, 157 and 36.6 mm2 (ISO 898-1)."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=PAIRS)
def built_pair(request) -> tuple[MetricNut, TwoParts]:
    """A nut and its rig: without weight, six turns above the head of its bolt."""
    nut, bolt = PAIRS[request.param]
    return nut, TwoParts(nut, bolt, height=6.0 * nut.pitch)


@pytest.fixture
def pair(built_pair) -> tuple[MetricNut, TwoParts]:
    """The nut and its rig as they were built."""
    nut, rig = built_pair
    rig.reset()
    return nut, rig


@pytest.mark.parametrize("spin", [-8.0, 8.0])
def test_a_turn_moves_the_nut_by_the_pitch(pair, spin, figures):
    nut, rig = pair
    push = np.sign(spin) * nut.mass_properties.mass * 3.0  # about a third of its weight, in the direction of travel
    rig.step(30, push, 0.0)
    path = rig.step(480, push, spin)
    travel, angle = path[-1] - path[0]
    per_turn = 2.0 * np.pi * travel / angle
    deepest = np.percentile(rig.penetrations, [50, 99])
    figures(
        "Nuts on bolts",
        f"{nut.size}, {angle / 2.0 / np.pi:+.1f} turns: {1e3 * per_turn:.3f} mm per turn (pitch {1e3 * nut.pitch:.3f}),"
        f" penetration median / 99 % {1e6 * deepest[0]:.0f} / {1e6 * deepest[1]:.0f} um",
    )
    assert abs(angle) > 4.0 * np.pi
    assert per_turn == pytest.approx(nut.pitch, rel=0.03)
    # nowhere on the way does it leave the helix by a tenth of the pitch
    helix = path[0, 0] + nut.pitch * (path[:, 1] - path[0, 1]) / (2.0 * np.pi)
    assert np.abs(path[:, 0] - helix).max() < 0.1 * nut.pitch
    assert deepest[1] < 1e-4


@pytest.mark.parametrize("direction", [-1.0, 1.0])
def test_the_thread_holds_an_axial_force_and_locks_itself(pair, direction, figures):
    nut, rig = pair
    force = direction * HELD_FORCE[nut.size]
    rig.step(30, force / 40.0)
    start = rig.step(1, force / 40.0)[0]
    travel, angle = rig.step(120, force)[-1] - start
    figures(
        "Nuts on bolts",
        f"{nut.size} under {force:+.0f} N: moves {1e6 * travel:+.0f} um, turns {np.degrees(angle):+.3f} degrees",
    )
    assert abs(travel) < 1e-4
    # with a friction of 0.38 a lead of 2.5 degrees, or 3.2 for M8, does not turn the nut
    assert abs(angle) < 0.01
