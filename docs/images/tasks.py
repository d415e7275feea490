# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Draws tasks.jpg, the three tasks side by side, with a camera as docs/viewing.md describes it.

python docs/images/tasks.py            # a process per task, as each may have one environment
"""

import subprocess
import sys
from pathlib import Path

import gymnasium
import isaaclab.sim as sim_utils
import torch
from isaaclab.sensors import CameraCfg
from isaaclab.utils.math import create_rotation_matrix_from_view, quat_from_matrix
from isaaclab_newton.renderers import NewtonWarpRendererCfg
from isaaclab_tasks.utils import resolve_presets
from isaaclab_tasks.utils.parse_cfg import load_cfg_from_registry
from PIL import Image

import isaaclab_factory.tasks  # noqa: F401 - registers the tasks

FOLDER = Path(__file__).parent
TASKS = {"PegInsert": 5, "GearMesh": 3, "NutThread": 5}
"""The seeds of episodes whose starts show the parts from their front."""
SIZE = 480


def draw(name: str, seed: int, file: Path) -> None:
    """Draws the start of an episode.

    Args:
        name: Name of the task, without its prefix.
        seed: Seed of the start.
        file: The picture.
    """
    task = f"Isaac-Factory-{name}"
    cfg = resolve_presets(load_cfg_from_registry(task, "env_cfg_entry_point"), ("newton_mujoco",))
    cfg.scene.num_envs, cfg.sim.device, cfg.seed = 1, "cpu", seed
    cfg.scene.camera = CameraCfg(
        prim_path="{ENV_REGEX_NS}/Camera",
        width=SIZE,
        height=SIZE,
        data_types=["rgb"],
        renderer_cfg=NewtonWarpRendererCfg(),
        spawn=sim_utils.PinholeCameraCfg(focal_length=40.0, clipping_range=(0.01, 10.0)),
    )
    env = gymnasium.make(task, cfg=cfg)
    env.reset(seed=seed)
    scene = env.unwrapped.scene
    at = scene["fixed_asset"].data.root_pos_w.torch + torch.tensor([0.0, 0.0, 0.045])
    eye = at + torch.tensor([0.34, 0.13, 0.15])
    rotation = quat_from_matrix(create_rotation_matrix_from_view(eye, at))
    scene["camera"].set_world_poses(eye, rotation, convention="opengl")
    env.step(torch.zeros(1, 6))
    pixels = scene["camera"].data.output["rgb"]
    Image.fromarray(getattr(pixels, "torch", pixels)[0, ..., :3].cpu().numpy()).save(file)
    env.close()


def join() -> None:
    """Draws each task in a process of its own and puts the pictures side by side."""
    picture = Image.new("RGB", (SIZE * len(TASKS), SIZE))
    for column, (name, seed) in enumerate(TASKS.items()):
        file = FOLDER / f"{name}.png"
        subprocess.run([sys.executable, __file__, name, str(seed), str(file)], check=True)
        picture.paste(Image.open(file), (column * SIZE, 0))
        file.unlink()
    picture.save(FOLDER / "tasks.jpg", quality=88)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        join()
    else:
        draw(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
