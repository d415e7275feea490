# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""An MP4 file that is there complete or not at all."""

from __future__ import annotations

import os
import weakref
from pathlib import Path

import imageio_ffmpeg
import numpy as np


class VideoFile:
    """Writes pictures into an MP4 file (H.264, yuv420p: what every browser plays), beside which it grows.

    Attributes:
        path: Where the file is once it is finished.
        frames: Number of pictures so far.
    """

    def __init__(self, path: Path, size: tuple[int, int], fps: float) -> None:
        """Args:
        path: Where the file goes; its folder is made.
        size: Width and height of the pictures (pixels), both even.
        fps: Pictures per second.

        Raises:
            ValueError: A size is odd.
            OSError: The folder cannot be made.
        """
        if size[0] % 2 or size[1] % 2:
            raise ValueError(f"width and height of a video must be even, not {size[0]} x {size[1]}")
        self.path, self.frames = path, 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self._growing = path.with_name(f".{path.stem}.{os.getpid()}.tmp.mp4")
        self._writer = imageio_ffmpeg.write_frames(
            str(self._growing),
            size,
            fps=fps,
            codec="libx264",
            quality=None,
            macro_block_size=2,
            output_params=["-crf", "20", "-preset", "fast", "-movflags", "+faststart"],
        )
        self._writer.send(None)
        # A program that ends by an exception leaves nothing behind.
        self._abandon = weakref.finalize(self, _abandon, self._writer, self._growing)

    def add(self, picture: np.ndarray) -> None:
        """Adds a picture, of shape (height, width, 3), 8 bits.

        Raises:
            OSError: It cannot be written, for instance on a full disk.
        """
        self._writer.send(np.ascontiguousarray(picture))
        self.frames += 1

    def finish(self) -> None:
        """Completes the file; one without pictures is given up.

        Raises:
            OSError: It cannot be written.
        """
        self._writer.close()
        if self.frames and self._growing.is_file() and self._growing.stat().st_size:
            os.replace(self._growing, self.path)
        self._abandon()


def _abandon(writer, growing: Path) -> None:
    writer.close()
    growing.unlink(missing_ok=True)
