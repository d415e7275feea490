# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A reward for searching, not in the reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import isaaclab.utils.math as math_utils
import torch
from isaaclab.managers import ManagerTermBase, RewardTermCfg

from .search_area import search_density

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv


class search_coverage(ManagerTermBase):
    """Training aid, not in the reference: probability that the place newly searched was the right one.

    Nobody tells the policy how the part sits in the hand, nor where exactly the fixed part is. Along the axes of the
    hand the place is distributed as the sum of the part's offset and the noise of the tip, with the density of
    :func:`~isaaclab_factory.mdp.search_area.search_density`. A place counts as searched when the fingertip has been
    within ``radius`` of it while the part's underside was within ``height`` of the plane of the tip: on it, about to
    fall in. Each is counted once an episode, so the sum of an episode is at most one. With ``remaining``, where it may
    be more, the probability is that of an episode in which what was searched before was not the right place: the less
    is left, the more each place counts, and the unlikely ones at the end are worth the way.

    Without this reward a policy that has not found the hole stays where it is, because staying costs nothing and
    friction is larger than what exploration pushes with.
    """

    def __init__(self, cfg: RewardTermCfg, env: ManagerBasedRLEnv):
        """Lay the grid of places.

        Args:
            cfg: The configuration of the term.
            env: The environment.
        """
        super().__init__(cfg, env)
        goal = env.command_manager.get_term(cfg.params.get("command_name", "assembly_goal"))
        held_noise, tip_noise_std = cfg.params["held_noise"], goal.cfg.tip_noise_std
        area = search_density(held_noise, tip_noise_std[:2])
        self._x, self._y, self._probability = (values.to(env.device) for values in area)
        self._searched = torch.zeros(env.num_envs, *self._probability.shape, dtype=torch.bool, device=env.device)

    def reset(self, env_ids: Sequence[int] | None = None) -> None:
        """Forget what was searched in some environments.

        Args:
            env_ids: Indices of the environments. Defaults to all.
        """
        self._searched[slice(None) if env_ids is None else env_ids] = False

    def __call__(
        self,
        env: ManagerBasedRLEnv,
        held_noise: tuple[float, float],
        underside: float = 0.0,
        remaining: bool = False,
        radius: float = 0.45e-3,
        height: float = 0.6e-3,
        action_name: str = "arm",
        command_name: str = "assembly_goal",
    ) -> torch.Tensor:
        """Mark what is searched now and return how likely it was.

        Args:
            env: The environment.
            held_noise: Largest offset in m of the part in the hand along the hand's x and y axes.
            underside: Height in m of the held part's underside above its base.
            remaining: Whether to divide by the probability of all that was not searched before, of 5 % at least.
            radius: Distance in m from the right place within which the part falls in, by its chamfer.
            height: Largest distance in m of the underside from the plane of the tip.
            action_name: Name of the torque action, which knows the fingertip.
            command_name: Name of the assembly goal.

        Returns:
            Probabilities from 0 to 1. Shape is (num_envs,).
        """
        fingertip = env.action_manager.get_term(action_name).fingertip
        goal = env.command_manager.get_term(command_name)
        place = math_utils.quat_apply_inverse(fingertip.quat_w, fingertip.pos_w - goal.noisy_tip_pos_w)
        above_tip = goal.base_pos_error_w[:, 2] + goal.target_pos_w[:, 2] - goal.tip_pos_w[:, 2] + underside
        distance_x = (self._x - place[:, :1]).square()
        distance_y = (self._y - place[:, 1:2]).square()
        near = distance_x.unsqueeze(-1) + distance_y.unsqueeze(-2) < radius**2
        new = near & ~self._searched & (above_tip.abs() < height).view(-1, 1, 1)
        found = (new * self._probability).sum(dim=(1, 2))
        if remaining:
            found /= (~self._searched * self._probability).sum(dim=(1, 2)).clamp_min(0.05)
        self._searched |= new
        return found
