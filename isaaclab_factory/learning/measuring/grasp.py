# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Whether the held part still sits in the hand as it did."""

from collections.abc import Sequence
from typing import Any

import torch

DROPPED = 0.005
"""A part that has slipped further than this (m) counts as dropped."""


class Grasp:
    """How far the held part has moved between the fingers since some moment, which is at first its making.

    What slips is the point of the part that was at the fingertip at that moment: how far it is from the fingertip now.
    A part that only turns about that point has turned, but not slipped.
    """

    def __init__(self, env: Any) -> None:
        """Args:
        env: An assembly environment, unwrapped: with a part ``held_asset`` and an action ``arm`` that moves the hand.
        """
        self._part = env.scene["held_asset"].data
        self._fingertip = env.action_manager.get_term("arm").fingertip
        self._start_pos, self._start_quat = self._hand_in_part()

    def mark(self, env_ids: Sequence[int] | torch.Tensor) -> None:
        """Measure from now on.

        Args:
            env_ids: Indices of the environments.
        """
        pos, quat = self._hand_in_part()
        self._start_pos[env_ids], self._start_quat[env_ids] = pos[env_ids], quat[env_ids]

    @classmethod
    def of(cls, env: Any) -> "Grasp | None":
        """Returns the grasp of an environment, None if it has no such part or no such action.

        Args:
            env: An Isaac Lab environment, unwrapped.
        """
        holds = "held_asset" in env.scene.rigid_objects and "arm" in env.action_manager.active_terms
        return cls(env) if holds else None

    def slip(self) -> torch.Tensor:
        """Distance in m by which the part has slipped. Shape is (num_envs,)."""
        return torch.linalg.vector_norm(self.fingertip_in_part() - self._start_pos, dim=-1)

    def turn(self) -> torch.Tensor:
        """Angle in rad by which the part has turned in the hand. Shape is (num_envs,)."""
        from isaaclab.utils.math import quat_error_magnitude

        return quat_error_magnitude(self._start_quat, self._hand_in_part()[1])

    def fingertip_in_part(self) -> torch.Tensor:
        """Position in m of the fingertip in the part's frame. Shape is (num_envs, 3)."""
        return self._hand_in_part()[0]

    def _hand_in_part(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Position in m and orientation of the fingertip in the part's frame. Shapes are (num_envs, 3 and 4)."""
        from isaaclab.utils.math import subtract_frame_transforms

        part, hand = self._part, self._fingertip
        return subtract_frame_transforms(part.root_pos_w, part.root_quat_w, hand.pos_w, hand.quat_w)
