# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Sizes of the threads against the tables of the standards."""

import numpy as np
import pytest

from isaaclab_factory.geometry.thread import (
    METRIC_SIZES,
    clip_outline,
    metric_size,
    thread_profile,
)

# ISO 724, millimetres: nominal diameter, pitch, pitch diameter d2, minor diameter d1
ISO_724 = {
    "M3": (3, 0.5, 2.675, 2.459),
    "M4": (4, 0.7, 3.545, 3.242),
    "M5": (5, 0.8, 4.480, 4.134),
    "M6": (6, 1.0, 5.350, 4.917),
    "M8": (8, 1.25, 7.188, 6.647),
    "M10": (10, 1.5, 9.026, 8.376),
    "M12": (12, 1.75, 10.863, 10.106),
    "M16": (16, 2.0, 14.701, 13.835),
    "M20": (20, 2.5, 18.376, 17.294),
    "M24": (24, 3.0, 22.051, 20.752),
}


@pytest.mark.parametrize("designation", METRIC_SIZES)
def test_sizes_are_those_of_iso_724(designation):
    size = METRIC_SIZES[designation]
    ours = (size.diameter, size.pitch, size.pitch_diameter, size.minor_diameter)
    np.testing.assert_allclose(np.array(ours) * 1e3, ISO_724[designation], atol=6e-4)


# ISO 4032:2001, table 1, and ISO 4017:2011, table 1, millimetres: width across flats s, largest height of a nut m,
# height of a head k
ISO_4032_4017 = {
    "M3": (5.5, 2.4, 2.0),
    "M4": (7.0, 3.2, 2.8),
    "M5": (8.0, 4.7, 3.5),
    "M6": (10.0, 5.2, 4.0),
    "M8": (13.0, 6.8, 5.3),
    "M10": (16.0, 8.4, 6.4),
    "M12": (18.0, 10.8, 7.5),
    "M16": (24.0, 14.8, 10.0),
    "M20": (30.0, 18.0, 12.5),
    "M24": (36.0, 21.5, 15.0),
}


@pytest.mark.parametrize("designation", METRIC_SIZES)
def test_nuts_and_heads_are_those_of_iso_4032_and_4017(designation):
    size = METRIC_SIZES[designation]
    ours = (size.width_across_flats, size.nut_height, size.head_height)
    np.testing.assert_allclose(np.array(ours) * 1e3, ISO_4032_4017[designation])


@pytest.mark.parametrize("internal", [False, True])
def test_ridge_and_groove_are_equally_wide_at_the_pitch_diameter(internal):
    size = METRIC_SIZES["M16"]
    profile = thread_profile(size, 0.0, 0.0, internal)
    heights = np.linspace(0.0, size.pitch, 4000, endpoint=False)
    beyond = (profile.radius(heights) > size.pitch_diameter / 2.0).mean()
    assert beyond == pytest.approx(0.5, abs=1e-3)


def test_basic_crests_are_an_eighth_and_a_quarter_of_the_pitch_wide():
    size = METRIC_SIZES["M16"]  # ISO 68-1
    bolt, nut = (thread_profile(size, 0.0, 0.0, internal) for internal in (False, True))
    assert bolt.crest_flat == pytest.approx(size.pitch / 8.0)
    assert bolt.crest_radius == pytest.approx(0.008)
    assert nut.crest_flat == pytest.approx(size.pitch / 4.0)
    assert nut.crest_radius == pytest.approx(size.minor_diameter / 2.0)


@pytest.mark.parametrize("internal", [False, True])
def test_flanks_meet_at_sixty_degrees_in_a_sharp_root(internal):
    profile = thread_profile(METRIC_SIZES["M16"], 1e-4, 1.5e-4, internal)
    assert profile.root_flat == pytest.approx(0.0, abs=1e-12)
    start = profile.crest_flat / 2.0
    rise, run = profile.radius(np.array([start + 1e-4]))[0] - profile.crest_radius, 1e-4
    assert np.degrees(np.arctan2(run, abs(rise))) == pytest.approx(30.0)


def test_unknown_thread_is_rejected():
    with pytest.raises(ValueError, match="There is no thread 'M7'; choose one of M3, M4"):
        metric_size("M7")


def test_outline_is_cut_along_a_line():
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    corners = clip_outline(square, (1.0, 1.0), 1.0)
    np.testing.assert_allclose(corners, [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert len(clip_outline(square, (1.0, 0.0), -1.0)) == 0
