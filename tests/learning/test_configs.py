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
        ("env.episode_lenght_s=2.5", "env has no 'episode_lenght_s'; did you mean episode_length_s? there are "),
        ("agent.gamma=0.5", "agent has no 'gamma'; "),
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


NESTED = {
    "rsl_rl": {
        "agent.policy.actor_hidden_dims=[64,32]": [64, 32],
        "agent.obs_groups={policy: [policy], critic: [policy, critic]}": {
            "policy": ["policy"],
            "critic": ["policy", "critic"],
        },
        "env.rewards.success.weight=5.0": 5.0,
        "env.scene.held_asset.spawn.part.diameter=0.0079": 0.0079,
        "env.scene.held_asset.init_state.pos=[0.1,0.2,0.3]": (0.1, 0.2, 0.3),
    },
    "rl_games": {
        "agent.params.network.mlp.units=[8]": [8],
        "+agent.params.config.kl_threshold=0.008": 0.008,
        "++agent.params.config.gamma=0.5": 0.5,
        "~agent.params.config.grad_norm": None,
    },
    "skrl": {
        "agent.models.policy.network.0.layers=[8,4]": [8, 4],
        "agent.models.value.network=[{name: net, input: STATES, layers: [8], activations: relu}]": [
            {"name": "net", "input": "STATES", "layers": [8], "activations": "relu"}
        ],
    },
}
"""Overrides by library, and what is then found under their keys, None for nothing."""


@pytest.mark.parametrize("library", NESTED)
def test_overrides_reach_lists_and_what_is_nested(library: str) -> None:
    cfgs = dict(zip(("env", "agent"), load(*NESTED[library], library=library), strict=True))
    for override, expected in NESTED[library].items():
        value = cfgs
        for part in override.lstrip("+~").partition("=")[0].split("."):
            if isinstance(value, list):
                value = value[int(part)]
            else:
                value = value.get(part) if isinstance(value, dict) else getattr(value, part)
        assert value == expected, override


def test_a_key_that_would_stay_though_it_is_taken_away_is_told() -> None:
    with pytest.raises(UserError, match=r"~agent\.policy\.activation: this configuration keeps all its keys"):
        load("~agent.policy.activation")


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


def save_agent(folder: Path, library: str, *overrides: str) -> Path:
    """Saves the configurations of a run and returns the agent's file."""
    save_configs(folder, *load(*overrides, library=library))
    return folder / "params" / "agent.yaml"


@pytest.mark.parametrize("library", ["rsl_rl", "rl_games", "skrl"])
def test_the_values_of_a_run_are_taken_and_overrides_go_before_them(library: str, tmp_path: Path) -> None:
    taken, overridden = {
        "rsl_rl": ("policy.actor_hidden_dims=[8,4]", "clip_actions=2.0"),
        "rl_games": ("params.network.mlp.units=[8,4]", "params.env.clip_actions=2.0"),
        "skrl": ("agent.learning_epochs=7", "clip_actions=2.0"),
    }[library]
    file = save_agent(tmp_path, library, f"agent.{taken}", f"agent.{overridden.replace('2.0', '3.0')}")
    key = f"{library}_cfg_entry_point"
    registered = gymnasium.spec(DEFAULT_TASK).kwargs[key]
    _, agent_cfg = load_configs(DEFAULT_TASK, key, [f"agent.{overridden}"], file)
    found = agent_cfg if isinstance(agent_cfg, dict) else agent_cfg.to_dict()
    for entry in (taken, overridden):
        path, _, value = entry.partition("=")
        owner = found
        for part in path.split("."):
            owner = owner[part]
        assert owner == yaml.safe_load(value)
    assert gymnasium.spec(DEFAULT_TASK).kwargs[key] is registered


def test_keys_that_a_configuration_no_longer_has_are_left_out(tmp_path: Path) -> None:
    file = save_agent(tmp_path, "rsl_rl", "agent.policy.activation=relu")
    params = yaml.safe_load(file.read_text())
    params["of_old"] = params["policy"]["of_old"] = 1
    file.write_text(yaml.safe_dump(params))
    _, agent_cfg = load_configs(DEFAULT_TASK, "rsl_rl_cfg_entry_point", [], file)
    assert agent_cfg.policy.activation == "relu"
    assert not hasattr(agent_cfg, "of_old")


def test_the_values_of_a_run_are_those_that_an_override_is_compared_with(tmp_path: Path) -> None:
    file = save_agent(tmp_path, "skrl")
    params = yaml.safe_load(file.read_text())
    del params["agent"]["learning_epochs"]  # of a run that is older than the key
    file.write_text(yaml.safe_dump(params))
    with pytest.raises(UserError, match=r"agent\.clip_actions takes a value such as 1.0, not 'wide'"):
        load_configs(DEFAULT_TASK, "skrl_cfg_entry_point", ["agent.clip_actions=wide"], file)


@pytest.mark.parametrize("content", ["{", "[1]", "3", "!!python/object/apply:os.getcwd []", "policy: 3"])
def test_a_damaged_file_of_a_run_is_told_and_runs_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "agent.yaml").write_text(content)
    with pytest.raises(UserError, match=r"cannot take the agent's configuration from .*agent\.yaml"):
        load_configs(DEFAULT_TASK, "rsl_rl_cfg_entry_point", [], tmp_path / "agent.yaml")
