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

HAND = "robot/panda_hand"
"""The body whose fingers close along its y axis."""


def close_up(visuals: Iterable[Visual], azimuth: float = Shot.azimuth) -> Shot:
    """A shot of the fixed part's tip, as close as the part's size allows.

    Args:
        visuals: What there is to see.
        azimuth: Direction of view about the z axis (degrees).
    """
    (fixed,) = (visual for visual in visuals if visual.body == FIXED_PART)
    return Shot(azimuth, height=0.115 + 0.3 * float(np.linalg.norm(fixed.mesh.extents[:2])))


def azimuth_between_fingers(bodies: Sequence[str], poses: np.ndarray) -> np.ndarray:
    """From where the part in the hand is seen, which from the side of a finger the hand would hide.

    Args:
        bodies: Names of the bodies.
        poses: Their positions (m) and orientations (w, x, y, z). Shape is (N, len(bodies), 7).

    Returns:
        Direction of view about the z axis (degrees), along the x axis of the hand or against it: of both that which is
        closer to where a camera stands otherwise. Where there is no hand, that. Shape is (N,).
    """
    usual = Shot.azimuth
    if HAND not in bodies:
        return np.full(len(poses), usual)
    w, x, y, z = poses[:, bodies.index(HAND), 3:].T
    along = np.degrees(np.arctan2(2.0 * (x * y + w * z), 1.0 - 2.0 * (y * y + z * z)))
    return usual + (along - usual + 90.0) % 180.0 - 90.0


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
        self._scene = SceneVisuals(self._env.scene)
        self._between_fingers = shot is None and self._goal is not None
        if shot is None:
            shot = close_up(self._scene.visuals) if self._goal else Shot(height=0.8, above_focus=0.2)
        self._azimuths: np.ndarray | None = None
        self._camera = OffscreenCamera(self._scene, shot, size, FIXED_PART if self._goal else None, samples)
        self.tiles = self._camera.tiles(len(self._ids))
        """Left, top, width and height (pixels) of each environment's part of a picture."""

    def picture(self) -> np.ndarray:
        """Takes a picture of this moment. Shape is (height, width, 3), 8 bits."""
        if self._between_fingers:
            self._look_between_fingers()
        return self._camera.picture(self._ids, self._focuses(), self._azimuths)

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

    def _look_between_fingers(self) -> None:
        """Turns the camera of each environment whose episode begins; then it stands still, while the hand may turn."""
        azimuths = azimuth_between_fingers(self._scene.bodies, self._scene.poses(self._ids))
        begins = self.episode_times() == 0.0
        self._azimuths = azimuths if self._azimuths is None else np.where(begins, azimuths, self._azimuths)

    def _focuses(self) -> np.ndarray:
        if self._goal is None:
            return np.tile(ANYWHERE, (len(self._ids), 1))
        return (self._goal.tip_pos_w[self._ids] - self._env.scene.env_origins[self._ids]).cpu().numpy()
