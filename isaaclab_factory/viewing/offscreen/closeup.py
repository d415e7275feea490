# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Close-ups of what the first environments of an assembly task are about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import gymnasium
import numpy as np

from isaaclab_factory.viewing.visuals import SceneVisuals, Visual

from .camera import SIZE, OffscreenCamera, Shot

ANYWHERE = (0.5, 0.0, 0.1)
"""What is looked at in tasks without a goal, in the frame of the environment (m)."""


FIXED_PART = "fixed_asset"
"""The body whose tip is looked at."""


def close_up(visuals: Iterable[Visual]) -> Shot:
    """A shot of the fixed part's tip, as close as the part's size allows."""
    (fixed,) = (visual for visual in visuals if visual.body == FIXED_PART)
    return Shot(height=0.115 + 0.3 * float(np.linalg.norm(fixed.mesh.extents[:2])))


class CloseUps:
    """Takes pictures of some environments, side by side, with the tip of the fixed part in the middle."""

    def __init__(
        self,
        env: gymnasium.Env,
        env_ids: Sequence[int],
        size: tuple[int, int] = SIZE,
        shot: Shot | None = None,
        samples: int = 1,
    ) -> None:
        """Args:
        env: An Isaac Lab manager-based environment, bare or wrapped.
        env_ids: Indices of the environments.
        size: Width and height of the pictures (pixels).
        shot: Where the camera stands. Defaults to None, as close as the fixed part's size allows.
        samples: See :class:`~isaaclab_factory.viewing.offscreen.camera.OffscreenCamera`.

        Raises:
            GraphicsError: There is nothing to draw with.
        """
        self._env, self._ids = env.unwrapped, list(env_ids)
        manager = self._env.command_manager
        self._goal = manager.get_term("assembly_goal") if "assembly_goal" in manager.active_terms else None
        scene = SceneVisuals(self._env.scene)
        if shot is None:
            shot = close_up(scene.visuals) if self._goal else Shot(height=0.8, above_focus=0.2)
        self._camera = OffscreenCamera(scene, shot, size, FIXED_PART if self._goal else None, samples)
        self.tiles = self._camera.tiles(len(self._ids))
        """Left, top, width and height (pixels) of each environment's part of a picture."""

    def picture(self) -> np.ndarray:
        """Takes a picture of this moment. Shape is (height, width, 3), 8 bits."""
        return self._camera.picture(self._ids, self._focuses())

    def episode_times(self) -> np.ndarray:
        """How long the present episodes have lasted (s). Shape is (len(env_ids),)."""
        return self._env.episode_length_buf[self._ids].cpu().numpy() * self._env.step_dt

    def successes(self) -> np.ndarray:
        """Whether the held parts are where they belong, now. Shape is (len(env_ids),)."""
        if self._goal is None:
            return np.zeros(len(self._ids), dtype=bool)
        return self._goal.success[self._ids].cpu().numpy()

    def close(self) -> None:
        """Gives back what the pictures were drawn with."""
        self._camera.close()

    def _focuses(self) -> np.ndarray:
        if self._goal is None:
            return np.tile(ANYWHERE, (len(self._ids), 1))
        return (self._goal.tip_pos_w[self._ids] - self._env.scene.env_origins[self._ids]).cpu().numpy()
