# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A seed and the actions settle everything, bit by bit, in every task."""

import pytest
import torch

from isaaclab_factory.learning.arguments import trainable_tasks
from tests.tasks.task_env import open_env

TASKS = [
    task.removeprefix("Isaac-Factory-").removesuffix("-v0")
    for task in trainable_tasks()
    if task.startswith("Isaac-Factory-") and "-Play-" not in task
]
NUM_ENVS = 2
STEPS = 10


def rollout(env, seed: int) -> dict[str, torch.Tensor]:
    """Steps from a reset with a seed, across the end of an episode; returns all that came of it."""
    actions = torch.rand((STEPS, NUM_ENVS, env.action_manager.total_action_dim), generator=torch.manual_seed(0))
    seen = []
    with torch.inference_mode():
        obs, _ = env.reset(seed=seed)
        seen.append({name: values.clone() for name, values in obs.items()})
        env.episode_length_buf[1] = env.max_episode_length - STEPS // 2  # ends in the middle
        for action in 2.0 * actions - 1.0:
            obs, reward, terminated, truncated, _ = env.step(action)
            parts = {name: part.data.root_state_w for name, part in env.scene.rigid_objects.items()}
            joints = {"joints": env.scene["robot"].data.joint_pos, "speeds": env.scene["robot"].data.joint_vel}
            told = {"reward": reward, "done": terminated | truncated}
            seen.append({name: values.clone() for name, values in (obs | parts | joints | told).items()})
    return {f"{name} of step {step}": values for step, part in enumerate(seen) for name, values in part.items()}


def differing(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> list[str]:
    return [name for name, values in first.items() if not torch.equal(values, second[name])]


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS)
def test_a_seed_settles_everything(task: str) -> None:
    with open_env(task, NUM_ENVS, seed=1) as env:
        first = rollout(env, seed=1)
        other = rollout(env, seed=2)
        again = rollout(env, seed=1)
    with open_env(task, NUM_ENVS, seed=3) as env:
        elsewhere = rollout(env, seed=1)
    assert first[f"done of step {STEPS // 2}"].tolist() == [False, True]
    assert differing(first, again) == []
    assert differing(first, elsewhere) == []
    assert "policy of step 0" in differing(first, other)
