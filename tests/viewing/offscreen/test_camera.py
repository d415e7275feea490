# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What a picture shows is where geometry says, in its colour, with light and shadow."""

from collections.abc import Iterator

import numpy as np
import pytest
import trimesh

from isaaclab_factory.viewing.offscreen.camera import OffscreenCamera, Shot
from isaaclab_factory.viewing.surfaces import Material, box, shaded
from isaaclab_factory.viewing.visuals import Visual

SIZE = (320, 180)
SHOT = Shot(azimuth=180.0, elevation=-30.0, height=0.2, above_focus=0.0)
FOCUS = np.array([0.5, 0.1, 0.05])

RED = Material((0.9, 0.1, 0.1, 1.0), roughness=1.0)
GREY = Material((0.5, 0.5, 0.5, 1.0), roughness=1.0)

RIGHT = np.array([0.0, 1.0, 0.0])
"""To the right of a camera that looks along -x."""

UP = np.array([-np.sin(np.radians(30.0)), 0.0, np.cos(np.radians(30.0))])
"""Upwards in the picture of a camera that looks down by 30 degrees, along -x."""


class TwoBodies:
    """A red ball and a grey floor. In environment 0 the ball is at the focus, in environment 1 it has moved."""

    bodies = ("ball", "floor")

    def __init__(self, moved: np.ndarray, floor: bool) -> None:
        ball = shaded(trimesh.creation.icosphere(subdivisions=4, radius=0.01))
        self.visuals = [Visual("ball", "ball", ball, RED)]
        if floor:
            self.visuals.append(Visual("floor", "floor", shaded(box((0.0, 0.0, -0.005), (2.0, 2.0, 0.01))), GREY))
        self.bodies = ("ball", "floor")[: len(self.visuals)]
        self.moved = moved

    def poses(self, env_ids: list[int]) -> np.ndarray:
        poses = np.zeros((len(env_ids), 2, 7))
        poses[..., 3] = 1.0
        poses[:, 0, :3] = [FOCUS + (self.moved if index else 0.0) for index in env_ids]
        return poses[:, : len(self.bodies)]


@pytest.fixture
def camera() -> Iterator:
    cameras = []

    def make(moved=(0.0, 0.0, 0.0), floor: bool = False, **options) -> OffscreenCamera:
        cameras.append(OffscreenCamera(TwoBodies(np.array(moved), floor), SHOT, SIZE, **options))
        return cameras[-1]

    yield make
    for made in cameras:
        made.close()


def reds(picture: np.ndarray) -> np.ndarray:
    red, green = picture[..., 0].astype(int), picture[..., 1].astype(int)
    return red > 2 * green + 20


def middle_of_reds(picture: np.ndarray) -> tuple[float, float]:
    rows, columns = np.nonzero(reds(picture))
    return (columns.min() + columns.max() + 1) / 2.0, (rows.min() + rows.max() + 1) / 2.0


def test_what_is_looked_at_is_in_the_middle_and_as_large_as_it_should(camera) -> None:
    picture = camera().picture([0], [FOCUS])
    assert picture.shape == (180, 320, 3) and picture.dtype == np.uint8
    assert middle_of_reds(picture) == pytest.approx((160.0, 90.0), abs=0.6)
    # 180 pixels are 0.2 m at the focus, and the ball measures 0.02 m
    assert np.ptp(np.nonzero(reds(picture))[1]) + 1 == pytest.approx(18.0, abs=1.5)


@pytest.mark.parametrize("moved", [0.05 * RIGHT, 0.04 * UP, 0.03 * RIGHT - 0.05 * UP])
def test_moves_parallel_to_the_picture_are_seen_to_scale(camera, moved: np.ndarray) -> None:
    picture = camera(moved).picture([1], [FOCUS])
    expected = (160.0 + 900.0 * moved @ RIGHT, 90.0 - 900.0 * moved @ UP)
    assert middle_of_reds(picture) == pytest.approx(expected, abs=1.0)


@pytest.mark.parametrize("moved", [(0.06, 0.03, 0.02), (-0.10, -0.05, 0.01)])
def test_projection_tells_where_a_point_is_seen(camera, moved: tuple[float, float, float]) -> None:
    made = camera(moved)
    (expected,) = made.project(FOCUS[None] + np.array(moved), FOCUS, *SIZE)
    assert middle_of_reds(made.picture([1], [FOCUS])) == pytest.approx(tuple(expected), abs=1.0)


def test_environments_are_side_by_side(camera) -> None:
    made = camera(0.02 * RIGHT)
    assert made.tiles(1) == [(0, 0, 320, 180)]
    assert made.tiles(4) == [(0, 0, 160, 90), (160, 0, 160, 90), (0, 90, 160, 90), (160, 90, 160, 90)]
    picture = made.picture([0, 1, 1], [FOCUS] * 3)
    assert middle_of_reds(picture[:90, :160]) == pytest.approx((80.0, 45.0), abs=0.6)
    assert middle_of_reds(picture[:90, 160:]) == pytest.approx((89.0, 45.0), abs=0.6)
    assert middle_of_reds(picture[90:, :160]) == pytest.approx((89.0, 45.0), abs=0.6)
    assert not picture[90:, 160:].any()


def test_things_have_their_colours_and_cast_shadows(camera) -> None:
    picture = camera(floor=True).picture([0], [FOCUS])[90:].astype(float)  # no backdrop in the lower half
    floor = picture[picture[..., 0] < picture[..., 1] + 25.0]
    assert np.median(np.ptp(floor, axis=1)) < 3.0  # no colour
    lit, shadow = np.percentile(floor.mean(axis=1), [50, 0.1])
    assert lit > 80.0 and shadow < 0.75 * lit


def test_shadows_of_many_drawings_have_soft_edges(camera) -> None:
    def share_of_half_shadow(samples: int) -> float:
        picture = camera(floor=True, samples=samples).picture([0], [FOCUS])[90:].astype(float)
        floor = picture[picture[..., 0] < picture[..., 1] + 10.0].mean(axis=1)
        darkest, brightest = floor.min(), np.percentile(floor, 90)
        return np.mean((floor > darkest + 0.2 * (brightest - darkest)) & (floor < brightest - 0.1 * brightest))

    assert share_of_half_shadow(8) > 1.5 * share_of_half_shadow(1)


def test_the_same_moment_gives_the_same_picture(camera) -> None:
    made = camera(floor=True, moved=(0.02, 0.0, 0.0))
    first = made.picture([0], [FOCUS])
    made.picture([1], [FOCUS + 0.01])
    np.testing.assert_array_equal(made.picture([0], [FOCUS]), first)


def test_a_part_that_hovers_gets_a_stand(camera) -> None:
    bare = camera().picture([0], [FOCUS])
    standing = camera(on_a_stand="ball").picture([0], [FOCUS])
    changed = np.argwhere((bare != standing).any(axis=-1))
    assert len(changed) > 200
    assert changed[:, 0].min() > 90  # below the middle of the ball
