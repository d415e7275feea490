# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The three tasks, each with the reference's environment on the same scene, and the table of deviations of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest
from isaaclab.envs import ManagerBasedRLEnv

from tests.tasks.parity.table import Table, markdown
from tests.tasks.reference_env import ReferenceEnv
from tests.tasks.task_env import control_by_hand, first_and_others, open_env


@pytest.fixture(scope="module")
def num_envs() -> int:
    """Number of environments, and so of states in a draw."""
    return 64


@pytest.fixture(scope="module", params=first_and_others(pytest.mark.slow))
def task(request: pytest.FixtureRequest) -> str:
    """Name of the task."""
    return request.param


@pytest.fixture(scope="module")
def env(task: str, num_envs: int) -> Iterator[ManagerBasedRLEnv]:
    """Our environment."""
    with open_env(task, num_envs, seed=0, change=control_by_hand) as env:
        env.reset()
        yield env


@pytest.fixture(scope="module")
def reference(env: ManagerBasedRLEnv, task: str) -> ReferenceEnv:
    """The reference's environment on the scene of ours, with our yaw action."""
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
