# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The table's boxes."""

import numpy as np
import pytest

from isaaclab_factory.geometry import Table


def test_boxes_reach_from_the_floor_to_a_top_at_zero():
    table = Table(width=1.0, depth=0.8, height=0.9, thickness=0.05)
    boxes = [
        (np.array(center) - np.array(size) / 2, np.array(center) + np.array(size) / 2) for center, size in table.boxes()
    ]
    low = np.min([box[0] for box in boxes], axis=0)
    high = np.max([box[1] for box in boxes], axis=0)
    np.testing.assert_allclose(low, [-0.5, -0.4, -0.9])
    np.testing.assert_allclose(high, [0.5, 0.4, 0.0], atol=1e-15)
    top, *legs = boxes
    assert len(legs) == 4
    for leg in legs:
        assert leg[1][2] == pytest.approx(top[0][2])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"thickness": 2.0}, "thickness"),
        ({"leg_width": 0.6}, "do not fit"),
        ({"width": 0.0}, "width must be a positive"),
        ({"friction": -1.0}, "friction"),
    ],
)
def test_impossible_sizes_are_rejected(changes, message):
    with pytest.raises(ValueError, match=message):
        Table(**changes)
