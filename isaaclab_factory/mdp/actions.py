# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Torque actions: what every one of them does, and that of the Factory tasks."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from isaaclab.assets import Articulation
from isaaclab.managers import ActionTerm
from isaaclab.utils import index_fill_

from isaaclab_factory.controllers import DeltaTarget, OperationalSpaceController, SteppedTarget, quat_from_rotvec

from .compat import join_physics_loop
from .fingertip import FingertipState

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

    from .actions_cfg import OperationalSpaceTorqueActionCfg, TorqueActionCfg
    from .commands import AssemblyGoal

JACOBIANS = ("finger_mean", "fingertip")
"""Allowed values of ``TorqueActionCfg.jacobian``."""

TORQUE_LAWS = {
    "pose error": "e = (target position - p, rotation vector of target orientation times conjugate q)",
    "wrench": "sign(w) max(|w| - dead_zone, 0) about the fingertip, component by component, with w = K e - D v, the"
    " stiffness K, D = 2 sqrt(K) and the body's velocity v",
    "joint torques": "clip(J^T wrench + null space, -torque_limit, torque_limit), before every physics step",
    "Jacobian": "J is that of body_name for 'fingertip', the mean of those of finger_body_names for 'finger_mean'",
    "null space": "M n (n^T M u) / (n^T M n), with J n = 0, the arm's mass matrix M and"
    " u = nullspace_stiffness wrap(nullspace_joint_pos - joint_pos) - nullspace_damping joint_vel",
    "exerted wrench": "f <- f + (1 - exp(-physics_dt / touch_time_constant)) (wrench - f) before every physics step;"
    " zero at a reset; for 'finger_mean' the torque of the wrench is moved to the fingertip first: + lever x force,"
    " with the lever from the fingertip to the middle of finger_body_names",
}
"""How a :class:`TorqueAction` gets from targets to torques, for its description.

The fingertip's pose is (p, q). Everything is along the axes of the world.
"""

DELTA_LAWS = {
    "smoothed actions": "s <- (1 - ema_factor) s + ema_factor a, once per policy step; zero at a reset",
    "pose delta": "scale s; with unidirectional_yaw the last component is -scale (1 + s) / 2",
    "target position": "c + clip(p + delta - c, -position_bounds, position_bounds), with the noisy tip c of this step",
    "target orientation": "roll pi, pitch 0, and the yaw of exp(delta) q",
}
"""How :class:`OperationalSpaceTorqueAction` gets from actions a to targets, for its description."""


class TorqueAction(ActionTerm):
    """Pull a tool to a target through joint torques, with the gripper closed.

    Once per environment step the action a is smoothed by an exponential moving average,
    ``s <- (1 - ema_factor) s + ema_factor a``. Before every physics step a target follows from s and the tool's pose,
    as a subclass says, and the arm gets the torques

        J^T d(K e - D v) + null space

    in N m, with the error e of the tool's pose, its velocity v, the stiffness K, the damping ``D = 2 sqrt(K)`` and the
    dead zone d (:class:`~isaaclab_factory.controllers.OperationalSpaceController`). The Jacobian J is chosen by
    ``cfg.jacobian``. The null-space torque does not accelerate the point of J. It pulls the arm to a posture.

    Attributes:
        ema_factor: Share of the new action in the moving average. Shape is (num_envs, 1).
        stiffness: Task-space stiffness in N/m and N m/rad. Shape is (num_envs, 6).
        dead_zone: How much of each component of the wrench is lost, in N and N m. Shape is (num_envs, 6).
        fingertip: Pose and measured velocity of the tool.

    Events may write to the first three.
    """

    cfg: TorqueActionCfg
    _asset: Articulation

    def __init__(self, cfg: TorqueActionCfg, env: ManagerBasedRLEnv):
        """Resolve joints and bodies and create the buffers.

        Args:
            cfg: The configuration of the term.
            env: The environment.

        Raises:
            ValueError: If the names do not match seven arm joints, one tool and, for the Jacobian "finger_mean", two
                fingers of a fixed-base robot, if the Jacobian is unknown, or if ``clip`` is set.
        """
        super().__init__(cfg, env)
        self._resolve_names()
        self._goal: AssemblyGoal = env.command_manager.get_term(cfg.command_name)
        fingertip_only = cfg.jacobian == "fingertip"
        self._controller = OperationalSpaceController(
            num_envs=self.num_envs,
            body_id=self._body_id,
            point_ids=(self._body_id, self._body_id) if fingertip_only else tuple(self._finger_ids),
            joint_ids=self._arm_joint_ids,
            stiffness=cfg.stiffness,
            dead_zone=cfg.dead_zone,
            nullspace_joint_pos=cfg.nullspace_joint_pos,
            nullspace_stiffness=cfg.nullspace_stiffness,
            nullspace_damping=cfg.nullspace_damping,
            torque_limit=cfg.torque_limit,
            smoothing=1.0 - math.exp(-env.physics_dt / cfg.touch_time_constant),
            device=self.device,
        )
        self.stiffness, self.dead_zone = self._controller.stiffness, self._controller.dead_zone
        self.ema_factor = torch.full((self.num_envs, 1), cfg.ema_factor, device=self.device)
        self.fingertip = FingertipState(self._asset, self._controller, env.physics_dt)

        self._raw_actions = torch.zeros(self.num_envs, self.action_dim, device=self.device)
        self._processed_actions = torch.zeros_like(self._raw_actions)
        self._previous_actions = torch.zeros_like(self._raw_actions)
        self._target = self._make_target()
        num_gripper_joints = len(self._gripper_joint_names)
        self._gripper_target = torch.full(
            (self.num_envs, num_gripper_joints), cfg.gripper_joint_pos, device=self.device
        )
        self._joint_forces = None
        if cfg.in_physics_loop:
            self._joint_forces = join_physics_loop(env, self._asset, self._control, self._show_torques)

    def _resolve_names(self) -> None:
        cfg, asset, name = self.cfg, self._asset, type(self).__name__
        if cfg.clip is not None:
            raise ValueError(f"{type(cfg).__name__}.clip is not supported, use position_bounds.")
        if cfg.jacobian not in JACOBIANS:
            raise ValueError(f"{type(cfg).__name__}.jacobian must be one of {JACOBIANS}: '{cfg.jacobian}'.")
        if not asset.is_fixed_base:
            raise ValueError(f"{name} needs a fixed-base robot, '{cfg.asset_name}' is floating.")
        arm_joint_ids, self._arm_joint_names = asset.find_joints(cfg.arm_joint_names)
        gripper_joint_ids, self._gripper_joint_names = asset.find_joints(cfg.gripper_joint_names)
        body_ids, body_names = asset.find_bodies(cfg.body_name)
        means_fingers = cfg.jacobian == "finger_mean"
        finger_ids, finger_names = asset.find_bodies(list(cfg.finger_body_names)) if means_fingers else ([], [])
        if len(arm_joint_ids) != 7 or len(body_ids) != 1:
            raise ValueError(
                f"{name} needs 7 arm joints and 1 body, the names of its configuration match"
                f" {self._arm_joint_names} and {body_names}."
            )
        if means_fingers and len(finger_ids) != 2:
            raise ValueError(f"The Jacobian 'finger_mean' needs 2 finger_body_names, the names match {finger_names}.")
        self._body_id, self._finger_ids = body_ids[0], finger_ids
        self._arm_joint_ids = arm_joint_ids
        self._gripper_joint_ids = torch.tensor(gripper_joint_ids, dtype=torch.int32, device=self.device)

    @abstractmethod
    def _make_target(self) -> DeltaTarget | SteppedTarget:
        """Create the targets, and what :meth:`_aim` needs."""

    @abstractmethod
    def _aim(self) -> None:
        """Write to the targets, once per environment step, what follows from the smoothed actions."""

    @property
    def raw_actions(self) -> torch.Tensor:
        """Actions as given by the policy. Shape is (num_envs, action_dim)."""
        return self._raw_actions

    @property
    def processed_actions(self) -> torch.Tensor:
        """Smoothed actions, before scaling. Shape is (num_envs, action_dim)."""
        return self._processed_actions

    @property
    def previous_processed_actions(self) -> torch.Tensor:
        """Smoothed actions of the environment step before. Shape is (num_envs, action_dim)."""
        return self._previous_actions

    @property
    def felt_wrench_w(self) -> torch.Tensor:
        """Force in N and torque in N m that the controller exerts, smoothed over ``touch_time_constant``.

        At rest the tool exerts it on its surroundings. The torque is about the tool's origin, whichever Jacobian
        transmits it. Both are along the axes of the world. Zero from a reset until the first physics step.
        Shape is (num_envs, 6).
        """
        return self._controller.smoothed_wrench_w

    @property
    def target_pose_w(self) -> torch.Tensor:
        """Where the tool was pulled before the last physics step: position in m and orientation (x, y, z, w).

        World frame. Shape is (num_envs, 7).
        """
        return self._target.target_pose_w

    @property
    def description(self) -> dict[str, Any]:
        """What somebody who runs the policy on a real robot needs to know of the torques: all their numbers."""
        cfg = self.cfg
        return {
            "frame": "world",
            "quaternions": "x, y, z, w",
            "laws": TORQUE_LAWS,
            "physics_dt": self._env.physics_dt,
            "step_dt": self._env.step_dt,
            "body_name": cfg.body_name,
            "finger_body_names": list(cfg.finger_body_names),
            "joint_names": self._arm_joint_names,
            "gripper_joint_names": self._gripper_joint_names,
            "ema_factor": cfg.ema_factor,
            "position_bounds": list(cfg.position_bounds),
            "stiffness": list(cfg.stiffness),
            "dead_zone": list(cfg.dead_zone),
            "jacobian": cfg.jacobian,
            "nullspace_joint_pos": list(cfg.nullspace_joint_pos),
            "nullspace_stiffness": cfg.nullspace_stiffness,
            "nullspace_damping": cfg.nullspace_damping,
            "torque_limit": cfg.torque_limit,
            "touch_time_constant": cfg.touch_time_constant,
            "gripper_joint_pos": cfg.gripper_joint_pos,
        }

    def process_actions(self, actions: torch.Tensor) -> None:
        """Smooth the actions and compute what the targets follow from.

        Args:
            actions: Actions of the policy. Shape is (num_envs, action_dim).
        """
        self._raw_actions.copy_(actions)
        self._previous_actions.copy_(self._processed_actions)
        self._processed_actions.lerp_(self._raw_actions, self.ema_factor)
        self._aim()
        self._asset.actuators.target_command.set_position_index(
            value=self._gripper_target, joint_ids=self._gripper_joint_ids
        )

    def apply_actions(self) -> None:
        """Set the arm's torques for the next physics step, unless the physics manager has them set."""
        if self._joint_forces is None:
            self._compute_torques()
            self._set_torques()

    def reset(self, env_ids: Sequence[int] | torch.Tensor | slice | None = None) -> None:
        """Forget actions, touch and motion in some environments.

        Args:
            env_ids: Indices of the environments. Defaults to all.
        """
        for buffer in (self._raw_actions, self._processed_actions, self._previous_actions):
            index_fill_(buffer, env_ids, 0.0)
        self._controller.reset(env_ids)

    def _compute_torques(self, envs: slice | None = None) -> None:
        self._target.update(self._asset.data.body_link_pose_w.warp, envs)
        self._controller.compute(self._asset.data, self._target.poses, envs)

    def _set_torques(self) -> None:
        torque, joint_ids = self._controller.torque, self._controller.joint_ids
        self._asset.actuators.target_command.set_effort_index(value=torque, joint_ids=joint_ids)

    def _control(self, envs: slice | None) -> None:
        """Compute the arm's torques and hand them to the physics engine, in some environments or in all."""
        self._compute_torques(envs)
        self._controller.write_torque(self._joint_forces.warp, envs)

    def _show_torques(self) -> None:
        """Let the robot's data show the torques."""
        self._set_torques()
        self._asset.actuators.compute()


class OperationalSpaceTorqueAction(TorqueAction):
    """Move an upright tool by 6-D pose deltas, as in Factory.

    The smoothed action (3 for position, 3 for rotation) is scaled to a position delta in m and a rotation vector in
    rad, both along the axes of the world. Before every physics step the delta is added to the tool's present pose, and
    the target is kept in a box around the noisy tip of the fixed part and made upright.
    """

    cfg: OperationalSpaceTorqueActionCfg

    @property
    def action_dim(self) -> int:
        """Dimension of the action: position delta (3) and rotation delta (3)."""
        return 6

    @property
    def description(self) -> dict[str, Any]:
        """What somebody who runs the policy on a real robot needs to know of the action: all its numbers."""
        cfg, torques = self.cfg, super().description
        return {
            "axes": ["X", "Y", "Z", "rotation about X", "rotation about Y", "rotation about Z"],
            "units": ["m", "m", "m", "rad", "rad", "rad"],
            **torques,
            "laws": DELTA_LAWS | torques["laws"],
            "scale": [*cfg.position_scale, *cfg.rotation_scale],
            "unidirectional_yaw": cfg.unidirectional_yaw,
        }

    def _make_target(self) -> DeltaTarget:
        cfg = self.cfg
        self._scale = torch.tensor((*cfg.position_scale, *cfg.rotation_scale), device=self.device)
        self._delta = torch.zeros_like(self._processed_actions)
        return DeltaTarget(self.num_envs, self._body_id, cfg.position_bounds, device=self.device)

    def _aim(self) -> None:
        torch.mul(self._processed_actions, self._scale, out=self._delta)
        if self.cfg.unidirectional_yaw:
            self._delta[:, 5].add_(self._scale[5]).mul_(-0.5)
        self._target.delta_pos_w.copy_(self._delta[:, :3])
        self._target.delta_quat_w.copy_(quat_from_rotvec(self._delta[:, 3:]))
        self._target.center_w.copy_(self._goal.noisy_tip_pos_w)
