# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Close-ups show what is between the fingers."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from isaaclab_factory.viewing.offscreen.camera import Shot
from isaaclab_factory.viewing.offscreen.closeup import HAND, azimuth_between_fingers

BODIES = ("table", HAND)


def poses_of_hand(*rotations: Rotation) -> np.ndarray:
    poses = np.zeros((len(rotations), 2, 7))
    poses[:, 0, 3] = 1.0
    poses[:, 1, 3:] = [rotation.as_quat(scalar_first=True) for rotation in rotations]
    return poses


@pytest.mark.parametrize("yaw", [-170.0, -75.0, 0.0, 40.0, 104.9, 179.0])
def test_camera_looks_at_right_angles_to_the_way_the_fingers_close(yaw: float) -> None:
    hand = Rotation.from_euler("ZX", (yaw, 180.0), degrees=True)  # the palm faces down
    (azimuth,) = azimuth_between_fingers(BODIES, poses_of_hand(hand))
    forward = Rotation.from_euler("z", azimuth, degrees=True).apply((1.0, 0.0, 0.0))
    fingers_close_along = hand.apply((0.0, 1.0, 0.0))
    assert forward @ fingers_close_along == pytest.approx(0.0, abs=1e-9)
    assert abs(azimuth - Shot.azimuth) <= 90.0


def test_every_environment_has_its_own_direction() -> None:
    hands = [Rotation.from_euler("ZX", (yaw, 180.0), degrees=True) for yaw in (-30.0, 15.0, 80.0)]
    np.testing.assert_allclose(azimuth_between_fingers(BODIES, poses_of_hand(*hands)), (150.0, 195.0, 80.0))


def test_without_a_hand_the_camera_stands_where_it_does_otherwise() -> None:
    np.testing.assert_array_equal(azimuth_between_fingers(BODIES[:1], poses_of_hand(Rotation.identity())), Shot.azimuth)
