# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""An observation that leads along a search, not in the reference."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import isaaclab.utils.math as math_utils
import torch
from isaaclab.managers import ManagerTermBase, ObservationTermCfg

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

POINT_DISTANCE = 0.2e-3
"""Distance in m between the points of a path."""


class search_path(ManagerTermBase):
    """Training aid, not in the reference: the way to go on a path that passes all places where the part may belong.

    Such a path is what robots search for holes with (Chhatpar and Branicky, Search strategies for peg-in-hole
    assemblies with position uncertainty, IROS 2001). It lies around the noisy tip, along the axes of the hand in which
    the part is held askew: lines along the axis of the larger offset, the middle one first, then by turns on both
    sides. A point a little ahead is told, which moves on while the hand presses. The robot knows all of this by itself;
    a policy without it has to remember where it was.
    """

    def __init__(self, cfg: ObservationTermCfg, env: ManagerBasedRLEnv):
        """Lay the path.

        Args:
            cfg: The configuration of the term.
            env: The environment.
        """
        super().__init__(cfg, env)
        goal = env.command_manager.get_term(cfg.params.get("command_name", "assembly_goal"))
        spacing = cfg.params.get("spacing", 0.8e-3)
        self._path = zigzag(cfg.params["held_noise"], goal.cfg.tip_noise_std[:2], spacing).to(env.device)
        # 72 mm/s are faster than any search
        self._window = torch.arange(math.ceil(0.072 * env.step_dt / POINT_DISTANCE), device=env.device)
        self._next = torch.zeros(env.num_envs, dtype=torch.long, device=env.device)

    def reset(self, env_ids: Sequence[int] | None = None) -> None:
        """Begin the path anew in some environments.

        Args:
            env_ids: Indices of the environments. Defaults to all.
        """
        self._next[slice(None) if env_ids is None else env_ids] = 0

    def __call__(
        self,
        env: ManagerBasedRLEnv,
        held_noise: tuple[float, float],
        spacing: float = 0.8e-3,
        ahead: float = 1.2e-3,
        pressing: float = 0.2,
        action_name: str = "arm",
        command_name: str = "assembly_goal",
    ) -> torch.Tensor:
        """Go on along the path as far as the hand has come, and return the way to go. To be called once a step.

        Args:
            env: The environment.
            held_noise: Largest offset in m of the part in the hand along the hand's x and y axes.
            spacing: Distance in m between the lines: a little less than the width within which the part falls in.
            ahead: Distance in m from the hand to the point that is told, while it follows.
            pressing: Force in N with which the hand has to press downwards to go on.
            action_name: Name of the torque action, which knows the fingertip and its force.
            command_name: Name of the assembly goal, which knows the noisy tip.

        Returns:
            The way from the fingertip along the x and y axes of the world in m. Shape is (num_envs, 2).
        """
        action = env.action_manager.get_term(action_name)
        fingertip, last = action.fingertip, len(self._path) - 1
        noisy_tip_pos_w = env.command_manager.get_term(command_name).noisy_tip_pos_w
        place = math_utils.quat_apply_inverse(fingertip.quat_w, fingertip.pos_w - noisy_tip_pos_w)[:, :2]
        points = self._path[(self._next.unsqueeze(-1) + self._window).clamp_(max=last)]
        reached = (points - place.unsqueeze(1)).norm(dim=-1) < ahead
        presses = action.felt_wrench_w[:, 2] < -pressing
        self._next += presses * (reached * self._window).amax(dim=-1)
        self._next[self._next >= last] = 0  # once more from the beginning
        way = torch.nn.functional.pad(self._path[self._next] - place, (0, 1))
        return math_utils.quat_apply(fingertip.quat_w, way)[:, :2]


def zigzag(held_noise: tuple[float, float], tip_noise_std: Sequence[float], spacing: float) -> torch.Tensor:
    """Points of a path on which a search passes nearly all places where a part may belong.

    Args:
        held_noise: Largest offsets in m of the part in the hand along two axes.
        tip_noise_std: Standard deviations in m of the noise of the tip along them.
        spacing: Distance in m between the lines of the path.

    Returns:
        Points in m, at most :data:`POINT_DISTANCE` apart. The lines are parallel to the axis of the larger offset and
        end a standard deviation beyond it; the outermost are at least 2.4 standard deviations beyond the smaller one.
        Shape is (num_points, 2).
    """
    along, across = (0, 1) if held_noise[0] >= held_noise[1] else (1, 0)
    end = held_noise[along] + tip_noise_std[along]
    count = math.ceil((held_noise[across] + 2.4 * tip_noise_std[across]) / spacing)
    lines = [0.0, *(side * number * spacing for number in range(1, count + 1) for side in (1.0, -1.0))]
    corners = []
    for number, line in enumerate(lines):
        begin = -end if number % 2 == 0 else end
        corners += [(begin, line), (-begin, line)]
    points = [corners[0]]
    for first, second in itertools.pairwise(corners):
        steps = max(1, math.ceil(math.dist(first, second) / POINT_DISTANCE))
        shares = (step / steps for step in range(1, steps + 1))
        points += [(first[0] + s * (second[0] - first[0]), first[1] + s * (second[1] - first[1])) for s in shares]
    return torch.tensor(points)[:, [along, across]]
