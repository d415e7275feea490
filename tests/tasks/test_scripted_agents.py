# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Can the tasks be done, from the starts that they draw and in the time that they give."""

import gymnasium as gym
import pytest

from isaaclab_factory.app import launch
from tests.tasks.scripted_agents import AGENTS, run_episodes

SEED = 2026
"""No agent was tuned on the starts that this seed draws."""

FACTORY = ("Isaac-Factory-PegInsert-v0", "Isaac-Factory-GearMesh-v0", "Isaac-Factory-NutThread-v0")


@pytest.mark.slow
@pytest.mark.parametrize(("task", "num_episodes"), [(task, 100 if task in FACTORY else 40) for task in AGENTS])
def test_an_agent_that_sees_the_parts_completes_the_task_in_nearly_every_episode(task, num_episodes, figures):
    launch(headless=True)
    from isaaclab.sim.utils import create_new_stage
    from isaaclab_tasks.utils import parse_env_cfg

    create_new_stage()
    env = gym.make(task, cfg=parse_env_cfg(task, device="cpu", num_envs=num_episodes)).unwrapped
    try:
        episodes = run_episodes(env, AGENTS[task], SEED)
    finally:
        env.close()
    figures("Success of scripted agents that see the true poses, full episodes", f"{task}: {episodes}")
    assert episodes.success.sum() >= 0.95 * num_episodes
    assert not episodes.dropped.any()
