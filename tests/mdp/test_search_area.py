# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Where the fixed part may be, and the path over these places."""

import pytest
import torch

from isaaclab_factory.mdp.search_area import CELL, search_density, search_path, sideways_noise

HELD_NOISE, TIP_NOISE_STD = (0.003, 0.0), (0.001, 0.001)


@pytest.fixture(scope="module")
def starts() -> torch.Tensor:
    """Where the fingertip has to be in many random starts, in m. Shape is (starts, 2)."""
    generator = torch.Generator().manual_seed(0)
    held = torch.tensor(HELD_NOISE) * (2.0 * torch.rand(20_000, 2, generator=generator) - 1.0)
    return held + torch.tensor(TIP_NOISE_STD) * torch.randn(20_000, 2, generator=generator)


def path(share: float = 0.95, line_spacing: float = 0.9e-3, step: float = 0.2e-3) -> torch.Tensor:
    """The path over the places of the starts above."""
    return search_path(HELD_NOISE, TIP_NOISE_STD, share, line_spacing, step)


def test_the_density_is_that_of_random_starts(starts):
    x, y, probability = search_density(HELD_NOISE, TIP_NOISE_STD)
    for axis, (places, density) in enumerate(((x, probability.sum(dim=1)), (y, probability.sum(dim=0)))):
        edges = torch.cat((places - CELL / 2.0, places[-1:] + CELL / 2.0))
        counted = torch.histogram(starts[:, axis].contiguous(), edges).hist / len(starts)
        torch.testing.assert_close(density, counted, atol=0.01, rtol=0.0)


@pytest.mark.parametrize("share", [0.5, 0.8, 0.95])
def test_the_path_passes_the_share_of_random_starts(starts, share):
    distance = torch.cdist(starts, path(share, line_spacing=CELL, step=0.05e-3)).amin(dim=1)
    assert (distance < 0.5 * CELL).float().mean() == pytest.approx(share, abs=0.03)


def test_the_likely_places_come_first(starts):
    """Half of the path finds far more than half of what all of it finds."""
    places = path()
    found = torch.cdist(starts, places[: len(places) // 2]).amin(dim=1) < 0.45e-3
    assert found.float().mean() > 0.6


def test_neighbouring_points_are_no_further_apart_than_a_step():
    places = path(step=0.3e-3)
    apart = (places[1:] - places[:-1]).norm(dim=-1)
    assert apart.max() <= 0.3e-3 + 1e-8
    assert apart.min() > 0.0


def test_without_noise_of_the_part_the_area_is_round():
    places = search_path((0.0, 0.0), TIP_NOISE_STD, 0.95, 0.5e-3, 0.1e-3)
    torch.testing.assert_close(places.amax(dim=0), torch.full((2,), 0.0024), atol=CELL, rtol=0.0)
    torch.testing.assert_close(places.amin(dim=0), torch.full((2,), -0.0024), atol=CELL, rtol=0.0)


def test_a_small_share_is_a_short_line():
    places = path(share=0.01)
    assert len(places) >= 1
    assert places[:, 1].abs().max() == 0.0


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"share": 0.0}, "share of the search path must be above 0"),
        ({"share": 1.1}, "at most 1, got 1.1"),
        ({"line_spacing": 0.0}, "must be positive, got 0.0 and"),
        ({"step": -0.1}, "and -0.1 m"),
    ],
)
def test_impossible_numbers_are_refused(wrong, told):
    with pytest.raises(ValueError, match=told):
        path(**wrong)


def test_noise_that_differs_between_the_axes_of_the_world_is_refused():
    """The search lies along the axes of the hand, which has any yaw."""
    assert sideways_noise((0.002, 0.002, 0.001)) == (0.002, 0.002)
    with pytest.raises(ValueError, match="the same along x and y"):
        sideways_noise((0.002, 0.001, 0.001))


def test_a_search_without_noise_of_the_tip_is_refused():
    with pytest.raises(ValueError, match=r"tip_noise_std above 0 along x and y, got \(0.001, 0.0\) m"):
        search_density(HELD_NOISE, (0.001, 0.0))
