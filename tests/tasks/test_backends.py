# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The tasks on both engines from the same starts, MuJoCo Warp on its CPU device: how far do they part?"""

import pytest
import torch
from isaaclab.utils.math import quat_error_magnitude

from tests.tasks.task_env import first_and_others, open_env, rest

pytestmark = pytest.mark.slow  # Warp compiles MuJoCo Warp for minutes when that is not in its cache

NUM_ENVS = 2
STEPS = 4


def rollout(task: str, physics: str) -> dict[str, torch.Tensor]:
    """Poses of hand and held part and arm torques over some steps of rest. The first dimension is time."""
    steps = []
    with open_env(task, NUM_ENVS, physics=physics, seed=0) as env, torch.inference_mode():
        env.reset(seed=1)
        arm, held = env.action_manager.get_term("arm"), env.scene["held_asset"]
        for step in range(STEPS + 1):
            if step:
                obs, *_ = env.step(rest(env))
                assert torch.isfinite(obs["critic"]).all()
            steps.append((arm.fingertip.pose_w.clone(), held.data.root_link_pose_w.torch.clone()))
    hand, part = (torch.stack(poses) for poses in zip(*steps, strict=True))
    return {"hand": hand, "part": part}


# PegInsert is also a part in the hand above another; gears and threads are contacts of more pieces
@pytest.mark.parametrize("task", first_and_others(pytest.mark.long))
def test_the_engines_part_by_little_from_the_same_start(task, figures):
    ours, theirs = (rollout(task, f"newton_{name}") for name in ("mujoco", "mjwarp"))
    for name in ours:
        distance = (ours[name][..., :3] - theirs[name][..., :3]).norm(dim=-1).amax(dim=1)
        angle = quat_error_magnitude(ours[name][..., 3:], theirs[name][..., 3:]).amax(dim=1)
        assert distance[0] < 1e-6
        line = f"{task}, {name}: {1e6 * distance[1]:.1f} um after a step, {1e6 * distance.max():.1f} um and"
        line += f" {1e3 * angle.max():.2f} mrad at most in {STEPS}"
        figures("CPU engine and MuJoCo Warp from the same start", line)
        assert distance.max() < 2e-4
        assert angle.max() < 5e-3
