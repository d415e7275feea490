# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""PegInsert's hyperparameters for a task of a user's own."""

from collections.abc import Iterator
from typing import Any

import gymnasium as gym
import pytest
from isaaclab_tasks.utils import load_cfg_from_registry

from isaaclab_factory.agents import default_agents
from isaaclab_factory.learning.arguments import LIBRARIES
from isaaclab_factory.learning.configs import load_configs
from isaaclab_factory.learning.libraries import trainer_class

TASK = "My-Task-v0"
KEYS = [f"{library}_cfg_entry_point" for library in (*LIBRARIES, "rl_games_lstm")]


@pytest.fixture(autouse=True)
def task() -> Iterator[None]:
    """A task that was registered as a user does it."""
    env_cfg = "isaaclab_factory.tasks.peg_insert_env_cfg:PegInsertEnvCfg"
    agents = default_agents("my_task", max_iterations=7)
    gym.register(TASK, entry_point="isaaclab.envs:ManagerBasedRLEnv", kwargs={"env_cfg_entry_point": env_cfg, **agents})
    yield
    del gym.registry[TASK]


def as_dict(cfg: Any) -> dict:
    return cfg if isinstance(cfg, dict) else cfg.to_dict()


def differences(left: Any, right: Any, path: str = "") -> dict[str, Any]:
    """Returns what the left one has otherwise than the right one, by its path."""
    if not (isinstance(left, dict) and isinstance(right, dict) and left.keys() == right.keys()):
        return {} if left == right else {path: left}
    return {k: v for key in left for k, v in differences(left[key], right[key], f"{path}.{key}".lstrip(".")).items()}


@pytest.mark.parametrize(
    ("key", "changed"),
    [
        ("rsl_rl_cfg_entry_point", {"experiment_name": "my_task", "max_iterations": 7}),
        ("rl_games_cfg_entry_point", {"params.config.name": "my_task", "params.config.max_epochs": 7}),
        ("rl_games_lstm_cfg_entry_point", {"params.config.name": "my_task_lstm"}),
        ("skrl_cfg_entry_point", {"agent.experiment.directory": "my_task", "trainer.timesteps": 7 * 32}),
    ],
)
def test_only_the_name_and_the_length_differ_from_those_of_peg_insert(key: str, changed: dict[str, Any]) -> None:
    mine, theirs = (as_dict(load_cfg_from_registry(name, key)) for name in (TASK, "Isaac-Factory-PegInsert-v0"))
    assert differences(mine, theirs) == changed


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_libraries_agree_on_the_name_and_the_length(library: str) -> None:
    cfg = load_cfg_from_registry(TASK, f"{library}_cfg_entry_point")
    trainer = trainer_class(library)
    assert (trainer.experiment_name(cfg), trainer.num_iterations(cfg), trainer.seed(cfg)) == ("my_task", 7, 42)


@pytest.mark.parametrize("key", KEYS)
def test_every_call_makes_a_new_configuration(key: str) -> None:
    first, second = (load_cfg_from_registry(TASK, key) for _ in range(2))
    assert as_dict(first) == as_dict(second)
    if isinstance(first, dict):
        first.popitem()
    else:
        first.seed = 1
    assert as_dict(second) == as_dict(load_cfg_from_registry(TASK, key))


@pytest.mark.parametrize(
    ("key", "gamma"),
    zip(KEYS, ("algorithm.gamma", "params.config.gamma", "agent.discount_factor", "params.config.gamma"), strict=True),
)
def test_hydra_overrides_reach_them(key: str, gamma: str) -> None:
    cfg = as_dict(load_configs(TASK, key, [f"agent.{gamma}=0.5"])[1])
    assert differences(cfg, as_dict(load_cfg_from_registry(TASK, key))) == {gamma: 0.5}
