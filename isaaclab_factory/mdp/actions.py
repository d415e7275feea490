# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Action terms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import isaaclab.utils.math as math_utils
import torch
from isaaclab.assets import Articulation
from isaaclab.managers import ActionTerm

from isaaclab_factory.controllers import OperationalSpaceController, delta_pose_target, pose_error
from isaaclab_factory.controllers.rotations import quat_from_rotvec

from .fingertip import FingertipState

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedEnv
    from isaaclab.envs.utils.io_descriptors import GenericActionIODescriptor

    from .actions_cfg import OperationalSpaceTorqueActionCfg


class OperationalSpaceTorqueAction(ActionTerm):
    """Moves an upright tool by 6-D pose deltas through joint torques, with the gripper closed.

    Once per environment step the action a (3 for position, 3 for rotation) is smoothed by an exponential moving
    average, ``s <- (1 - ema_factor) s + ema_factor a``, and scaled to a position delta in m and a rotation vector in
    rad. Before every physics step the delta is added to the tool's present pose, the target is kept in a box around the
    noisy tip of the fixed part and made upright, and the arm gets the torques in N m

    ``J^T (K e - D J v) + null space``

    with the tool's Jacobian J, the error e of its pose, the joint velocities v, the stiffness K and the damping
    ``D = 2 sqrt(K)``. The torque in the null space, which does not accelerate the tool, pulls the arm to a posture.

    Departure from the reference: the Jacobian is the tool's own. The reference takes the mean of the two fingers',
    which is that of a point some centimetres above the tool, although position, velocity and target are the tool's.
    """

    cfg: OperationalSpaceTorqueActionCfg
    _asset: Articulation

    def __init__(self, cfg: OperationalSpaceTorqueActionCfg, env: ManagerBasedEnv):
        """Resolve the joints and the body and create the buffers.

        Args:
            cfg: The configuration of the term.
            env: The environment.

        Raises:
            ValueError: If the names do not give seven arm joints and one body of a fixed-base robot, or if the field
                ``clip`` is set, which has no meaning here.
        """
        super().__init__(cfg, env)
        if cfg.clip is not None:
            raise ValueError("OperationalSpaceTorqueActionCfg.clip is not supported, use position_bounds.")
        if not self._asset.is_fixed_base:
            raise ValueError(f"OperationalSpaceTorqueAction needs a fixed-base robot, '{cfg.asset_name}' is floating.")
        arm_joint_ids, self._arm_joint_names = self._asset.find_joints(cfg.arm_joint_names)
        gripper_joint_ids, self._gripper_joint_names = self._asset.find_joints(cfg.gripper_joint_names)
        body_ids, body_names = self._asset.find_bodies(cfg.body_name)
        if len(arm_joint_ids) != 7 or len(body_ids) != 1:
            raise ValueError(
                "OperationalSpaceTorqueAction needs 7 arm joints and 1 body, the names of its configuration match"
                f" {self._arm_joint_names} and {body_names}."
            )
        self._arm_joint_ids = _as_slice(arm_joint_ids)
        self._gripper_joint_ids = _as_slice(gripper_joint_ids)
        self._body_id = body_ids[0]

        self.fingertip = FingertipState(self._asset, self._body_id, env.physics_dt)
        self._goal = env.command_manager.get_term(cfg.command_name)
        self._controller = OperationalSpaceController(
            stiffness=cfg.stiffness,
            nullspace_joint_pos=cfg.nullspace_joint_pos,
            nullspace_stiffness=cfg.nullspace_stiffness,
            nullspace_damping=cfg.nullspace_damping,
            torque_limit=cfg.torque_limit,
            device=self.device,
        )

        self._raw_actions = torch.zeros(self.num_envs, self.action_dim, device=self.device)
        self._processed_actions = torch.zeros_like(self._raw_actions)
        self._previous_actions = torch.zeros_like(self._raw_actions)
        self._felt_wrench_w = torch.zeros_like(self._raw_actions)
        self._felt_share = 1.0 - math.exp(-env.physics_dt / cfg.touch_time_constant)
        self._delta_pos = torch.zeros(self.num_envs, 3, device=self.device)
        self._delta_quat = quat_from_rotvec(self._delta_pos)
        self._scale = torch.tensor((*cfg.position_scale, *cfg.rotation_scale), device=self.device)
        self._bounds = torch.tensor(cfg.position_bounds, device=self.device)
        self._gripper_target = torch.full(
            (self.num_envs, len(gripper_joint_ids)), cfg.gripper_joint_pos, device=self.device
        )
        # the simulator's Jacobian is about the body's centre of mass, which need not be the body's origin
        com_pos_b = self._asset.data.body_com_pos_b[:, self._body_id]
        self._com_pos_b = com_pos_b.clone() if com_pos_b.any() else None

    @property
    def action_dim(self) -> int:
        """Dimension of the action: position delta (3) and rotation delta (3)."""
        return 6

    @property
    def raw_actions(self) -> torch.Tensor:
        """Actions as given by the policy. Shape is (num_envs, 6)."""
        return self._raw_actions

    @property
    def processed_actions(self) -> torch.Tensor:
        """Smoothed actions, before scaling. Shape is (num_envs, 6)."""
        return self._processed_actions

    @property
    def previous_processed_actions(self) -> torch.Tensor:
        """Smoothed actions of the environment step before. Shape is (num_envs, 6)."""
        return self._previous_actions

    @property
    def felt_wrench_w(self) -> torch.Tensor:
        """Force in N and torque in N m that the tool was to exert, smoothed over ``touch_time_constant``.

        At rest it is what the tool exerts on its surroundings. The torque is about the tool's origin, both are along
        the axes of the world. Zero from a reset until the first physics step. Shape is (num_envs, 6).
        """
        return self._felt_wrench_w

    @property
    def IO_descriptor(self) -> GenericActionIODescriptor:
        """Description of the term for exported policies."""
        descriptor = super().IO_descriptor
        descriptor.shape = (self.action_dim,)
        descriptor.dtype = str(self.raw_actions.dtype)
        descriptor.action_type = "TaskSpaceAction"
        descriptor.body_name = self.cfg.body_name
        descriptor.joint_names = self._arm_joint_names
        descriptor.scale = self._scale.tolist()
        descriptor.extras = {
            "axes": ["X", "Y", "Z", "rotation about X", "rotation about Y", "rotation about Z"],
            "units": ["m", "m", "m", "rad", "rad", "rad"],
            "frame": "world",
            "ema_factor": self.cfg.ema_factor,
            "unidirectional_yaw": self.cfg.unidirectional_yaw,
            "position_bounds": list(self.cfg.position_bounds),
            "stiffness": list(self.cfg.stiffness),
            "nullspace_joint_pos": list(self.cfg.nullspace_joint_pos),
            "nullspace_stiffness": self.cfg.nullspace_stiffness,
            "nullspace_damping": self.cfg.nullspace_damping,
            "torque_limit": self.cfg.torque_limit,
            "gripper_joint_names": self._gripper_joint_names,
            "gripper_joint_pos": self.cfg.gripper_joint_pos,
        }
        return descriptor

    def process_actions(self, actions: torch.Tensor) -> None:
        """Smooth and scale the actions.

        Args:
            actions: Actions of the policy. Shape is (num_envs, 6).
        """
        self._raw_actions[:] = actions
        self._previous_actions[:] = self._processed_actions
        self._processed_actions.lerp_(self._raw_actions, self.cfg.ema_factor)
        delta = self._processed_actions * self._scale
        if self.cfg.unidirectional_yaw:
            delta[:, 5] = -0.5 * (delta[:, 5] + self._scale[5])
        self._delta_pos = delta[:, :3]
        self._delta_quat = quat_from_rotvec(delta[:, 3:])
        self._asset.set_joint_position_target(self._gripper_target, joint_ids=self._gripper_joint_ids)

    def apply_actions(self) -> None:
        """Set the arm's torques for the next physics step."""
        pos_w, quat_w = self.fingertip.pos_w, self.fingertip.quat_w
        self.fingertip.mark()
        target_pos_w, target_quat_w = delta_pose_target(
            pos_w, quat_w, self._delta_pos, self._delta_quat, self._goal.noisy_tip_pos_w, self._bounds
        )
        arm = self._arm_joint_ids
        joint_pos, joint_vel = self._asset.data.joint_pos[:, arm], self._asset.data.joint_vel[:, arm]
        jacobian = self._compute_jacobian_w(quat_w)
        error = pose_error(pos_w, quat_w, target_pos_w, target_quat_w)
        wrench = self._controller.wrench(error, joint_vel, jacobian)
        mass_matrix = self._asset.root_physx_view.get_generalized_mass_matrices()[:, arm, arm]
        torque = self._controller.joint_torque(wrench, joint_pos, joint_vel, jacobian, mass_matrix)
        self._asset.set_joint_effort_target(torque, joint_ids=arm)
        self._felt_wrench_w.lerp_(wrench, self._felt_share)

    def reset(self, env_ids: Sequence[int] | None = None) -> None:
        """Forget the actions and the motion of some environments.

        Args:
            env_ids: Indices of the environments. Defaults to all.
        """
        rows = slice(None) if env_ids is None else env_ids
        for buffer in (self._raw_actions, self._processed_actions, self._previous_actions, self._felt_wrench_w):
            buffer[rows] = 0.0
        self.fingertip.reset(rows)

    def _compute_jacobian_w(self, quat_w: torch.Tensor) -> torch.Tensor:
        """Jacobian of the tool's origin in the world frame. Shape is (num_envs, 6, 7)."""
        # without a row for the fixed base
        jacobian = self._asset.root_physx_view.get_jacobians()[:, self._body_id - 1, :, self._arm_joint_ids]
        if self._com_pos_b is None:
            return jacobian
        arm = math_utils.quat_apply(quat_w, self._com_pos_b)
        linear = jacobian[:, :3] + torch.linalg.cross(arm.unsqueeze(-1), jacobian[:, 3:], dim=1)
        return torch.cat((linear, jacobian[:, 3:]), dim=1)


def _as_slice(ids: Sequence[int]) -> Sequence[int] | slice:
    """The ids as a slice where they follow one another, which indexes without a copy."""
    return slice(ids[0], ids[-1] + 1) if list(ids) == list(range(ids[0], ids[-1] + 1)) else ids
