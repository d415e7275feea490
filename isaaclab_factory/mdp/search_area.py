# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Where the fixed part may be, for a hand that knows neither its exact place nor the offset of the part it holds."""

from __future__ import annotations

import itertools
import math

import torch

CELL = 0.4e-3
"""Distance in m between neighbouring places of the density."""


def search_density(
    held_noise: tuple[float, float], tip_noise_std: tuple[float, float]
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Probability of each place to be the right one for the fingertip, relative to the noisy tip.

    Along the axes of the hand the right place is distributed as the sum of the part's offset in the hand, uniform in
    ``[-held_noise, held_noise]``, and the normal noise of the tip. The density of each axis is

        p(x) ~ Phi((x + h) / s) - Phi((x - h) / s)

    with the half width h and the standard deviation s > 0 (the normal density itself where h is zero).

    Args:
        held_noise: Largest offset h in m of the part in the hand along the hand's x and y axes.
        tip_noise_std: Standard deviation s in m of the tip's noise along the same axes.

    Returns:
        Places along the x axis in m, places along the y axis in m, and the probability of each pair of them, whose sum
        is one. Shapes are (X,), (Y,) and (X, Y).

    Raises:
        ValueError: If a standard deviation is not positive.
    """
    if not min(tip_noise_std) > 0.0:
        raise ValueError(f"A search needs a tip_noise_std above 0 along x and y, got {tuple(tip_noise_std)} m.")
    axes = [_axis_density(*noises) for noises in zip(held_noise, tip_noise_std, strict=True)]
    (x, density_x), (y, density_y) = axes
    density = density_x.unsqueeze(-1) * density_y
    return x, y, density / density.sum()


def sideways_noise(tip_noise_std: tuple[float, float, float]) -> tuple[float, float]:
    """Standard deviations of the tip's noise along the x and y axes of a hand that has any yaw.

    Args:
        tip_noise_std: Standard deviations in m along the axes of the world.

    Raises:
        ValueError: If those along x and y differ. Along the hand's axes they would depend on its yaw.
    """
    x, y, _ = tip_noise_std
    if x != y:
        raise ValueError(f"A search needs a tip_noise_std that is the same along x and y, got {tip_noise_std} m.")
    return x, y


def search_path(
    held_noise: tuple[float, float],
    tip_noise_std: tuple[float, float],
    share: float,
    line_spacing: float,
    step: float,
) -> torch.Tensor:
    """Path over the likely places: lines along the x axis, forth and back, from the middle line outwards.

    Args:
        held_noise: Largest offset in m of the part in the hand along the hand's x and y axes.
        tip_noise_std: Standard deviation in m of the tip's noise along the same axes.
        share: Probability of all the places that the path passes, above 0 and at most 1. They are the most likely ones.
        line_spacing: Distance in m between neighbouring lines.
        step: Largest distance in m between neighbouring points of the path.

    Returns:
        Places (x, y) in m. Shape is (points, 2).

    Raises:
        ValueError: If the share is not above 0 and at most 1, or a distance or standard deviation is not positive.
    """
    if not 0.0 < share <= 1.0:
        raise ValueError(f"The share of the search path must be above 0 and at most 1, got {share}.")
    if not (line_spacing > 0.0 and step > 0.0):
        raise ValueError(f"Line spacing and step of the search path must be positive, got {line_spacing} and {step} m.")
    x, y, probability = search_density(held_noise, tip_noise_std)
    ordered = probability.flatten().sort(descending=True).values
    least = ordered[(ordered.cumsum(0) < share).sum().clamp_max(len(ordered) - 1)]
    count = int(y[-1] / line_spacing)
    corners, side = [], -1.0
    for number in sorted(range(-count, count + 1), key=abs):
        line = number * line_spacing
        likely = probability[:, (y - line).abs().argmin()] >= least
        if likely.any():
            reach = x[likely].max().item()
            corners += [(side * reach, line), (-side * reach, line)]
            side = -side
    places = [corners[0]]
    for start, end in itertools.pairwise(corners):
        parts = max(1, math.ceil(math.dist(start, end) / step))
        places += [tuple(a + (b - a) * n / parts for a, b in zip(start, end, strict=True)) for n in range(1, parts + 1)]
    return torch.tensor(places)


def _axis_density(held_noise: float, tip_noise_std: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Places along one axis of the hand in m, and their densities. Both are of shape (places,)."""
    reach = held_noise + 3.5 * tip_noise_std
    count = 2 * math.ceil(reach / CELL) + 1
    places = CELL * torch.arange(count) - CELL * (count // 2)
    normal = torch.distributions.Normal(0.0, tip_noise_std)
    if held_noise < 1.0e-3 * tip_noise_std:  # the difference below would be lost in rounding
        return places, normal.log_prob(places).exp()
    return places, normal.cdf(places + held_noise) - normal.cdf(places - held_noise)
