# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""``--video`` of a command line: the environment with a camera on it."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from isaaclab_factory import app
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.run_folder.runs import run_folder_of

if TYPE_CHECKING:
    import gymnasium

VIDEOS = "videos"
"""Where videos go in a run folder."""


def videos_folder(checkpoint: Path) -> Path:
    """Returns where videos of a trained policy go: its run folder, or the working folder for one that lies in none."""
    return (run_folder_of(checkpoint) or Path.cwd()) / VIDEOS


def check_video(args: argparse.Namespace) -> None:
    """Sees before anything slow happens whether there is something to draw with.

    Args:
        args: What :func:`arguments.add_video_arguments` parsed, after :func:`session.start_app`.

    Raises:
        UserError: There is nothing.
    """
    if args.video and app.prepare_runtime() == "mujoco":
        from isaaclab_factory.viewing.offscreen.graphics import GraphicsError, choose_backend

        try:
            choose_backend()
        except GraphicsError as error:
            raise UserError(f"--video: {error}") from error


def with_video(env: "gymnasium.Env", args: argparse.Namespace, folder: Path, name: str = "video") -> "gymnasium.Env":
    """Puts a camera on an environment if the command line asks for it.

    Args:
        env: The environment.
        args: What :func:`arguments.add_video_arguments` parsed.
        folder: Where the videos go.
        name: Beginning of the files' names.

    Returns:
        The environment itself or wrapped into what films it. Its ``close`` completes the last video.

    Raises:
        UserError: There is nothing to draw with.
    """
    if not args.video:
        return env
    from isaaclab_factory.viewing.offscreen.graphics import GraphicsError
    from isaaclab_factory.viewing.video import VideoRecorder

    length = args.video_length or env.unwrapped.max_episode_length
    try:
        return VideoRecorder(env, folder, length, getattr(args, "video_interval", None), name)
    except GraphicsError as error:
        raise UserError(f"--video: {error}") from error
