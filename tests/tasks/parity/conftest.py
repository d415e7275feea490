# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The three tasks, each with the reference's environment on the same scene, and the table of deviations of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import gymnasium as gym
import pytest
from isaaclab.envs import ManagerBasedRLEnv

from isaaclab_factory.app import launch
from tests.tasks.parity.table import Table, markdown
from tests.tasks.reference_env import ReferenceEnv


@pytest.fixture(scope="module")
def num_envs() -> int:
    """Number of environments, and so of states in a draw."""
    return 64


@pytest.fixture(scope="module", params=["PegInsert", "GearMesh", "NutThread"])
def task(request: pytest.FixtureRequest) -> str:
    """Name of the task."""
    return request.param


@pytest.fixture(scope="module")
def env(task: str, num_envs: int) -> Iterator[ManagerBasedRLEnv]:
    """Our environment."""
    launch(headless=True)
    from isaaclab.sim.utils import create_new_stage
    from isaaclab_tasks.utils import parse_env_cfg

    create_new_stage()
    name = f"Isaac-Factory-{task}-v0"
    cfg = parse_env_cfg(name, device="cpu", num_envs=num_envs)
    cfg.seed = 0
    env = gym.make(name, cfg=cfg).unwrapped
    env.reset()
    yield env
    env.close()


@pytest.fixture(scope="module")
def reference(env: ManagerBasedRLEnv, task: str) -> ReferenceEnv:
    """The reference's environment on the scene of ours, but for the Jacobian and the yaw of the torque law."""
    return ReferenceEnv(env, task)


@pytest.fixture(scope="session")
def tables(figures) -> Iterator[dict[str, Table]]:
    """The deviations by task, printed at the end."""
    tables = defaultdict(Table)
    yield tables
    for line in markdown(tables):
        figures("Largest deviation from the reference / largest that float32 explains", line)


@pytest.fixture
def table(tables: dict[str, Table], task: str) -> Table:
    """The deviations of the task."""
    return tables[task]
