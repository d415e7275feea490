# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A path over the places where the fixed part may be, not in the reference."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import isaaclab.utils.math as math_utils
import torch
from isaaclab.managers import CommandTerm

from .descriptors import describe

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

    from .actions import OperationalSpaceTorqueAction
    from .search_path_cfg import SearchPathCfg


class SearchPath(CommandTerm):
    """Training aid, not in the reference: where to go next, pressing, so as to pass all places that are likely.

    Nobody tells the policy how the part sits in the hand, nor where exactly the fixed part is. Relative to the noisy
    tip and along the axes of the hand the fingertip has to be somewhere around zero, as far as the noises go. The path
    passes these places in parallel lines, the likely ones in the middle first. An environment is as far on it as the
    hand has followed it, near to it and pressing; the command is a point a little further on. It is made of what a
    robot knows: where it is, what it exerts, and the noises.
    """

    cfg: SearchPathCfg

    def __init__(self, cfg: SearchPathCfg, env: ManagerBasedRLEnv):
        """Lay the path.

        Args:
            cfg: The configuration of the term.
            env: The environment.
        """
        super().__init__(cfg, env)
        self._places = torch.tensor(path(cfg.reach, cfg.line_spacing, cfg.step), device=self.device)
        self._window = torch.arange(1 + round(2.0 * cfg.lookahead / cfg.step), device=self.device)
        self._reached = torch.zeros(self.num_envs, dtype=torch.long, device=self.device)
        self._advance = torch.zeros(self.num_envs, device=self.device)
        self._command = torch.zeros(self.num_envs, 2, device=self.device)
        self._fresh_at_step = env.common_step_counter
        self.metrics = {"followed": torch.zeros(self.num_envs, device=self.device)}

    @property
    def command(self) -> torch.Tensor:
        """From the fingertip to the next place in m, x and y along the axes of the world. Shape is (num_envs, 2)."""
        return self._command

    @property
    def followed(self) -> torch.Tensor:
        """Share of the path that is behind, from 0 to 1. Shape is (num_envs,)."""
        self._refresh()
        return self._reached / (len(self._places) - 1)

    @property
    def advance(self) -> torch.Tensor:
        """Share of the path by which the last step got further on. Shape is (num_envs,)."""
        self._refresh()
        return self._advance

    def _resample_command(self, env_ids: Sequence[int]) -> None:
        """Begin at the beginning of the path."""
        self._reached[env_ids] = 0

    def _update_metrics(self) -> None:
        self.metrics["followed"][:] = self.followed

    def _update_command(self) -> None:
        """Point at the next place from where the fingertip is now, also after a reset."""
        ahead = (self._reached + round(self.cfg.lookahead / self.cfg.step)).clamp_max(len(self._places) - 1)
        way = torch.nn.functional.pad(self._places[ahead] - self._place(), (0, 1))
        self._command[:] = math_utils.quat_apply(self._arm.fingertip.quat_w, way)[:, :2]

    def _refresh(self) -> None:
        """Follow the hand, once per environment step."""
        if self._fresh_at_step == self._env.common_step_counter:
            return
        self._fresh_at_step = self._env.common_step_counter
        arm, last = self._arm, len(self._places) - 1
        presses = (arm.felt_wrench_w[:, 2] < -self.cfg.least_force) & (
            arm.fingertip.measured_lin_vel_w[:, 2].abs() < self.cfg.largest_speed
        )
        window = self._places[(self._reached.unsqueeze(-1) + self._window).clamp_max(last)]
        near = torch.linalg.vector_norm(window - self._place().unsqueeze(1), dim=-1) < self.cfg.tolerance
        reached = (self._reached + (near * presses.unsqueeze(-1) * self._window).amax(dim=-1)).clamp_max(last)
        self._advance = (reached - self._reached) / last
        self._reached = reached

    def _place(self) -> torch.Tensor:
        """Where the fingertip is relative to the noisy tip, along the axes of the hand. Shape is (num_envs, 2)."""
        fingertip = self._arm.fingertip
        tip = self._env.command_manager.get_term(self.cfg.goal_name).noisy_tip_pos_w
        return math_utils.quat_apply_inverse(fingertip.quat_w, fingertip.pos_w - tip)[:, :2]

    @property
    def _arm(self) -> OperationalSpaceTorqueAction:
        return self._env.action_manager.get_term(self.cfg.action_name)


def search_path_advance(env: ManagerBasedRLEnv, command_name: str = "search_path") -> torch.Tensor:
    """Training aid, not in the reference: how much further the hand has followed the path in this step.

    Args:
        env: The environment.
        command_name: Name of the :class:`SearchPath`.

    Returns:
        Shares of the path, from 0 to 1. Shape is (num_envs,).
    """
    return env.command_manager.get_term(command_name).advance


@describe(units="1", axes=["share"], observation_type="Command")
def search_path_followed(env: ManagerBasedRLEnv, command_name: str = "search_path") -> torch.Tensor:
    """Training aid, not in the reference: how much of the search path is behind.

    Args:
        env: The environment.
        command_name: Name of the :class:`SearchPath`.

    Returns:
        Shares from 0 to 1. Shape is (num_envs, 1).
    """
    return env.command_manager.get_term(command_name).followed.unsqueeze(-1)


def path(reach: tuple[float, float], line_spacing: float, step: float) -> list[tuple[float, float]]:
    """Lays points on lines along the first axis, forth and back, the middle line first and the others by distance.

    Args:
        reach: Half the length in m of the area along both axes.
        line_spacing: Largest distance in m between neighbouring lines.
        step: Largest distance in m between neighbouring points.

    Returns:
        Places (x, y) in m.
    """
    count = math.ceil(reach[1] / line_spacing)
    lines = [0.0, *(sign * reach[1] * number / count for number in range(1, count + 1) for sign in (1.0, -1.0))]
    corners, side = [], -reach[0]
    for line in lines:
        corners += [(side, line), (-side, line)]
        side = -side
    places = []
    for start, end in itertools.pairwise(corners):
        parts = math.ceil(math.dist(start, end) / step)
        places += [tuple(a + (b - a) * part / parts for a, b in zip(start, end, strict=True)) for part in range(parts)]
    return [*places, corners[-1]]
