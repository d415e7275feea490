# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""PegInsert's hyperparameters for a task of a user's own."""

from collections.abc import Iterator
from typing import Any

import gymnasium as gym
import pytest
from isaaclab_tasks.utils import load_cfg_from_registry

import isaaclab_factory.tasks  # noqa: F401  (registers PegInsert)
from isaaclab_factory.agents import default_agents
from isaaclab_factory.learning.cli.tasks import LIBRARIES
from isaaclab_factory.learning.config.load import load_configs
from isaaclab_factory.learning.config.settings import KEYS as SETTINGS
from isaaclab_factory.learning.config.settings import get_setting, num_iterations

TASK = "My-Task"
PEG_INSERT = "Isaac-Factory-PegInsert"
NETWORKS = (
    *LIBRARIES,
    "rl_games_lstm",
    *(f"{library}_{name}" for library in LIBRARIES for name in ("gru", "published")),
)
KEYS = [f"{network}_cfg_entry_point" for network in NETWORKS]


@pytest.fixture(autouse=True)
def task() -> Iterator[None]:
    """A task that was registered as a user does it."""
    env_cfg = "isaaclab.envs:ManagerBasedRLEnvCfg"
    agents = default_agents("my_task", max_iterations=7)
    gym.register(TASK, entry_point="isaaclab.envs:ManagerBasedRLEnv", kwargs={"env_cfg_entry_point": env_cfg, **agents})
    yield
    del gym.registry[TASK]


def as_dict(cfg: Any) -> dict:
    return cfg if isinstance(cfg, dict) else cfg.to_dict()


def differences(left: Any, right: Any, path: str = "") -> dict[str, Any]:
    """Returns what the left one has different from the right one, by its path."""
    if not (isinstance(left, dict) and isinstance(right, dict) and left.keys() == right.keys()):
        return {} if left == right else {path: left}
    return {k: v for key in left for k, v in differences(left[key], right[key], f"{path}.{key}".lstrip(".")).items()}


def flat(cfg: Any, path: str = "") -> dict[str, Any]:
    """Returns a configuration's values by their paths; a list of numbers is one value."""
    if isinstance(cfg, list) and cfg and isinstance(cfg[0], dict):
        cfg = {str(i): entry for i, entry in enumerate(cfg)}
    if not isinstance(cfg, dict):
        return {path: cfg}
    return {key: value for name in cfg for key, value in flat(cfg[name], f"{path}.{name}".lstrip(".")).items()}


@pytest.mark.parametrize(
    ("key", "changed"),
    [
        ("rsl_rl_cfg_entry_point", {"experiment_name": "my_task", "max_iterations": 7}),
        ("rl_games_cfg_entry_point", {"params.config.name": "my_task", "params.config.max_epochs": 7}),
        ("rl_games_lstm_cfg_entry_point", {"params.config.name": "my_task_lstm"}),
        ("skrl_cfg_entry_point", {"agent.experiment.directory": "my_task", "trainer.timesteps": 7 * 32}),
        ("rsl_rl_gru_cfg_entry_point", {"experiment_name": "my_task_gru", "max_iterations": 7}),
        ("rl_games_gru_cfg_entry_point", {"params.config.name": "my_task_gru", "params.config.max_epochs": 7}),
        ("skrl_gru_cfg_entry_point", {"agent.experiment.directory": "my_task_gru", "trainer.timesteps": 7 * 32}),
        ("rsl_rl_published_cfg_entry_point", {"experiment_name": "my_task_published"}),
        ("rl_games_published_cfg_entry_point", {"params.config.name": "my_task_published"}),
        ("skrl_published_cfg_entry_point", {"agent.experiment.directory": "my_task_published"}),
    ],
)
def test_only_the_name_and_the_length_differ_from_those_of_peg_insert(key: str, changed: dict[str, Any]) -> None:
    mine, theirs = (as_dict(load_cfg_from_registry(name, key)) for name in (TASK, PEG_INSERT))
    assert differences(mine, theirs) == changed


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(("suffix", "length"), [("", 7), ("_gru", 7), ("_published", 100)])
def test_the_libraries_agree_on_the_name_and_the_length(library: str, suffix: str, length: int) -> None:
    cfg = load_cfg_from_registry(TASK, f"{library}{suffix}_cfg_entry_point")
    assert get_setting(cfg, library, "experiment_name") == f"my_task{suffix}"
    assert (num_iterations(cfg, library), get_setting(cfg, library, "seed")) == (length, 42)


def test_the_published_settings_are_isaac_labs_without_the_memory() -> None:
    theirs = flat(load_cfg_from_registry("IsaacContrib-Factory-PegInsert-Direct", "rl_games_cfg_entry_point"))
    theirs["params.config.central_value_config.learning_rate"] = 1e-4  # a text in their file
    mine = flat(load_cfg_from_registry(TASK, "rl_games_published_cfg_entry_point"))
    ours = ("seed", "name", "device", "max_epochs", "save_frequency", "mixed_precision")
    kept = {key for key in theirs.keys() & mine.keys() if key.rpartition(".")[2] not in ours}
    assert {key: mine[key] for key in kept} == {key: theirs[key] for key in kept}
    assert {"params.config.gamma", "params.config.lr_schedule", "params.network.mlp.units"} <= kept
    assert {key for key in theirs if ".rnn." in key} and not {key for key in mine if ".rnn." in key}
    for section in ("params.config", "params.config.central_value_config"):
        assert mine[f"{section}.minibatch_size_per_env"] * 128 == theirs[f"{section}.minibatch_size"]


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_libraries_agree_on_the_published_settings(library: str) -> None:
    names = ("gamma", "gae_lambda", "clip", "entropy", "grad_norm", "epochs", "rollout_steps", "learning_rate")
    names += ("actor", "critic", "activation")
    cfgs = {name: as_dict(load_cfg_from_registry(TASK, f"{name}_published_cfg_entry_point")) for name in LIBRARIES}
    values = {name: [get_setting(cfg, name, setting) for setting in names] for name, cfg in cfgs.items()}
    assert values[library] == values["rl_games"]


@pytest.mark.parametrize(
    ("library", "changed"),
    [
        (
            "rsl_rl",
            {
                "algorithm.gamma": 0.99,
                "actor.hidden_dims": [128, 64],
                "actor.class_name": "RNNModel",
                "actor.rnn_hidden_dim": 128,
                "actor.rnn_num_layers": 1,
                "actor.rnn_type": "gru",
            },
        ),
        (
            "rl_games",
            {
                "params.config.gamma": 0.99,
                "params.config.seq_length": 32,
                "params.network.mlp.units": [128, 64],
                "params.network.rnn.before_mlp": True,
                "params.network.rnn.concat_input": True,
                "params.network.rnn.layers": 1,
                "params.network.rnn.name": "gru",
                "params.network.rnn.units": 128,
            },
        ),
        (
            "skrl",
            {
                "agent.discount_factor": 0.99,
                "models.policy.class": "RecurrentGaussian",
                "models.policy.network.0.layers": [128, 64],
                "models.policy.rnn.layers": 1,
                "models.policy.rnn.sequence_length": 32,
                "models.policy.rnn.type": "gru",
                "models.policy.rnn.units": 128,
            },
        ),
    ],
)
def test_the_gru_networks_differ_from_the_others_in_these_only(library: str, changed: dict[str, Any]) -> None:
    gru, other = (
        flat(as_dict(load_cfg_from_registry(TASK, f"{library}{name}_cfg_entry_point"))) for name in ("_gru", "")
    )
    assert not other.keys() - gru.keys()
    found = {key: value for key, value in gru.items() if key not in other or other[key] != value}
    assert {key: value for key, value in found.items() if value != "my_task_gru"} == changed


@pytest.mark.parametrize("key", KEYS)
def test_every_call_makes_a_new_configuration(key: str) -> None:
    first, second = (load_cfg_from_registry(TASK, key) for _ in range(2))
    assert as_dict(first) == as_dict(second)
    if isinstance(first, dict):
        first.popitem()
    else:
        first.seed = 1
    assert as_dict(second) == as_dict(load_cfg_from_registry(TASK, key))


@pytest.mark.parametrize("network", NETWORKS)
def test_overrides_reach_them(network: str) -> None:
    key = f"{network}_cfg_entry_point"
    gamma = next(SETTINGS[library]["gamma"][0] for library in LIBRARIES if network.startswith(library))
    cfg = as_dict(load_configs(TASK, key, [f"agent.{gamma}=0.5"])[1])
    assert differences(cfg, as_dict(load_cfg_from_registry(TASK, key))) == {gamma: 0.5}
