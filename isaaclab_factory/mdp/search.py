# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Searching by touch: a reward for it and an observation of what is left to search, neither in the reference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import isaaclab.utils.math as math_utils
import torch
from isaaclab.managers import ManagerTermBase, ObservationTermCfg, RewardTermCfg

from .search_grid import SearchGrid, fingertip_place

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

RADIUS = 0.45e-3
"""Distance in m from the right place within which Factory's parts fall in, by their chamfer."""


def _grid(cfg: RewardTermCfg | ObservationTermCfg, env: ManagerBasedRLEnv) -> SearchGrid:
    goal = env.command_manager.get_term(cfg.params.get("command_name", "assembly_goal"))
    return SearchGrid(cfg.params["held_noise"], goal.cfg.tip_noise_std, env.device)


class search_coverage(ManagerTermBase):
    """Training aid, not in the reference: probability that the place newly searched was the right one.

    :class:`~isaaclab_factory.mdp.search_grid.SearchGrid` tells how likely places are. One counts as searched when the
    fingertip has been within ``radius`` of it while the part's underside was within ``height`` of the plane of the tip:
    on it, about to fall in. Each is counted once an episode, so the sum of an episode is at most one.

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
        self._grid = _grid(cfg, env)
        self._searched = torch.zeros(env.num_envs, *self._grid.probability.shape, dtype=torch.bool, device=env.device)

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
        radius: float = RADIUS,
        height: float = 0.6e-3,
        action_name: str = "arm",
        command_name: str = "assembly_goal",
    ) -> torch.Tensor:
        """Mark what is searched now and return how likely it was.

        Args:
            env: The environment.
            held_noise: Largest offset in m of the part in the hand along the hand's x and y axes.
            underside: Height in m of the held part's underside above its base.
            radius: Distance in m from the right place within which the part falls in, by its chamfer.
            height: Largest distance in m of the underside from the plane of the tip.
            action_name: Name of the torque action, which knows the fingertip.
            command_name: Name of the assembly goal.

        Returns:
            Probabilities from 0 to 1. Shape is (num_envs,).
        """
        goal = env.command_manager.get_term(command_name)
        place = fingertip_place(env, action_name, command_name)
        above_tip = goal.base_pos_error_w[:, 2] + goal.target_pos_w[:, 2] - goal.tip_pos_w[:, 2] + underside
        near = self._grid.squared_distance(place) < radius**2
        new = near & ~self._searched & (above_tip.abs() < height).view(-1, 1, 1)
        self._searched |= new
        return (new * self._grid.probability).sum(dim=(1, 2))


class unsearched_place(ManagerTermBase):
    """Training aid, not in the reference: where a search should go on.

    It uses what a robot knows by itself: how the noises are distributed, where its hand is, and how hard it presses.
    While the fingertip presses within ``radius`` of a place, the belief that it is the right one, which begins with the
    probability of :class:`~isaaclab_factory.mdp.search_grid.SearchGrid`, fades by ``exp(-t / search_time)``: the part
    would have fallen in. That is the detection function of random search (Koopman, Search and Screening, 1946). The
    place to go to is that with the largest ``belief / (d + distance_scale)`` at its distance d. Without it a policy has
    to remember where it was.
    """

    def __init__(self, cfg: ObservationTermCfg, env: ManagerBasedRLEnv):
        """Lay the grid of places.

        Args:
            cfg: The configuration of the term.
            env: The environment.
        """
        super().__init__(cfg, env)
        self._grid = _grid(cfg, env)
        self._places = torch.cartesian_prod(self._grid.x, self._grid.y)
        self._belief = self._grid.probability.repeat(env.num_envs, 1, 1)

    def reset(self, env_ids: Sequence[int] | None = None) -> None:
        """Forget what was searched in some environments.

        Args:
            env_ids: Indices of the environments. Defaults to all.
        """
        self._belief[slice(None) if env_ids is None else env_ids] = self._grid.probability

    def __call__(
        self,
        env: ManagerBasedRLEnv,
        held_noise: tuple[float, float],
        radius: float = RADIUS,
        pressing: float = 0.3,
        search_time: float = 0.1,
        distance_scale: float = 0.6e-3,
        action_name: str = "arm",
        command_name: str = "assembly_goal",
    ) -> torch.Tensor:
        """Let the belief in the present place fade, and return where to go. To be called once a step.

        Args:
            env: The environment.
            held_noise: Largest offset in m of the part in the hand along the hand's x and y axes.
            radius: Distance in m from the right place within which the part falls in, by its chamfer.
            pressing: Force in N with which the hand has to press downwards.
            search_time: Time in s within which the part falls in, if it does.
            distance_scale: Distance in m up to which no place is far.
            action_name: Name of the torque action, which knows the fingertip and its force.
            command_name: Name of the assembly goal, which knows the noisy tip.

        Returns:
            The way there along the x and y axes of the world in m. Shape is (num_envs, 2).
        """
        action = env.action_manager.get_term(action_name)
        place = fingertip_place(env, action_name, command_name)[:, :2]
        squared_distance = self._grid.squared_distance(place)
        presses = (action.felt_wrench_w[:, 2] < -pressing).view(-1, 1, 1)
        kept = math.exp(-env.step_dt / search_time)
        self._belief *= torch.where((squared_distance < radius**2) & presses, kept, 1.0)
        value = self._belief / (squared_distance.sqrt_() + distance_scale)
        way = self._places[value.flatten(1).argmax(dim=-1)] - place
        return math_utils.quat_apply(action.fingertip.quat_w, torch.nn.functional.pad(way, (0, 1)))[:, :2]
