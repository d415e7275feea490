# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Which tasks there are, and which hyperparameters and scripted agents belong to them.

What these agents reach is in ``tests/tasks/test_scripted_agents.py``.
"""

import gymnasium
import pytest

from isaaclab_factory.learning.cli.tasks import (
    DEFAULT_TASK,
    LIBRARIES,
    SCRIPTED,
    check_agent,
    check_task,
    own_tasks,
    scripted_agent,
)
from isaaclab_factory.learning.errors import UserError
from tests.tasks.scripted_agents import AGENTS


def test_an_unknown_task_is_reported_with_close_names() -> None:
    with pytest.raises(UserError, match=r"unknown task 'Isaac-Factory-PegInsrt'; did you mean .*PegInsert"):
        check_task("Isaac-Factory-PegInsrt")


def test_a_name_like_no_task_is_reported_with_all_names() -> None:
    with pytest.raises(UserError) as caught:
        check_task("zzz")
    assert all(task in str(caught.value) for task in own_tasks())


def test_a_task_without_a_configuration_is_reported() -> None:
    with pytest.raises(UserError, match="CartPole-v1 is registered without an 'env_cfg_entry_point'"):
        check_task("CartPole-v1")


def test_isaac_labs_own_tasks_are_found_but_not_listed() -> None:
    check_task("Isaac-Cartpole")
    assert check_agent("Isaac-Cartpole", "rl_games", None) == "rl_games_cfg_entry_point"
    assert "Isaac-Cartpole" in gymnasium.registry
    assert not {"Isaac-Cartpole", "CartPole-v1"} & set(own_tasks())


@pytest.mark.parametrize("library", LIBRARIES)
def test_every_task_has_hyperparameters_for_every_library(library: str) -> None:
    assert DEFAULT_TASK in own_tasks()
    for task in own_tasks():
        assert check_agent(task, library, None) == f"{library}_cfg_entry_point"


def test_another_set_of_hyperparameters_can_be_chosen() -> None:
    key = "rl_games_lstm_cfg_entry_point"
    assert check_agent(DEFAULT_TASK, "rl_games", key) == key


@pytest.mark.parametrize("library", LIBRARIES)
def test_hyperparameters_have_a_short_name(library: str) -> None:
    assert check_agent(DEFAULT_TASK, library, "gru") == f"{library}_gru_cfg_entry_point"


@pytest.mark.parametrize("key", ["nothing", "env_cfg_entry_point", "rsl_rl_cfg_entry_point"])
def test_hyperparameters_of_another_library_are_refused(key: str) -> None:
    with pytest.raises(UserError, match="it has rl_games_cfg_entry_point, rl_games_lstm_cfg_entry_point"):
        check_agent(DEFAULT_TASK, "rl_games", key)


@pytest.mark.parametrize("name", AGENTS)
def test_a_task_names_its_scripted_agent(name: str) -> None:
    assert scripted_agent(f"Isaac-Factory-{name}") is AGENTS[name]


def register(monkeypatch: pytest.MonkeyPatch, **kwargs) -> None:
    spec = gymnasium.envs.registration.EnvSpec("My-Task", entry_point="x:X", kwargs=kwargs)
    monkeypatch.setitem(gymnasium.registry, "My-Task", spec)


def test_a_task_without_a_scripted_agent_is_reported_with_those_that_have_one(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)
    own_tasks()
    with pytest.raises(UserError, match=r"^My-Task has no scripted agent .* these have one: Isaac-Factory-GearMesh, "):
        scripted_agent("My-Task")


def test_a_scripted_agent_may_be_given_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch, **{SCRIPTED: register})
    assert scripted_agent("My-Task") is register


def test_a_scripted_agent_that_cannot_be_imported_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch, **{SCRIPTED: "isaaclab_factory.agents.scripted:no_such"})
    with pytest.raises(UserError, match=r"My-Task is registered with the scripted_agent_entry_point '.*no_such'"):
        scripted_agent("My-Task")
