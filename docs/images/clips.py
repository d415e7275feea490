# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Draws clips.webp, an episode of each task's shipped policy side by side, in real time.

python docs/images/clips.py            # a process per task, as each may have one environment
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import isaaclab.sim as sim_utils
import torch
from isaaclab.sensors import CameraCfg
from isaaclab.utils.math import create_rotation_matrix_from_view, quat_from_matrix
from isaaclab_newton.renderers import NewtonWarpRendererCfg
from PIL import Image

import isaaclab_factory.tasks  # noqa: F401 - registers the tasks
from isaaclab_factory.learning.cli.parser import split_overrides
from isaaclab_factory.learning.play import play_parser
from isaaclab_factory.learning.policies.source import find_source, open_policy

FOLDER = Path(__file__).parent
SEEDS = {"PegInsert": 5, "GearMesh": 3, "NutThread": 5}
"""Of episodes that show the parts from their front."""
SIZE = 320
STEPS_PER_S = 15
STEPS_AFTER_SUCCESS = STEPS_PER_S
STEPS_PER_FRAME = 2
MOST_STEPS = 300


def add_camera(cfg: Any) -> None:
    """Adds a camera to the task of the first environment."""
    cfg.scene.camera = CameraCfg(
        prim_path="{ENV_REGEX_NS}/Camera",
        width=SIZE,
        height=SIZE,
        data_types=["rgb"],
        renderer_cfg=NewtonWarpRendererCfg(),
        spawn=sim_utils.PinholeCameraCfg(focal_length=55.0, clipping_range=(0.01, 10.0)),
    )


def episode(name: str, seed: int) -> Iterator[Image.Image]:
    """Yields the frames of an episode of the shipped policy, until a second after its success.

    Args:
        name: Name of the task, without its prefix.
        seed: Seed of the start.
    """
    task = ["--task", f"Isaac-Factory-{name}", "--checkpoint", "pretrained", "--device", "cpu"]
    args, words = split_overrides(play_parser(), [*task, "--num_envs", "1", "--seed", str(seed)])
    source = find_source(args, words)
    with open_policy(source, args, source.words(words), adapt=add_camera) as opened, torch.inference_mode():
        env, policy = opened.env, opened.trainer.policy()
        obs, _ = env.reset(seed=seed)
        scene, goal = env.unwrapped.scene, env.unwrapped.command_manager.get_term("assembly_goal")
        camera = scene["camera"]
        at = scene["fixed_asset"].data.root_pos_w.torch + torch.tensor([0.0, 0.0, 0.045])
        eye = at + torch.tensor([0.34, 0.13, 0.15])
        camera.set_world_poses(eye, quat_from_matrix(create_rotation_matrix_from_view(eye, at)), convention="opengl")
        left = MOST_STEPS
        for step in range(MOST_STEPS):
            obs, *_ = env.step(policy.act(obs))
            if step % STEPS_PER_FRAME == 0:
                pixels = camera.data.output["rgb"]
                yield Image.fromarray(getattr(pixels, "torch", pixels)[0, ..., :3].cpu().numpy())
            if bool(goal.success.all()):
                left = min(left, STEPS_AFTER_SUCCESS)
            left -= 1
            if left == 0:
                return


def join() -> None:
    """Draws each task in a process of its own and puts the clips side by side. A short one stands still at its end."""
    columns = []
    for name, seed in SEEDS.items():
        file = FOLDER / f"{name}.tiff"
        subprocess.run([sys.executable, __file__, name, str(seed), str(file)], check=True)
        with Image.open(file) as clip:
            columns.append([clip.seek(number) or clip.copy() for number in range(clip.n_frames)])
        file.unlink()
    frames = []
    for number in range(max(map(len, columns))):
        frame = Image.new("RGB", (SIZE * len(columns), SIZE))
        for place, column in enumerate(columns):
            frame.paste(column[min(number, len(column) - 1)], (SIZE * place, 0))
        frames.append(frame)
    duration = round(1000.0 * STEPS_PER_FRAME / STEPS_PER_S)
    first, *others = frames
    first.save(FOLDER / "clips.webp", append_images=others, duration=duration, loop=0, quality=60, method=6)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        join()
    else:
        first, *others = episode(sys.argv[1], int(sys.argv[2]))
        first.save(Path(sys.argv[3]), save_all=True, append_images=others)
