# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The search motion on the engine."""

import pytest
import torch

from tests.tasks.task_env import open_env

NUM_ENVS = 8


@pytest.mark.slow
def test_without_a_policy_the_motion_finds_most_holes_and_pressing_alone_finds_none():
    """At the full noise of the reference, which is drawn per environment; 97 % of 64 were found."""
    engaged = {}
    for task, press in (("PegInsert-SearchMotion", 0.0), ("PegInsert", -0.3)):
        with open_env(task, NUM_ENVS, seed=1) as env, torch.inference_mode():
            env.reset()
            actions = torch.zeros(NUM_ENVS, 6)
            actions[:, 2] = press
            for _ in range(env.max_episode_length - 1):
                env.step(actions)
            engaged[task] = int(env.command_manager.get_term("assembly_goal").engaged.sum())
    assert engaged["PegInsert-SearchMotion"] >= 6
    assert engaged["PegInsert"] == 0
