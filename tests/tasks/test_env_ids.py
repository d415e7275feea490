# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Single environments are reset, however their indices are given."""

import numpy as np
import pytest
import torch

from isaaclab_factory.testing import TermEnv
from tests.tasks.task_env import FACTORY, load_cfg

NUM_ENVS = 4
CASES = [(task, preset) for task in FACTORY for preset in (None, "search")] + [("PegInsert", "search_motion")]


@pytest.mark.slow
@pytest.mark.parametrize("env_ids", [[0], np.array([0]), torch.tensor([0]), torch.tensor([0], dtype=torch.int32)])
@pytest.mark.parametrize(("task", "preset"), CASES)
def test_one_environment_is_reset_and_the_others_are_not(task: str, preset: str | None, env_ids) -> None:
    cfg = load_cfg(task, preset)
    cfg.scene.num_envs = NUM_ENVS
    env = TermEnv(cfg)
    before = env.reset(seed=1)[0]["critic"].clone()
    for _ in range(2):
        env.step(torch.ones(NUM_ENVS, 6))
    assert env.episode_length_buf.tolist() == [2] * NUM_ENVS
    poses = env.scene["held_asset"].data.root_link_pose_w.torch.clone()
    obs, _ = env.reset(env_ids=env_ids)
    moved = (env.scene["held_asset"].data.root_link_pose_w.torch - poses).abs().amax(dim=-1)
    assert moved[0] > 1e-4
    assert moved[1:].tolist() == [0.0] * (NUM_ENVS - 1)
    assert env.episode_length_buf.tolist() == [0] + [2] * (NUM_ENVS - 1)
    assert obs["critic"].shape == before.shape
    assert torch.isfinite(obs["critic"]).all()
