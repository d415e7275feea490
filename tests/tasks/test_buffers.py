# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""MuJoCo Warp's buffers of contacts and constraints hold what the tasks need: the counts that docs/gpu.md gives."""

import pytest
import torch

from isaaclab_factory.newton_mujoco import buffers
from tests.tasks.scripted_agents import AGENTS, run_episodes
from tests.tasks.task_env import control_by_hand, first_and_others, open_env

NUM_ENVS = 16
RANDOM_STEPS = 60


class Counts:
    """The most contacts and constraints of an environment, looked at after every physics step."""

    def __init__(self, env) -> None:
        self._solver, self._update = buffers.solver(), env.scene.update
        self.contacts = self.constraints = 0
        env.scene.update = self._look

    def _look(self, dt: float) -> None:
        self._update(dt)
        contacts, constraints = buffers.counts(self._solver)
        self.contacts = max(self.contacts, contacts.max())
        self.constraints = max(self.constraints, constraints.max())

    def __str__(self) -> str:
        return f"{self.contacts} contacts, {self.constraints} constraints"


@pytest.mark.slow
@pytest.mark.parametrize("task", first_and_others(pytest.mark.long))
def test_random_and_scripted_motions_leave_a_third_of_the_buffers_free(task, figures) -> None:
    with open_env(task, NUM_ENVS, seed=0, change=control_by_hand) as env:
        solver_cfg = env.cfg.sim.physics.solver_cfg
        counts = Counts(env)
        with torch.inference_mode():
            env.reset(seed=1)
            for _ in range(RANDOM_STEPS):
                env.step(torch.empty(NUM_ENVS, 6).uniform_(-1.0, 1.0))
            moved_at_random = str(counts)
            run_episodes(env, AGENTS[task], seed=2)
        lost = buffers.overflows(buffers.solver())
    line = f"{task}: {moved_at_random} with random actions; {counts} with those of the scripted agent too"
    figures("Most contacts and constraints of an environment", line)
    assert counts.contacts > 10  # fingers on the part, the part on the other
    assert counts.contacts <= 0.67 * solver_cfg.nconmax
    assert counts.constraints <= 0.67 * solver_cfg.njmax
    assert lost == {"nefc": 0, "narrowphase": 0}
