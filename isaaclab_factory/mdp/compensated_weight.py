# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The weight that MuJoCo reports at a joint although gravity is switched off for the bodies that hang on it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import torch
from isaaclab.sim import SimulationContext
from isaaclab.utils.math import quat_apply, quat_apply_inverse
from isaaclab.utils.warp import ProxyArray


class CompensatedWeight:
    """Weight of the bodies beyond a joint whose gravity is compensated.

    PhysX switches gravity off for a body. MuJoCo leaves it on and lets the joints carry it (``gravcomp``), and in its
    joint wrenches it is there. A wrist that holds a hand of 0.76 kg reads 7.5 N in the air.

    Args:
        model: Newton's model.
        state: Its state.
        body_ids: Bodies of each environment from the joint on. Shape is (num_envs, num_bodies).
        joint_ids: The joint of each environment. Shape is (num_envs,).
    """

    def __init__(self, model: Any, state: Any, body_ids: torch.Tensor, joint_ids: torch.Tensor):
        self._body_ids = body_ids
        self._share = ProxyArray(model.mujoco.gravcomp).torch[body_ids]
        # views, so that they follow what events write
        self._body_mass, self._body_com = ProxyArray(model.body_mass).torch, ProxyArray(model.body_com).torch
        self._gravity_w = ProxyArray(model.gravity).torch[: len(body_ids)].unsqueeze(1)
        self._body_pose_w = ProxyArray(state.body_q).torch
        self._joint_pose_b = ProxyArray(model.joint_X_c).torch[joint_ids]

    @classmethod
    def on_joint_of(cls, robot_path: str, body_name: str) -> CompensatedWeight | None:
        """Find what hangs on the incoming joint of a body.

        Args:
            robot_path: Pattern of the robot's prims, one in each environment.
            body_name: Pattern of the body's name.

        Returns:
            The weight, or None where the physics backend does not report it.
        """
        manager = SimulationContext.instance().physics_manager
        model = manager.get_model() if hasattr(manager, "get_model") else None
        if getattr(getattr(model, "mujoco", None), "gravcomp", None) is None:
            return None
        pattern = re.compile(f"{robot_path}/(?:{body_name})")
        roots = [body for body, label in enumerate(model.body_label) if pattern.fullmatch(label)]
        parents, children = model.joint_parent.numpy().tolist(), model.joint_child.numpy().tolist()
        children_of = defaultdict(list)
        for parent, child in zip(parents, children, strict=True):
            children_of[parent].append(child)
        joint_of = {child: joint for joint, child in enumerate(children)}
        bodies = [_from(root, children_of) for root in roots]
        joints = [joint_of[root] for root in roots]
        device = str(model.device)
        return cls(
            model, manager.get_state_0(), torch.tensor(bodies, device=device), torch.tensor(joints, device=device)
        )

    @property
    def wrench_b(self) -> torch.Tensor:
        """Force in N and torque in N m of gravity on these bodies, in the child-side joint frame.

        Added to a joint wrench that holds the weight, it leaves one without. Shape is (num_envs, 6).
        """
        poses = self._body_pose_w[self._body_ids]
        pos_w, quat_w = poses.split((3, 4), dim=-1)
        weight_w = (self._share * self._body_mass[self._body_ids]).unsqueeze(-1) * self._gravity_w
        anchor_w = pos_w[:, 0] + quat_apply(quat_w[:, 0], self._joint_pose_b[:, :3])
        lever_w = pos_w + quat_apply(quat_w, self._body_com[self._body_ids]) - anchor_w.unsqueeze(1)
        torque_w = torch.linalg.cross(lever_w, weight_w).sum(dim=1)
        wrench_w = torch.stack((weight_w.sum(dim=1), torque_w), dim=1)
        in_body = quat_apply_inverse(quat_w[:, :1].expand(-1, 2, -1), wrench_w)
        return quat_apply_inverse(self._joint_pose_b[:, None, 3:].expand(-1, 2, -1), in_body).flatten(1)


def _from(root: int, children_of: Mapping[int, list[int]]) -> list[int]:
    """The body and all that its joints carry, itself first."""
    bodies = [root]
    for body in bodies:
        bodies += children_of.get(body, [])
    return bodies
