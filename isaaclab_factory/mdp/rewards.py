# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Reward terms.

Isaac Lab's reward manager multiplies each weight by the environment's step time. With a weight of ``1 / step_dt`` a
term counts with its own value, as in the Factory reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from isaaclab.managers import ManagerTermBase, RewardTermCfg
from isaaclab.utils import index_fill_
from isaaclab.utils.math import quat_apply_inverse

from .lookup import assembly_goal, torque_action
from .search_area import search_density, sideways_noise

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv


def keypoint_reward(
    env: ManagerBasedRLEnv, sharpness: float, offset: float, command_name: str = "assembly_goal"
) -> torch.Tensor:
    """Closeness of the held part's keypoints to their targets, from ``1 / (2 + offset)`` down to 0.

    With the mean keypoint distance d in m it is ``1 / (exp(sharpness d) + offset + exp(-sharpness d))``: Appendix B of
    FORGE, arXiv:2408.04587, where ``sharpness`` is a and ``offset`` is b; ``squashing_fn`` in Isaac Lab's Factory.

    Args:
        env: The environment.
        sharpness: How fast the reward falls with the distance, in 1/m. It falls over about ``1 / sharpness``.
        offset: Lowers and widens the maximum, without unit.
        command_name: Name of the assembly goal.

    Returns:
        Rewards without unit. Shape is (num_envs,).
    """
    scaled = sharpness * assembly_goal(env, command_name).keypoint_distance
    return 1.0 / (torch.exp(scaled) + offset + torch.exp(-scaled))


def engaged(env: ManagerBasedRLEnv, command_name: str = "assembly_goal") -> torch.Tensor:
    """One where the parts are engaged now, zero elsewhere. See :class:`AssemblyGoal`.

    Args:
        env: The environment.
        command_name: Name of the assembly goal.

    Returns:
        Rewards, 0 or 1. Shape is (num_envs,).
    """
    return assembly_goal(env, command_name).engaged.float()


def success(env: ManagerBasedRLEnv, command_name: str = "assembly_goal") -> torch.Tensor:
    """One where the parts are assembled now, zero elsewhere. See :class:`AssemblyGoal`.

    Args:
        env: The environment.
        command_name: Name of the assembly goal.

    Returns:
        Rewards, 0 or 1. Shape is (num_envs,).
    """
    return assembly_goal(env, command_name).success.float()


def smoothed_action_norm(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Euclidean norm ``|s|`` of each environment's smoothed action s. A penalty needs a negative weight.

    Args:
        env: The environment.
        action_name: Name of the torque action, which smooths the actions.

    Returns:
        Norms without unit. Shape is (num_envs,).
    """
    return torch.linalg.vector_norm(torque_action(env, action_name).processed_actions, dim=-1)


def smoothed_action_rate_norm(env: ManagerBasedRLEnv, action_name: str = "arm") -> torch.Tensor:
    """Euclidean norm ``|s - s'|`` of the change of the smoothed action s over one environment step.

    A penalty needs a negative weight.

    Args:
        env: The environment.
        action_name: Name of the torque action, which smooths the actions.

    Returns:
        Norms without unit. Shape is (num_envs,).
    """
    arm = torque_action(env, action_name)
    return torch.linalg.vector_norm(arm.processed_actions - arm.previous_processed_actions, dim=-1)


def lateral_alignment(
    env: ManagerBasedRLEnv, coarse_distance: float, fine_distance: float, command_name: str = "assembly_goal"
) -> torch.Tensor:
    """Training aid, not in the reference: horizontal closeness of the held part to its target, between 0 and 1.

    On the rim of a hole a sideways error of some millimetres hardly changes the keypoint distance, so the keypoint
    rewards do not show the policy where to slide. This one is ``(exp(-d / c) + exp(-d / f)) / 2`` with the horizontal
    distance d of the held part's base from its target, the coarse distance c and the fine distance f.

    Args:
        env: The environment.
        coarse_distance: Distance in m over which the wide exponential falls by e.
        fine_distance: Distance in m over which the narrow exponential falls by e.
        command_name: Name of the assembly goal.

    Returns:
        Rewards without unit. Shape is (num_envs,).
    """
    distance = torch.linalg.vector_norm(assembly_goal(env, command_name).base_pos_error_w[:, :2], dim=-1)
    return 0.5 * (torch.exp(-distance / coarse_distance) + torch.exp(-distance / fine_distance))


class search_coverage(ManagerTermBase):
    """Training aid, not in the reference: probability that the place searched in this step is the right one.

    The policy knows neither how the part is offset in the hand nor exactly where the fixed part is. Along the axes of
    the hand the right place is distributed as the sum of the part's offset and the noise of the tip, see
    :func:`~isaaclab_factory.mdp.search_area.search_density`. A place is searched when the fingertip is within
    ``radius`` of it while the part's underside is within ``height`` of the plane of the tip: on it, about to fall in.
    Each place counts once an episode, so the rewards of an episode sum to one at most. With ``remaining`` the
    probability is the conditional one, given that what was searched before was not the right place. Then the less is
    left, the more each place counts, so that the unlikely ones at the end are worth the way. The sum can exceed one.

    Without this reward a policy that has not found the hole stays where it is, because staying costs nothing and
    friction is larger than the pushes of exploration.
    """

    def __init__(self, cfg: RewardTermCfg, env: ManagerBasedRLEnv):
        """Lay the grid of places.

        Args:
            cfg: The configuration of the term.
            env: The environment.

        Raises:
            ValueError: If the tip is observed without noise, or with another one along x than along y.
        """
        super().__init__(cfg, env)
        goal = assembly_goal(env, cfg.params.get("command_name", "assembly_goal"))
        area = search_density(cfg.params["held_noise"], sideways_noise(goal.cfg.tip_noise_std))
        self._x, self._y, self._probability = (values.to(env.device) for values in area)
        self._searched = torch.zeros(env.num_envs, *self._probability.shape, dtype=torch.bool, device=env.device)

    def reset(self, env_ids: Sequence[int] | torch.Tensor | slice | None = None) -> None:
        """Forget what was searched in some environments.

        Args:
            env_ids: Indices of the environments. Defaults to all.
        """
        index_fill_(self._searched, env_ids, False)

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
        """Mark what is searched now and return how likely it was the right place.

        Args:
            env: The environment.
            held_noise: Largest offset in m of the part in the hand along the hand's x and y axes.
            underside: Height in m of the held part's underside above its base.
            remaining: Whether to divide by the probability of all that was not searched before, at least 5 %.
            radius: Distance in m from the right place within which the part falls in, by its chamfer.
            height: Largest distance in m of the underside from the plane of the tip.
            action_name: Name of the torque action, which knows the fingertip.
            command_name: Name of the assembly goal.

        Returns:
            Probabilities from 0 to 1. Shape is (num_envs,).
        """
        fingertip, goal = torque_action(env, action_name).fingertip, assembly_goal(env, command_name)
        place = quat_apply_inverse(fingertip.quat_w, fingertip.pos_w - goal.noisy_tip_pos_w)
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
