# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Can the tasks be done, from the starts that they draw and in the time that they give."""

import pytest

from tests.tasks.scripted_agents import AGENTS, run_episodes
from tests.tasks.task_env import open_env

SEED = 2026
"""No agent was tuned on the starts that this seed draws."""

FACTORY = ("PegInsert", "GearMesh", "NutThread")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "num_episodes"),
    [
        pytest.param(task, 100 if task in FACTORY else 40, marks=[] if task == "PegInsert" else pytest.mark.long)
        for task in AGENTS
    ],
)
def test_an_agent_that_sees_the_parts_completes_the_task_in_nearly_every_episode(task, num_episodes, figures):
    with open_env(task, num_episodes) as env:
        episodes = run_episodes(env, AGENTS[task], SEED)
    figures("Success of scripted agents that see the true poses, full episodes", f"{task}: {episodes}")
    assert episodes.success.sum() >= 0.95 * num_episodes
    assert not episodes.dropped.any()
