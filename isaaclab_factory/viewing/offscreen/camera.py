# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A camera that takes close-ups of one environment or of several, side by side."""

from __future__ import annotations

import atexit
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import mujoco
import numpy as np

from isaaclab_factory.viewing.visuals import Visual

from .graphics import create_context
from .lights import LIGHTS
from .studio import FIELD_OF_VIEW, FOCUS, studio_model

SIZE = (1280, 720)
"""Width and height of a picture (pixels), unless told otherwise."""


class SeenScene(Protocol):
    """What a camera sees, such as :class:`~isaaclab_factory.viewing.visuals.SceneVisuals`."""

    visuals: Sequence[Visual]
    bodies: Sequence[str]

    def poses(self, env_ids: Sequence[int]) -> np.ndarray:
        """Poses of the bodies, of shape (len(env_ids), len(bodies), 7)."""


@dataclass(frozen=True)
class Shot:
    """Where the camera stands.

    Attributes:
        azimuth: Direction of view about the z axis (degrees); 180 looks along -x, towards the robot.
        elevation: Direction of view above the horizon (degrees); negative looks down.
        height: How much of the world fits between the lower and the upper edge of the picture, at the focus (m).
        above_focus: Height of the middle of the picture above the focus (m).
    """

    azimuth: float = 140.0
    elevation: float = -25.0
    height: float = 0.145
    above_focus: float = 0.012

    @property
    def distance(self) -> float:
        """Distance of the camera from the focus (m)."""
        return self.height / 2.0 / math.tan(math.radians(FIELD_OF_VIEW) / 2.0)


class OffscreenCamera:
    """Takes pictures of environments.

    The environments look alike but for poses: one model is drawn again and again, with the poses of each of them.
    """

    def __init__(
        self,
        scene: SeenScene,
        shot: Shot | None = None,
        size: tuple[int, int] = SIZE,
        on_a_stand: str | None = None,
        samples: int = 1,
    ) -> None:
        """Args:
        scene: What there is to see.
        shot: Where the camera stands. Defaults to None, a close-up.
        size: Width and height of the pictures (pixels).
        on_a_stand: See :func:`~isaaclab_factory.viewing.offscreen.studio.studio_model`.
        samples: Number of drawings that a picture is the mean of: with 1 shadows have hard edges, and there are none
            of the light that comes from all over; with 32 both look as in a photograph.

        Raises:
            GraphicsError: There is nothing to draw with.
        """
        self.shot = shot or Shot()
        self.size = size
        self._scene, self._samples = scene, samples
        self._context = create_context(*size)
        self._context.make_current()
        # Things cast shadows a little farther than the picture shows.
        shadow_range = max(0.3, 1.2 * self.shot.height)
        self._model = studio_model(scene.visuals, *size, on_a_stand, shadow_range)
        self._data = mujoco.MjData(self._model)
        self._renderer = mujoco.MjrContext(self._model, mujoco.mjtFontScale.mjFONTSCALE_100)
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self._renderer)
        self._drawn = mujoco.MjvScene(self._model, maxgeom=len(scene.visuals) + 64)
        self._mocap = [self._model.body(name).mocapid[0] for name in scene.bodies]
        self._focus_mocap = self._model.body(FOCUS).mocapid[0]
        self._open = True
        # Before MuJoCo shuts the display down, where a program ends by an exception.
        atexit.register(self.close)
        if samples > 1:
            self._model.light_castshadow[:] = True

    def picture(
        self, env_ids: Sequence[int], focuses: np.ndarray, azimuths: Sequence[float] | None = None
    ) -> np.ndarray:
        """Takes a picture of each environment and puts them together.

        Args:
            env_ids: Indices of the environments, from the upper left to the lower right.
            focuses: What the camera looks at in each, in the frame of the environment (m). Shape is (len(env_ids), 3).
            azimuths: Direction of view in each (degrees). Defaults to None, that of the shot.

        Returns:
            The picture, of shape (height, width, 3), 8 bits.
        """
        tiles = self.tiles(len(env_ids))
        azimuths = [self.shot.azimuth] * len(env_ids) if azimuths is None else azimuths
        picture = np.zeros((self.size[1], self.size[0], 3), np.uint8)
        views = zip(tiles, self._scene.poses(env_ids), focuses, azimuths, strict=True)
        for (left, top, width, height), poses, focus, azimuth in views:
            picture[top : top + height, left : left + width] = self._draw(poses, focus, azimuth, width, height)
        return picture

    def tiles(self, count: int) -> list[tuple[int, int, int, int]]:
        """Left, top, width and height (pixels) of each environment's part of a picture."""
        columns = math.ceil(math.sqrt(count))
        rows = math.ceil(count / columns)
        width, height = self.size[0] // columns, self.size[1] // rows
        return [(index % columns * width, index // columns * height, width, height) for index in range(count)]

    def project(self, points: np.ndarray, focus: np.ndarray, width: int, height: int) -> np.ndarray:
        """Where points are in a picture of one environment.

        Args:
            points: Points in the frame of the environment (m). Shape is (N, 3).
            focus: What the camera looks at, in the frame of the environment (m). Shape is (3,).
            width: Width of the picture (pixels).
            height: Height of the picture (pixels).

        Returns:
            Distances from the left and from the upper edge (pixels). Shape is (N, 2).
        """
        azimuth, elevation = math.radians(self.shot.azimuth), math.radians(self.shot.elevation)
        forward = np.array(
            [math.cos(elevation) * math.cos(azimuth), math.cos(elevation) * math.sin(azimuth), math.sin(elevation)]
        )
        right = np.array([math.sin(azimuth), -math.cos(azimuth), 0.0])
        offset = points - (focus + np.array([0.0, 0.0, self.shot.above_focus]) - self.shot.distance * forward)
        scale = height / 2.0 / math.tan(math.radians(FIELD_OF_VIEW) / 2.0) / (offset @ forward)
        return np.stack(
            [width / 2.0 + scale * (offset @ right), height / 2.0 - scale * (offset @ np.cross(right, forward))],
            axis=-1,
        )

    def close(self) -> None:
        """Gives back what the pictures were drawn with."""
        if self._open:
            self._open = False
            atexit.unregister(self.close)
            self._context.make_current()
            self._renderer.free()
            self._context.free()

    def _draw(self, poses: np.ndarray, focus: np.ndarray, azimuth: float, width: int, height: int) -> np.ndarray:
        """Draws one environment. Shape of the result is (height, width, 3)."""
        data = self._data
        data.mocap_pos[self._mocap], data.mocap_quat[self._mocap] = poses[:, :3], poses[:, 3:]
        data.mocap_pos[self._focus_mocap] = focus
        mujoco.mj_kinematics(self._model, data)
        self._context.make_current()
        total = np.zeros((height, width, 3), np.float32)
        for sample in range(self._samples):
            self._set_lights(sample)
            mujoco.mj_camlight(self._model, data)
            total += self._draw_once(self._viewpoint(focus, azimuth), width, height)
        return (total / self._samples + 0.5).astype(np.uint8)[::-1]  # OpenGL begins at the lower edge

    def _draw_once(self, viewpoint: mujoco.MjvCamera, width: int, height: int) -> np.ndarray:
        options, everything = mujoco.MjvOption(), mujoco.mjtCatBit.mjCAT_ALL
        mujoco.mjv_updateScene(self._model, self._data, options, None, viewpoint, everything, self._drawn)
        rectangle = mujoco.MjrRect(0, 0, width, height)
        pixels = np.empty((height, width, 3), np.uint8)
        mujoco.mjr_render(rectangle, self._drawn, self._renderer)
        mujoco.mjr_readPixels(pixels, None, rectangle, self._renderer)
        return pixels

    def _set_lights(self, sample: int) -> None:
        for index, light in enumerate(LIGHTS):
            direction = light.direction_of(sample, self._samples)
            self._model.light_pos[index], self._model.light_dir[index] = -direction, direction

    def _viewpoint(self, focus: np.ndarray, azimuth: float) -> mujoco.MjvCamera:
        camera = mujoco.MjvCamera()
        camera.lookat[:] = focus
        camera.lookat[2] += self.shot.above_focus
        camera.azimuth, camera.elevation, camera.distance = azimuth, self.shot.elevation, self.shot.distance
        return camera
