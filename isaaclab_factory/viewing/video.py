# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Videos of an environment while it runs, on Isaac Sim by its own camera and elsewhere by the one without a screen."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import torch

from isaaclab_factory.app import prepare_runtime
from isaaclab_factory.viewing.offscreen.caption import GREEN, WHITE, write_caption
from isaaclab_factory.viewing.offscreen.closeup import CloseUps
from isaaclab_factory.viewing.offscreen.video_file import VideoFile

log = logging.getLogger(__name__)

SIZE = (1280, 720)
"""Width and height of a video (pixels)."""


class VideoRecorder(gymnasium.Wrapper):
    """Writes videos of an Isaac Lab manager-based environment, one picture per step, in the speed of the simulation.

    It looks on: environments move as they would without it. A video that cannot be written is given up with a warning,
    since what is being filmed may be a long training.
    """

    def __init__(
        self,
        env: gymnasium.Env,
        folder: Path,
        length: int,
        interval: int | None = None,
        name: str = "video",
        num_tiles: int = 4,
        size: tuple[int, int] = SIZE,
    ) -> None:
        """Args:
        env: The environment, bare or wrapped.
        folder: Where the videos go, as ``<name>-step-<first step>.mp4``.
        length: Steps of a video.
        interval: A video begins every so many steps. Defaults to None, just one at the first step.
        name: Beginning of the files' names.
        num_tiles: Largest number of environments that are shown side by side; not on Isaac Sim.
        size: Width and height (pixels); not on Isaac Sim, where ``env.viewer.resolution`` counts.

        Raises:
            GraphicsError: There is nothing to draw with.
        """
        super().__init__(env)
        self.videos: list[Path] = []
        """Videos that are complete."""
        self._folder, self._name = Path(folder), name
        self._length, self._interval = length, interval
        self._step, self._given_up = 0, False
        self._file: VideoFile | None = None
        self._close_ups: CloseUps | None = None
        if prepare_runtime() == "isaacsim":
            env.unwrapped.render_mode = "rgb_array"
        else:
            self._close_ups = CloseUps(env, range(min(num_tiles, env.unwrapped.num_envs)), size)

    def step(self, action: torch.Tensor) -> tuple[Any, torch.Tensor, torch.Tensor, torch.Tensor, dict[str, Any]]:
        """Steps all environments and takes a picture if it is time for one.

        Args:
            action: Actions, shape (num_envs, action_dim).
        """
        result = self.env.step(action)
        if self._file is not None or self._is_due():
            self._attempt(self._film)
        self._step += 1
        return result

    def close(self) -> None:
        """Completes the video, however short, and closes the environments."""
        if self._file is not None:
            self._attempt(self._finish)
        if self._close_ups is not None:
            self._close_ups.close()
        super().close()

    def _is_due(self) -> bool:
        if self._given_up:
            return False
        return self._step % self._interval == 0 if self._interval else self._step == 0

    def _film(self) -> None:
        """Takes a picture for the video, which begins with it if there is none yet."""
        picture = self._picture()
        if self._file is None:
            path = self._folder / f"{self._name}-step-{self._step}.mp4"
            self._file = VideoFile(path, (picture.shape[1], picture.shape[0]), fps=1.0 / self.env.unwrapped.step_dt)
        self._file.add(picture)
        if self._file.frames == self._length:
            self._finish()

    def _finish(self) -> None:
        file, self._file = self._file, None
        file.finish()
        self.videos.append(file.path)

    def _attempt(self, work: Callable[[], None]) -> None:
        try:
            work()
        except OSError as error:
            self._file, self._given_up = None, True
            log.warning("no more videos: %s", error)

    def _picture(self) -> np.ndarray:
        if self._close_ups is None:
            return self.env.unwrapped.render()
        picture = self._close_ups.picture()
        _write_captions(picture, self._close_ups)
        return picture


def _write_captions(picture: np.ndarray, close_ups: CloseUps) -> None:
    """Writes into each environment's part how long its episode lasts, and whether its part is where it belongs."""
    for (left, top, _, height), seconds, success in zip(
        close_ups.tiles, close_ups.episode_times(), close_ups.successes(), strict=True
    ):
        words = [(f"{seconds:.1f} s", WHITE)] + ([("success", GREEN)] if success else [])
        write_caption(picture, (left + 12, top + height - 12), words)
