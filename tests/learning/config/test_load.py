# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configurations of the real task with presets and overrides."""

import sys
from pathlib import Path
from typing import Any

import gymnasium
import pytest
import yaml

from isaaclab_factory.learning.cli.tasks import DEFAULT_TASK, check_task
from isaaclab_factory.learning.config.load import load_configs, save_configs, task_presets
from isaaclab_factory.learning.errors import UserError

check_task(DEFAULT_TASK)


def load(*words: str, library: str = "rsl_rl", **kwargs: Any) -> tuple[Any, Any]:
    return load_configs(DEFAULT_TASK, f"{library}_cfg_entry_point", list(words), **kwargs)


def entry(cfg: Any, key: str) -> Any:
    """Returns what a configuration has under a key with dots."""
    for part in key.split("."):
        cfg = cfg[int(part)] if isinstance(cfg, list) else cfg[part] if isinstance(cfg, dict) else getattr(cfg, part)
    return cfg


def test_overrides_reach_environment_and_agent() -> None:
    env_cfg, agent_cfg = load("env.scene.num_envs=7", "env.episode_length_s=2.5", "agent.algorithm.gamma=0.5")
    assert env_cfg.scene.num_envs == 7
    assert env_cfg.episode_length_s == 2.5
    assert agent_cfg.algorithm.gamma == 0.5


def test_presets_choose_variants_and_engine() -> None:
    domain, physics = task_presets(DEFAULT_TASK)
    assert {"no_noise", "tight"} <= set(domain)
    assert {"newton_mujoco", "newton_mjwarp"} <= set(physics)
    default, _ = load()
    chosen, _ = load("presets=no_noise", "physics=newton_mjwarp")
    assert default.events.start_noise.params["scale"] == 1.0
    assert chosen.events.start_noise.params["scale"] == 0.0
    assert type(chosen.sim.physics.solver_cfg) is not type(default.sim.physics.solver_cfg)


def test_a_preset_can_be_chosen_at_one_place_only() -> None:
    env_cfg, _ = load("env.events.start_noise.params.scale=no_noise", "env.episode_length_s=3.0")
    assert env_cfg.events.start_noise.params["scale"] == 0.0
    assert env_cfg.episode_length_s == 3.0
    assert type(env_cfg.rewards) is type(load()[0].rewards)


def test_overrides_come_after_presets_and_after_the_play_mode() -> None:
    assert load(play_mode=True)[0].scene.num_envs == 16
    env_cfg, _ = load(
        "presets=no_noise", "env.scene.num_envs=3", "env.events.start_noise.params.scale=0.5", play_mode=True
    )
    assert env_cfg.scene.num_envs == 3
    assert env_cfg.events.start_noise.params["scale"] == 0.5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["presets=no_nose"], "has no preset no_nose; presets= takes aided, "),
        (["physics=bullet"], "physics=bullet"),
        (["env.episode_lenght_s=2.5"], "env has no 'episode_lenght_s'; did you mean episode_length_s? it has "),
        (["agent.gamma=0.5"], "agent has no 'gamma'; "),
        (["env.episode_length_s=long"], "env.episode_length_s takes a number such as 10.0, not 'long'"),
        (["env.scene=3"], "env.scene is a section with the keys "),
        (["env.scene.robot.spawn.rigid_props=3"], "env.scene.robot.spawn.rigid_props takes a list, not 3"),
        (["agent.actor.obs_normalization=1"], "agent.actor.obs_normalization takes true or false, not 1"),
        (["agent.actor.hidden_dims=64"], "agent.actor.hidden_dims takes a list such as [256, 128, 64], not 64"),
        (["env.episode_length_s.x=3"], "env.episode_length_s is 10.0 and has no keys"),
        (["~agent.actor.activation"], "this configuration keeps all its keys"),
        (["env.rewards.success.func=nowhere:term"], "takes a function or class as <module>:<name>"),
    ],
)
def test_a_wrong_word_is_named_in_one_line(words: list[str], said: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError) as caught:
        load(*words)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "Traceback" not in capfd.readouterr().err


OVERRIDES = {
    "rsl_rl": {
        "agent.actor.hidden_dims=[64,32]": [64, 32],
        "agent.obs_groups={'actor': ['policy'], 'critic': ['policy', 'critic']}": {
            "actor": ["policy"],
            "critic": ["policy", "critic"],
        },
        "env.rewards.success.weight=5.0": 5.0,
        "env.scene.held_asset.init_state.pos=[0.1,0.2,0.3]": (0.1, 0.2, 0.3),
        "env.rewards.engaged=null": None,
    },
    "rl_games": {
        "agent.params.network.mlp.units=[8]": [8],
        "+agent.params.config.kl_threshold=0.008": 0.008,
        "++agent.params.config.gamma=0.5": 0.5,
    },
    "skrl": {
        "agent.models.policy.network.0.layers=[8,4]": [8, 4],
        "agent.agent.learning_rate_scheduler=KLAdaptiveLR": "KLAdaptiveLR",
        "agent.agent.learning_rate=1e-3": 1e-3,
    },
}
"""Overrides by library, and what is then found under their keys."""


@pytest.mark.parametrize("library", OVERRIDES)
def test_values_of_every_kind_arrive(library: str) -> None:
    env_cfg, agent_cfg = load(*OVERRIDES[library], library=library)
    for word, expected in OVERRIDES[library].items():
        key = word.lstrip("+").partition("=")[0]
        assert entry({"env": env_cfg, "agent": agent_cfg}, key) == expected, word


def test_a_key_of_a_dictionary_can_be_removed() -> None:
    _, agent_cfg = load("~agent.params.config.grad_norm", library="rl_games")
    assert "grad_norm" not in agent_cfg["params"]["config"]


def test_a_term_can_get_another_function() -> None:
    from isaaclab.envs.mdp import is_alive

    env_cfg, _ = load("env.rewards.success.func=isaaclab.envs.mdp:is_alive")
    assert env_cfg.rewards.success.func is is_alive


@pytest.mark.parametrize(
    ("entry_point", "said"),
    [
        ("no_such_module:Cfg", "No module named 'no_such_module'"),
        ("isaaclab_factory.tasks.no_such:Cfg", "No module named 'isaaclab_factory.tasks.no_such'"),
        ("isaaclab_factory.tasks:Cfg", "module 'isaaclab_factory.tasks' has no attribute 'Cfg'"),
    ],
)
@pytest.mark.parametrize("key", ["env_cfg_entry_point", "rsl_rl_cfg_entry_point"])
def test_an_entry_point_that_does_not_exist_is_reported(
    monkeypatch: pytest.MonkeyPatch, key: str, entry_point: str, said: str
) -> None:
    monkeypatch.setitem(gymnasium.spec(DEFAULT_TASK).kwargs, key, entry_point)
    with pytest.raises(UserError) as caught:
        load()
    assert str(caught.value) == f"{DEFAULT_TASK} is registered with the {key} '{entry_point}': {said}"


def test_a_module_that_refuses_to_be_imported_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "refusing_cfg.py").write_text("raise ValueError('no assets')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(gymnasium.spec(DEFAULT_TASK).kwargs, "env_cfg_entry_point", "refusing_cfg:Cfg")
    with pytest.raises(UserError) as caught:
        load()
    assert str(caught.value) == f"cannot load the configuration of {DEFAULT_TASK}: no assets"


def test_the_command_line_and_the_working_folder_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["script", "--flag"])
    load("env.episode_length_s=2.5", "presets=no_noise")
    assert sys.argv == ["script", "--flag"]
    assert list(tmp_path.iterdir()) == []


def test_saved_configurations_hold_what_was_run(tmp_path: Path) -> None:
    save_configs(tmp_path, *load("env.episode_length_s=2.5", "agent.algorithm.gamma=0.5"))
    env = yaml.unsafe_load((tmp_path / "params" / "env.yaml").read_text())
    agent = yaml.unsafe_load((tmp_path / "params" / "agent.yaml").read_text())
    assert env["episode_length_s"] == 2.5
    assert agent["algorithm"]["gamma"] == 0.5


def save_agent(folder: Path, library: str, *words: str) -> Path:
    """Saves the configurations of a run and returns the agent's file."""
    save_configs(folder, *load(*words, library=library))
    return folder / "params" / "agent.yaml"


@pytest.mark.parametrize("library", ["rsl_rl", "rl_games", "skrl"])
def test_the_values_of_a_run_are_taken_and_overridden(library: str, tmp_path: Path) -> None:
    taken, overridden = {
        "rsl_rl": ("actor.hidden_dims=[8,4]", "clip_actions=2.0"),
        "rl_games": ("params.network.mlp.units=[8,4]", "params.env.clip_actions=2.0"),
        "skrl": ("agent.learning_epochs=7", "clip_actions=2.0"),
    }[library]
    file = save_agent(tmp_path, library, f"agent.{taken}", f"agent.{overridden.replace('2.0', '3.0')}")
    _, agent_cfg = load(f"agent.{overridden}", library=library, agent_file=file)
    for word in (taken, overridden):
        key, _, value = word.partition("=")
        assert entry(agent_cfg, key) == yaml.safe_load(value)


def test_keys_that_a_configuration_no_longer_has_are_left_out(tmp_path: Path) -> None:
    file = save_agent(tmp_path, "rsl_rl", "agent.actor.activation=relu")
    params = yaml.unsafe_load(file.read_text())
    params["of_old"] = params["actor"]["of_old"] = 1
    file.write_text(yaml.dump(params))
    _, agent_cfg = load(agent_file=file)
    assert agent_cfg.actor.activation == "relu"
    assert not hasattr(agent_cfg, "of_old")


@pytest.mark.parametrize("content", ["{", "[1]", "3", "!!python/object/apply:os.getcwd []", "actor: 3"])
def test_a_damaged_file_of_a_run_is_reported_and_runs_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "agent.yaml").write_text(content)
    with pytest.raises(UserError, match=r"cannot take the agent's configuration from .*agent\.yaml"):
        load(agent_file=tmp_path / "agent.yaml")
