# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configurations of the real task with Hydra overrides."""

import sys
from collections.abc import Callable
from pathlib import Path

import gymnasium
import pytest
import yaml

from isaaclab_factory.learning.arguments import DEFAULT_TASK
from isaaclab_factory.learning.configs import load_configs, load_environment_cfg, save_configs
from isaaclab_factory.learning.errors import UserError


def load(*overrides: str, library: str = "rsl_rl"):
    return load_configs(DEFAULT_TASK, f"{library}_cfg_entry_point", list(overrides))


def test_overrides_reach_environment_and_agent() -> None:
    env_cfg, agent_cfg = load("env.scene.num_envs=7", "env.episode_length_s=2.5", "agent.algorithm.gamma=0.5")
    assert env_cfg.scene.num_envs == 7
    assert env_cfg.episode_length_s == 2.5
    assert agent_cfg.algorithm.gamma == 0.5


@pytest.mark.parametrize("library", ["rl_games", "skrl"])
def test_overrides_reach_agents_in_yaml(library: str) -> None:
    key = {"rl_games": "agent.params.config.gamma", "skrl": "agent.agent.discount_factor"}[library]
    _, agent_cfg = load(f"{key}=0.5", library=library)
    for part in key.split(".")[1:]:
        agent_cfg = agent_cfg[part]
    assert agent_cfg == 0.5


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("env.episode_lenght_s=2.5", "Key 'episode_lenght_s' is not in struct"),
        ("agent.gamma=0.5", "Key 'gamma' is not in struct"),
        ("env.episode_length_s=long", "Expected: <class 'float'>"),
        ("env.scene=3", "scene"),
    ],
)
def test_a_bad_override_is_named_in_one_line(override: str, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError) as caught:
        load(override)
    assert override in str(caught.value)
    assert said in str(caught.value)
    assert capfd.readouterr().err == ""


def test_null_drops_a_term() -> None:
    env_cfg, _ = load("env.rewards.success=null", "env.observations.policy.fingertip_quat=null")
    assert env_cfg.rewards.success is None
    assert env_cfg.observations.policy.fingertip_quat is None
    assert env_cfg.rewards.engaged is not None


@pytest.mark.parametrize(
    ("library", "key"), [("rl_games", "agent.params.config.gamma"), ("skrl", "agent.agent.learning_rate")]
)
def test_a_word_for_a_number_in_a_yaml_agent_is_told(library: str, key: str) -> None:
    with pytest.raises(UserError, match=rf"{key} takes a value such as [\d.e-]+, not 'much'"):
        load(f"{key}=much", library=library)


@pytest.mark.parametrize(
    ("entry_point", "said"),
    [
        ("no_such_module:Cfg", "No module named 'no_such_module'"),
        ("isaaclab_factory.tasks.no_such:Cfg", "No module named 'isaaclab_factory.tasks.no_such'"),
        ("isaaclab_factory.tasks:Cfg", "module 'isaaclab_factory.tasks' has no attribute 'Cfg'"),
    ],
)
@pytest.mark.parametrize("key", ["env_cfg_entry_point", "rsl_rl_cfg_entry_point"])
def test_a_task_registered_with_what_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch, key: str, entry_point: str, said: str
) -> None:
    monkeypatch.setitem(gymnasium.spec(DEFAULT_TASK).kwargs, key, entry_point)
    with pytest.raises(UserError) as caught:
        load()
    assert str(caught.value) == f"{DEFAULT_TASK} is registered with the {key} '{entry_point}': {said}"


@pytest.mark.parametrize("load_it", [load, lambda: load_environment_cfg(DEFAULT_TASK)])
def test_a_module_that_refuses_to_be_imported_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, load_it: Callable
) -> None:
    (tmp_path / "refusing_cfg.py").write_text("raise ValueError('no assets')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(gymnasium.spec(DEFAULT_TASK).kwargs, "env_cfg_entry_point", "refusing_cfg:Cfg")
    with pytest.raises(UserError) as caught:
        load_it()
    assert str(caught.value) == f"cannot load the configuration of {DEFAULT_TASK}: no assets"


def test_the_command_line_and_the_working_folder_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["script", "--flag"])
    load("env.episode_length_s=2.5")
    assert sys.argv == ["script", "--flag"]
    assert list(tmp_path.iterdir()) == []


def test_snapshots_hold_what_was_run(tmp_path: Path) -> None:
    env_cfg, agent_cfg = load("env.episode_length_s=2.5", "agent.algorithm.gamma=0.5")
    save_configs(tmp_path, env_cfg, agent_cfg)
    env = yaml.unsafe_load((tmp_path / "params" / "env.yaml").read_text())
    agent = yaml.unsafe_load((tmp_path / "params" / "agent.yaml").read_text())
    assert env["episode_length_s"] == 2.5
    assert agent["algorithm"]["gamma"] == 0.5
