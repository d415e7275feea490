# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A torque action with a search motion. Not in the reference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import torch
from isaaclab.utils import index_fill_
from isaaclab.utils.math import quat_apply, quat_apply_inverse, quat_mul, wrap_to_pi

from isaaclab_factory.controllers import quat_from_rotvec, yaw_from_quat

from .actions import OperationalSpaceTorqueAction
from .actions_cfg import OperationalSpaceTorqueActionCfg
from .search_area import search_path, sideways_noise

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

    from .search_motion_cfg import SearchMotionTorqueActionCfg

LAWS = {
    "order": "once per policy step after the smoothing: the states as listed, then the deltas, added to the policy's",
    "place": "r: fingertip position minus noisy tip, along the x and y axes of the fingertip",
    "velocity": "v: that of the fingertip by finite differences over the last physics step",
    "presses": "|v_z| < largest_speed and f_z < -least_force, with the exerted force f",
    "inside": "fingertip height < surface height - inside_depth",
    "waits": "stuck steps >= patience, with patience = round(patience_s / step_dt) and pause likewise",
    "advance": "where it presses and is not inside: the largest n from 0 to 2 lookahead / step with"
    " |path[(i + n) mod size] - r| < tolerance; 0 without such an n",
    "path index": "i: 0 at first; + advance; + skip / step at the end of a pause, unless inside",
    "surface height": "minus infinity at first; the fingertip's height where advance > 0",
    "stuck steps": "0 at first; + 1 where it waited before, or presses with |v_x| and |v_y| < stuck_speed; else 0;"
    " 0 at the end of a pause, which is where they were patience + pause - 1",
    "slipping steps": "0 at first; + 1 where it now waits or is inside, else 0",
    "pull": "along way = path[(i + lookahead / step) mod size] - r: the force D speed - friction f_z where it presses,"
    " else D min(approach_rate |way|, approach_speed), with D = 2 sqrt(stiffness); none where it waits or is inside",
    "down": "insert_force inside, else stuck_force where it waits, else press_force where it presses,"
    " else D descent_speed",
    "position delta": "clip(force / stiffness, -largest_delta, largest_delta), of the pull, turned from the fingertip's"
    " axes into the world, with its z component replaced by -down",
    "yaw delta": "0 where there are no slipping steps n; else clip(wrap(y - yaw), -turn_angle, turn_angle)"
    " + 2 / sqrt(yaw stiffness) turn_angle w cos(w t), with y = yaw at the first action + turn_angle sin(w t),"
    " w = 2 pi / turn_period_s and t = (n - 1) step_dt; about the vertical, after the policy's rotation",
}
"""How the motion gets from what a robot knows to pose deltas, for the description of the action."""


class SearchMotionTorqueAction(OperationalSpaceTorqueAction):
    """Move the tool as :class:`OperationalSpaceTorqueAction` does, and search by pressing and sliding along a path.

    The policy's action is a correction of this motion (residual reinforcement learning, arXiv:1812.03201). All that the
    motion uses is known to a robot: where its hand is, the force it exerts, and how large the noises are.

    The path (:func:`~isaaclab_factory.mdp.search_area.search_path`) lies around the noisy tip, along the axes of the
    hand. The hand comes down at its beginning, presses, and is pulled along. Once per environment step, while it
    presses, it has followed the path to the furthest point within reach, and is pulled to a point a little further on.
    At the end of the path it begins again. A hand that is stuck presses harder for a while, turns back and forth and is
    not pulled, because a part in the mouth of the hole slips in when nothing drags at it. If it has not slipped in,
    something may be in the way, and some of the path is left out. A hand that is lower than where it slid has found the
    place. It only presses and turns, because the teeth of gears have to find the gaps between others.
    """

    cfg: SearchMotionTorqueActionCfg

    def __init__(self, cfg: SearchMotionTorqueActionCfg, env: ManagerBasedRLEnv):
        """Lay the path and create the buffers.

        Args:
            cfg: The configuration of the term.
            env: The environment.

        Raises:
            ValueError: As :class:`OperationalSpaceTorqueAction`, if the stiffness differs between x, y and z, or if a
                time is too short.
        """
        super().__init__(cfg, env)
        if len(set(cfg.stiffness[:3])) != 1:
            raise ValueError(f"The search motion needs one stiffness for x, y and z, got {cfg.stiffness[:3]}.")
        if cfg.turn_period_s <= 0.0:
            raise ValueError(f"The search motion's turn_period_s must be more than 0, got {cfg.turn_period_s}.")
        if min(cfg.patience_s, cfg.pause_s) < env.step_dt:
            raise ValueError(
                f"The search motion's patience_s ({cfg.patience_s}) and pause_s ({cfg.pause_s}) must not be shorter"
                f" than an environment step of {env.step_dt:.3g} s."
            )
        self._path = search_path(
            cfg.held_noise, sideways_noise(self._goal.cfg.tip_noise_std), cfg.share, cfg.line_spacing, cfg.step
        ).to(self.device)
        self._stiffness = cfg.stiffness[0]
        self._damping = 2.0 * math.sqrt(self._stiffness)
        self._ahead = round(cfg.lookahead / cfg.step)
        self._window = torch.arange(2 * self._ahead + 1, device=self.device)
        self._patience, self._pause = (round(time / env.step_dt) for time in (cfg.patience_s, cfg.pause_s))
        self._skip = round(cfg.skip / cfg.step)
        angular_frequency = 2.0 * math.pi / cfg.turn_period_s
        self._turn_per_step = angular_frequency * env.step_dt
        self._largest_turn = 2.0 / math.sqrt(cfg.stiffness[5]) * cfg.turn_angle * angular_frequency

        self._reached = torch.zeros(self.num_envs, dtype=torch.long, device=self.device)
        self._stuck_steps = torch.zeros_like(self._reached)
        self._slipping_steps = torch.zeros_like(self._reached)
        self._surface_z_w = torch.full((self.num_envs,), -torch.inf, device=self.device)
        # NaN from a reset until the first action: a state may be restored in between
        self._start_yaw = torch.full((self.num_envs,), torch.nan, device=self.device)

    @property
    def delta_w(self) -> torch.Tensor:
        """Position delta in m by which the motion moves the fingertip, axes of the world. Shape is (num_envs, 3).

        Sideways it is the delta at which the configured stiffness K and damping D, and the friction mu under the
        pressing force F, give a speed v: ``(D v + mu F) / K``. Downwards it is ``D v / K`` in the air and ``F / K`` on
        a surface.
        """
        cfg = self.cfg
        way = self._path[(self._reached + self._ahead) % len(self._path)] - self._place()
        distance = torch.linalg.vector_norm(way, dim=-1, keepdim=True).clamp_min(1.0e-9)
        presses, slips_in = self._presses(), self._slips_in()
        speed = torch.where(presses, cfg.speed, (cfg.approach_rate * distance[:, 0]).clamp_max(cfg.approach_speed))
        sideways = self._damping * speed - cfg.friction * presses * self.felt_wrench_w[:, 2]
        pull = way / distance * (sideways * ~slips_in).unsqueeze(-1)
        down = torch.where(presses, cfg.press_force, self._damping * cfg.descent_speed)
        down = torch.where(slips_in, cfg.stuck_force, down)
        down = torch.where(self._is_inside(), cfg.insert_force, down)
        force = quat_apply(self.fingertip.quat_w, torch.nn.functional.pad(pull, (0, 1)))
        force[:, 2] = -down
        return (force / self._stiffness).clamp_(-cfg.largest_delta, cfg.largest_delta)

    @property
    def delta_yaw(self) -> torch.Tensor:
        """Rotation delta in rad by which the motion turns the fingertip about the vertical. Shape is (num_envs,).

        The wanted yaw is ``y = y_0 + turn_angle sin(2 pi t / T)``, with the yaw y_0 at the start of the episode, the
        time t since the part is to slip in, and the period T. With the stiffness K and the damping D of the yaw this
        takes ``y - yaw + D / K dy/dt``, where the difference is limited to ``turn_angle``.
        """
        phase = self._turn_per_step * (self._slipping_steps - 1)
        yaw = self._start_yaw + self.cfg.turn_angle * torch.sin(phase)
        error = wrap_to_pi(yaw - yaw_from_quat(self.fingertip.quat_w))
        error = error.clamp_(-self.cfg.turn_angle, self.cfg.turn_angle)
        return torch.where(self._slipping_steps > 0, error + self._largest_turn * torch.cos(phase), 0.0)

    @property
    def followed(self) -> torch.Tensor:
        """Share of the path that was followed, from 0 to 1, on the present round. Shape is (num_envs,)."""
        return (self._reached % len(self._path)) / len(self._path)

    @property
    def description(self) -> dict[str, Any]:
        """What somebody who runs the policy on a real robot needs to know of the action: all its numbers."""
        inherited = {field.name for field in fields(OperationalSpaceTorqueActionCfg)}
        own = [field.name for field in fields(self.cfg) if field.name not in inherited]
        motion = {name: getattr(self.cfg, name) for name in own}
        return {**super().description, "search_motion": {"laws": LAWS, **motion, "path": self._path.tolist()}}

    def process_actions(self, actions: torch.Tensor) -> None:
        """Smooth and scale the actions and add the motion.

        Args:
            actions: Actions of the policy. Shape is (num_envs, 6).
        """
        super().process_actions(actions)
        self._follow()
        self._target.delta_pos_w += self.delta_w
        turn = torch.nn.functional.pad(self.delta_yaw.unsqueeze(-1), (2, 0))
        self._target.delta_quat_w.copy_(quat_mul(quat_from_rotvec(turn), self._target.delta_quat_w))

    def reset(self, env_ids: Sequence[int] | torch.Tensor | slice | None = None) -> None:
        """Forget the actions and begin the path again in some environments.

        Args:
            env_ids: Indices of the environments. Defaults to all.
        """
        super().reset(env_ids)
        for steps in (self._reached, self._stuck_steps, self._slipping_steps):
            index_fill_(steps, env_ids, 0)
        index_fill_(self._surface_z_w, env_ids, -torch.inf)
        index_fill_(self._start_yaw, env_ids, torch.nan)

    def _follow(self) -> None:
        """Update how far along the path the hand is, and for how long it has been stuck."""
        yaw = yaw_from_quat(self.fingertip.quat_w)
        torch.where(self._start_yaw.isnan(), yaw, self._start_yaw, out=self._start_yaw)
        presses, inside = self._presses(), self._is_inside()
        window = self._path[(self._reached.unsqueeze(-1) + self._window) % len(self._path)]
        near = torch.linalg.vector_norm(window - self._place().unsqueeze(1), dim=-1) < self.cfg.tolerance
        slides = presses & ~inside
        advance = (near * slides.unsqueeze(-1) * self._window).amax(dim=-1)
        waits = self._waits()
        waited = self._stuck_steps == self._patience + self._pause - 1
        self._reached += advance + self._skip * (waited & ~inside)
        torch.where(advance > 0, self.fingertip.pos_w[:, 2], self._surface_z_w, out=self._surface_z_w)
        stuck = presses & (self.fingertip.measured_lin_vel_w[:, :2].abs().amax(dim=-1) < self.cfg.stuck_speed)
        self._stuck_steps.add_(1).mul_((stuck | waits) & ~waited)
        self._slipping_steps.add_(1).mul_(self._slips_in())

    def _presses(self) -> torch.Tensor:
        """Whether the hand presses on something. Shape is (num_envs,)."""
        rests = self.fingertip.measured_lin_vel_w[:, 2].abs() < self.cfg.largest_speed
        return rests & (self.felt_wrench_w[:, 2] < -self.cfg.least_force)

    def _slips_in(self) -> torch.Tensor:
        """Whether the part is to slip in, without being pulled along the path. Shape is (num_envs,)."""
        return self._waits() | self._is_inside()

    def _waits(self) -> torch.Tensor:
        """Whether the hand has been stuck for so long that it waits. Shape is (num_envs,)."""
        return self._stuck_steps >= self._patience

    def _is_inside(self) -> torch.Tensor:
        """Whether the hand is lower than where it last slid along. Shape is (num_envs,)."""
        return self.fingertip.pos_w[:, 2] < self._surface_z_w - self.cfg.inside_depth

    def _place(self) -> torch.Tensor:
        """Where the fingertip is relative to the noisy tip in m, along the axes of the hand. Shape is (num_envs, 2)."""
        from_tip = self.fingertip.pos_w - self._goal.noisy_tip_pos_w
        return quat_apply_inverse(self.fingertip.quat_w, from_tip)[:, :2]
