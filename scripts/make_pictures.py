# PYTHON_ARGCOMPLETE_OK
# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Makes the pictures of a task in the README: a still, a short clip and the whole scene, of a trained policy at work.

The episode is run first, with some environments. Then the most typical of those that succeed is drawn, slowly and well.
"""

import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from isaaclab_factory.learning import arguments, session
from isaaclab_factory.learning.errors import UserError, run_script
from isaaclab_factory.learning.run_folder.checkpoints import add_policy_arguments, find_source, open_policy
from isaaclab_factory.learning.run_folder.runs import atomic_write

if TYPE_CHECKING:
    import gymnasium

    from isaaclab_factory.learning.measuring.evaluation import Policy
    from isaaclab_factory.viewing.offscreen.camera import Shot
    from isaaclab_factory.viewing.visuals import Visual

STILL_SIZE, CLIP_SIZE = (1280, 720), (480, 320)
"""Width and height (pixels)."""

CLIP_FRAMES = 64
"""A clip has at most so many pictures; a longer episode is shown at a multiple of its speed."""

AFTER_SUCCESS_S = 1.0
"""A clip goes on for so long after the success."""

LARGEST_CLIP = 1_500_000
"""Size that a clip may have (bytes)."""

WIDE_SHOT = {"azimuth": 140.0, "elevation": -18.0, "height": 0.80, "above_focus": 0.20}
WIDE_FOCUS = (-0.20, 0.0, 0.0)
"""The scene is looked at from here, against the tip of the fixed part (m)."""


@dataclass
class Episode:
    """One episode of one environment, which a camera can look at like a scene.

    Attributes:
        visuals: The surfaces.
        bodies: Names of the bodies.
        step_dt: Time between two moments (s).
        focus: Tip of the fixed part in the frame of the environment (m). Shape is (3,).
        moments: Poses of the bodies in it. Shape is (num_moments, num_bodies, 7).
        engaged: The first moment at which the parts were engaged.
        success: The first moment of success.
        now: The moment that is looked at.
    """

    visuals: "tuple[Visual, ...]"
    bodies: tuple[str, ...]
    step_dt: float
    focus: np.ndarray
    moments: np.ndarray
    engaged: int
    success: int
    now: int = 0

    def poses(self, env_ids: list[int]) -> np.ndarray:
        """Poses at the moment that is looked at."""
        return np.repeat(self.moments[self.now][None], len(env_ids), axis=0)


def main() -> None:
    """Makes the pictures of a command line."""
    parser = arguments.OneLineParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    arguments.add_environment_arguments(parser)
    add_policy_arguments(parser, "show")
    parser.set_defaults(num_envs=16)
    parser.add_argument(
        "--folder", type=Path, default=Path("docs/images"), help="where the pictures go (default: %(default)s)"
    )
    parser.add_argument(
        "--samples", type=arguments.positive_int, default=32, help="drawings per picture (default: %(default)s)"
    )
    args, overrides = arguments.split_overrides(parser, sys.argv[1:])
    session.find_task(args)
    source = find_source(args)
    session.start_app(args)
    with open_policy(source, args, overrides) as opened:
        episode = run_episode(opened.env, opened.trainer.policy())
    for file in make_pictures(episode, args.folder, picture_name(args.task), args.samples):
        print(f"{session.display_path(file.resolve())}: {file.stat().st_size / 1000:.0f} kB")


def picture_name(task: str) -> str:
    """Returns the beginning of the files' names: "peg_insert" for "Isaac-Factory-PegInsert-v0"."""
    words = arguments.base_task(task).removeprefix("Isaac-Factory-").rpartition("-v")[0]
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in words).strip("_").replace("-", "")


def run_episode(env: "gymnasium.Env", policy: "Policy") -> Episode:
    """Runs an episode of every environment; returns that whose success takes the median time.

    Raises:
        UserError: None of the episodes ends as a success.
    """
    import torch

    from isaaclab_factory.viewing.visuals import SceneVisuals

    bare = env.unwrapped
    scene, goal = SceneVisuals(bare.scene), bare.command_manager.get_term("assembly_goal")
    everyone = range(bare.num_envs)
    moments, engaged, success = [], [], []
    with torch.inference_mode():
        obs, _ = env.reset()
        policy.reset(torch.ones(bare.num_envs, dtype=torch.bool, device=bare.device))
        focus = (goal.tip_pos_w - bare.scene.env_origins).cpu().numpy()
        for _ in range(bare.max_episode_length - 1):  # the last step begins new episodes
            moments.append(scene.poses(everyone))
            engaged.append(goal.engaged.cpu().numpy().copy())
            success.append(goal.success.cpu().numpy().copy())
            obs, *_ = env.step(policy.act(obs))
    engaged, success = np.array(engaged), np.array(success)
    solved = np.flatnonzero(success[-1])
    if not len(solved):
        raise UserError(f"the policy solves the task in none of {bare.num_envs} environments")
    first = success.argmax(axis=0)
    shown = solved[np.argsort(first[solved])[len(solved) // 2]]
    return Episode(
        scene.visuals,
        scene.bodies,
        bare.step_dt,
        focus[shown],
        np.array(moments)[:, shown],
        int(engaged[:, shown].argmax()),
        int(first[shown]),
    )


def make_pictures(episode: Episode, folder: Path, name: str, samples: int) -> list[Path]:
    """Draws the still, the scene and the clip, and returns their files."""
    from isaaclab_factory.viewing.offscreen.camera import Shot
    from isaaclab_factory.viewing.offscreen.caption import GREEN, WHITE, write_caption
    from isaaclab_factory.viewing.offscreen.closeup import azimuth_between_fingers, close_up

    halfway = [(episode.engaged + episode.success) // 2]
    shot = close_up(episode.visuals, float(azimuth_between_fingers(episode.bodies, episode.moments[halfway])[0]))
    (still,) = draw(episode, halfway, shot, STILL_SIZE, samples)
    (scene,) = draw(episode, halfway, Shot(**WIDE_SHOT), STILL_SIZE, samples, focus=episode.focus + WIDE_FOCUS)
    last = min(episode.success + round(AFTER_SUCCESS_S / episode.step_dt), len(episode.moments) - 1)
    stride = math.ceil((last + 1) / CLIP_FRAMES)
    moments = list(range(0, last + 1, stride))
    clip = draw(episode, moments, shot, CLIP_SIZE, max(1, samples // 2))
    for picture, moment in zip(clip, moments, strict=True):
        words = [(f"{moment * episode.step_dt:.1f} s", WHITE)]
        words += [("success", GREEN)] if moment >= episode.success else []
        write_caption(picture, (10, CLIP_SIZE[1] - 10), words)
    files = [folder / f"{name}.png", folder / f"{name}_scene.png", folder / f"{name}.webp"]
    for file, picture in zip(files, (still, scene), strict=False):
        with atomic_write(file) as temporary:
            Image.fromarray(picture).quantize(256, dither=Image.Dither.FLOYDSTEINBERG).save(temporary, "PNG")
    write_clip(files[-1], clip, episode.step_dt)
    return files


def draw(
    episode: Episode,
    moments: list[int],
    shot: "Shot",
    size: tuple[int, int],
    samples: int,
    focus: np.ndarray | None = None,
) -> list[np.ndarray]:
    """Draws some moments of an episode."""
    from isaaclab_factory.viewing.offscreen.camera import OffscreenCamera
    from isaaclab_factory.viewing.offscreen.closeup import FIXED_PART

    camera = OffscreenCamera(episode, shot, size, on_a_stand=FIXED_PART, samples=samples)
    pictures = []
    for episode.now in moments:
        pictures.append(camera.picture([0], [episode.focus if focus is None else focus]))
    camera.close()
    return pictures


def write_clip(file: Path, pictures: list[np.ndarray], step_dt: float) -> None:
    """Writes pictures that go round and round, the last of them for a second, as small as they must be."""
    frames = [Image.fromarray(picture) for picture in pictures]
    durations = [round(1000 * step_dt)] * (len(frames) - 1) + [1000]
    for quality in (85, 75, 65, 50, 35):
        with atomic_write(file) as temporary:
            frames[0].save(
                temporary,
                "WEBP",
                save_all=True,
                append_images=frames[1:],
                duration=durations,
                loop=0,
                quality=quality,
                method=4,
            )
        if file.stat().st_size <= LARGEST_CLIP:
            return


if __name__ == "__main__":
    sys.exit(run_script(main))
