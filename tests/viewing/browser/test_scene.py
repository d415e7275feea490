# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Places of the environments that are shown side by side."""

import numpy as np
import pytest

from isaaclab_factory.viewing.browser.scene import shifts_side_by_side


@pytest.mark.parametrize("count", [1, 2, 4, 9])
def test_environments_side_by_side_are_as_far_apart_as_asked_for_and_the_first_at_the_origin(count):
    shifts = shifts_side_by_side(count, spacing=2.0)
    assert shifts.shape == (count, 3)
    assert (shifts[0] == 0.0).all()
    assert (shifts[:, 2] == 0.0).all()
    distances = np.linalg.norm(shifts[:, None] - shifts, axis=-1) + 10.0 * np.eye(count)
    if count > 1:
        np.testing.assert_allclose(distances.min(axis=1), 2.0)
    assert np.ptp(shifts, axis=0).max() <= 2.0 * (np.sqrt(count) - 1.0) + 2.0
