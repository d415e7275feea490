# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Where the part may belong, as far as a robot can know before it touches anything."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import isaaclab.utils.math as math_utils
import torch

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv


class SearchGrid:
    """Places along the axes of the hand, and how likely each is.

    Nobody tells how the part sits in the hand, nor where exactly the fixed part is. Relative to the noisy tip and along
    the axes of the hand, the place where the fingertip has to be is distributed as the sum of the part's offset, even
    in ``[-held_noise, held_noise]``, and the normal noise of the tip. The density of each axis is

        p(x) ~ Phi((x + h) / s) - Phi((x - h) / s)

    with half the width h and the standard deviation s > 0 (the normal density itself where h is zero).

    Attributes:
        x: Places along the x axis of the hand in m. Shape is (num_x,).
        y: Places along its y axis in m. Shape is (num_y,).
        probability: How likely each is, 1 in sum. Shape is (num_x, num_y).
    """

    CELL = 0.4e-3
    """Distance in m between the places that are told apart."""

    def __init__(self, held_noise: tuple[float, float], tip_noise_std: Sequence[float], device: str | torch.device):
        """Lay the grid.

        Args:
            held_noise: Largest offset in m of the part in the hand along the hand's x and y axes.
            tip_noise_std: Standard deviation in m of the noise of the tip, of which the first two count.
            device: Device of the tensors.
        """
        axes = [self._axis(*noises) for noises in zip(held_noise, tip_noise_std[:2], strict=True)]
        (self.x, density_x), (self.y, density_y) = ((x.to(device), p.to(device)) for x, p in axes)
        density = density_x.unsqueeze(-1) * density_y
        self.probability = density / density.sum()

    def squared_distance(self, place: torch.Tensor) -> torch.Tensor:
        """Squared distances in m^2 of all places from present ones.

        Args:
            place: Present places in m. Shape is (num_envs, 2).

        Returns:
            Shape is (num_envs, num_x, num_y).
        """
        distance_x, distance_y = (self.x - place[:, :1]).square(), (self.y - place[:, 1:2]).square()
        return distance_x.unsqueeze(-1) + distance_y.unsqueeze(-2)

    @classmethod
    def _axis(cls, held_noise: float, tip_noise_std: float) -> tuple[torch.Tensor, torch.Tensor]:
        """Places along one axis of the hand in m, and how likely each is. Both are of shape (places,)."""
        reach = held_noise + 3.5 * tip_noise_std
        count = 2 * math.ceil(reach / cls.CELL) + 1
        places = cls.CELL * torch.arange(count) - cls.CELL * (count // 2)
        normal = torch.distributions.Normal(0.0, tip_noise_std)
        if held_noise < 1.0e-3 * tip_noise_std:  # the difference below would be lost in rounding
            return places, normal.log_prob(places).exp()
        return places, normal.cdf(places + held_noise) - normal.cdf(places - held_noise)


def fingertip_place(env: ManagerBasedRLEnv, action_name: str, command_name: str) -> torch.Tensor:
    """Where the fingertip is, relative to the noisy tip and along the axes of the hand.

    Args:
        env: The environment.
        action_name: Name of the torque action, which knows the fingertip.
        command_name: Name of the assembly goal, which knows the noisy tip.

    Returns:
        Positions in m. Shape is (num_envs, 3).
    """
    fingertip = env.action_manager.get_term(action_name).fingertip
    noisy_tip_pos_w = env.command_manager.get_term(command_name).noisy_tip_pos_w
    return math_utils.quat_apply_inverse(fingertip.quat_w, fingertip.pos_w - noisy_tip_pos_w)
