# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""How far the held part has slipped in the hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from isaaclab.utils.math import quat_error_magnitude, subtract_frame_transforms

if TYPE_CHECKING:
    from isaaclab.assets import Articulation, RigidObject
    from isaaclab.envs import ManagerBasedRLEnv

DROPPED = 0.005
"""A part that has slipped further than this (in m) counts as dropped."""

_TERM = "held_part"
"""Name of the reset event that puts the part in the hand. Its parameters say which part and which hand."""


class Grasp:
    """How far the held part has moved between the fingers since a moment, which at first is when this was created.

    What slips is the point of the part that was at the fingertip at that moment: the slip is its distance from the
    fingertip now. A part that only turns about that point has turned, but not slipped.
    """

    def __init__(self, part: RigidObject, robot: Articulation, body_id: int) -> None:
        """Start to measure; ``body_id`` is the index of the fingertip's body in the robot."""
        self._part = part
        self._robot = robot
        self._body_id = body_id
        self._start_pos, self._start_quat = self._hand_in_part()

    @classmethod
    def of(cls, env: ManagerBasedRLEnv) -> Grasp | None:
        """Returns the grasp of an environment, None if no reset event ``held_part`` puts a part in a hand.

        The event knows the robot's body, so any action term will do.
        """
        if _TERM not in env.event_manager.active_terms.get("reset", []):
            return None
        params = env.event_manager.get_term_cfg(_TERM).params
        if not {"asset_cfg", "robot_cfg"} <= params.keys():
            return None
        robot_cfg = params["robot_cfg"]
        robot = env.scene[robot_cfg.name]
        body_ids, _ = robot.find_bodies(robot_cfg.body_names)
        return cls(env.scene[params["asset_cfg"].name], robot, body_ids[0])

    @property
    def hand_pose_w(self) -> torch.Tensor:
        """Position in m and orientation (x, y, z, w) of the fingertip, world frame. Shape is (num_envs, 7)."""
        return self._robot.data.body_link_pose_w.torch[:, self._body_id]

    def mark(self, env_ids: torch.Tensor) -> None:
        """Measure from now on in some environments.

        Args:
            env_ids: Their indices, or a mask of shape (num_envs,).
        """
        pos, quat = self._hand_in_part()
        self._start_pos[env_ids], self._start_quat[env_ids] = pos[env_ids], quat[env_ids]

    def slip(self) -> torch.Tensor:
        """Distance in m by which the part has slipped. Shape is (num_envs,)."""
        return torch.linalg.vector_norm(self.fingertip_in_part() - self._start_pos, dim=-1)

    def turn(self) -> torch.Tensor:
        """Angle in rad by which the part has turned in the hand. Shape is (num_envs,)."""
        return quat_error_magnitude(self._start_quat, self._hand_in_part()[1])

    def fingertip_in_part(self) -> torch.Tensor:
        """Position in m of the fingertip in the part's frame. Shape is (num_envs, 3)."""
        return self._hand_in_part()[0]

    def _hand_in_part(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Position in m and orientation of the fingertip in the part's frame. Shapes are (num_envs, 3 and 4)."""
        part, hand = self._part.data.root_link_pose_w.torch, self.hand_pose_w
        return subtract_frame_transforms(part[:, :3], part[:, 3:], hand[:, :3], hand[:, 3:])
