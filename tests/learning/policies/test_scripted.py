# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Every task names its scripted agent. What the agents come to is in ``tests/tasks/test_scripted_agents.py``."""

import gymnasium
import pytest

from isaaclab_factory.learning.cli.tasks import own_tasks
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.policies.scripted import ENTRY_POINT, scripted_agent
from tests.tasks.scripted_agents import AGENTS


@pytest.mark.parametrize("name", AGENTS)
def test_a_task_names_its_agent(name: str) -> None:
    assert scripted_agent(f"Isaac-Factory-{name}") is AGENTS[name]


def register(monkeypatch: pytest.MonkeyPatch, **kwargs) -> None:
    spec = gymnasium.envs.registration.EnvSpec("My-Task", entry_point="x:X", kwargs=kwargs)
    monkeypatch.setitem(gymnasium.registry, "My-Task", spec)


def test_a_task_without_one_is_reported_with_those_that_have_one(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)
    own_tasks()
    with pytest.raises(UserError, match=r"^My-Task has no scripted agent .* these have one: Isaac-Factory-GearMesh, "):
        scripted_agent("My-Task")


def test_a_function_may_be_given_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch, **{ENTRY_POINT: register})
    assert scripted_agent("My-Task") is register


def test_one_that_cannot_be_imported_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch, **{ENTRY_POINT: "isaaclab_factory.agents.scripted:no_such"})
    with pytest.raises(UserError, match=r"My-Task is registered with the scripted_agent_entry_point '.*no_such'"):
        scripted_agent("My-Task")
