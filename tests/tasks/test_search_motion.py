# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The search motion on the engine."""

import pytest
import torch

from tests.tasks.task_env import open_env

NUM_ENVS = 16


def outcome(task: str, presets: str | None, press: float, metric: str) -> int:
    """How many of the parts are engaged, or succeed, at the end of an episode with a constant action downwards."""
    with open_env(task, NUM_ENVS, presets, seed=1) as env, torch.inference_mode():
        env.reset()
        actions = torch.zeros(NUM_ENVS, 6)
        actions[:, 2] = press
        for _ in range(env.max_episode_length - 1):
            env.step(actions)
        return int(getattr(env.command_manager.get_term("assembly_goal"), metric).sum())


@pytest.mark.slow
@pytest.mark.long
def test_without_a_policy_the_motion_finds_most_holes_and_pressing_alone_hardly_any():
    """At the full noise of the reference, drawn per environment: 64 of 64 holes were found, and 55 of 64 tight ones."""
    assert outcome("PegInsert", "search_motion", 0.0, "engaged") >= 15
    assert outcome("PegInsert", "search_motion,tight", 0.0, "engaged") >= 11
    assert outcome("PegInsert", None, -0.3, "engaged") <= 2


@pytest.mark.slow
@pytest.mark.long
def test_without_a_policy_the_motion_brings_most_gears_between_the_teeth_of_the_others():
    """98 % of 256, and 9 % of 32 without turning."""
    assert outcome("GearMesh", "search_motion", 0.0, "success") >= 15
