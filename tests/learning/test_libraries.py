# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Every library learns the point task with the hyperparameters of PegInsert, and its checkpoint loads again."""

from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from isaaclab_factory.agents import default_agents
from isaaclab_factory.learning.arguments import LIBRARIES
from isaaclab_factory.learning.episodes import EpisodeRecorder
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.libraries import trainer_class
from isaaclab_factory.learning.libraries.base import LibraryTrainer
from isaaclab_factory.learning.measuring.evaluation import evaluate
from isaaclab_factory.learning.run_folder.progress import TrainingLog
from isaaclab_factory.learning.run_folder.runs import create_run_folder, find_checkpoint, validate_checkpoint
from isaaclab_factory.learning.training import build_trainer
from tests.learning.point_env import PointEnv

AGENTS = Path(__file__).parents[2] / "agents"


def agent_cfg(library: str, iterations: int, name: str = "peg_insert", seed: int = 7) -> Any:
    if library == "rsl_rl":
        from isaaclab_factory.agents.rsl_rl.peg_insert import PegInsertPPORunnerCfg

        cfg = PegInsertPPORunnerCfg()
    else:
        cfg = yaml.safe_load((AGENTS / library / f"{name}.yaml").read_text())
    trainer_class(library).configure(cfg, "cpu", seed, iterations)
    return cfg


def make_trainer(
    library: str, root: Path, iterations: int = 2, num_envs: int = 64, seed: int = 7, **kwargs
) -> LibraryTrainer:
    torch.manual_seed(seed)
    cfg = agent_cfg(library, iterations, seed=seed, **kwargs)
    folder = create_run_folder(root, library, trainer_class(library).experiment_name(cfg))
    return trainer_class(library)(EpisodeRecorder(PointEnv(num_envs, seed=seed - 7)), cfg, folder, "cpu")


def entry(cfg: Any, key: str) -> Any:
    """Returns what a configuration has under a key with dots."""
    for part in key.split("."):
        cfg = cfg[part] if isinstance(cfg, dict) else getattr(cfg, part)
    return cfg


def train(trainer: LibraryTrainer) -> None:
    with TrainingLog(trainer.folder, trainer.recorder, trainer.num_iterations(trainer.agent_cfg)) as log:
        trainer.train(log)
        trainer.save()
        assert log.iteration == trainer.num_iterations(trainer.agent_cfg)


@pytest.mark.parametrize("library", LIBRARIES)
def test_learns_and_its_checkpoint_acts_the_same(library: str, tmp_path: Path) -> None:
    trainer = make_trainer(library, tmp_path, iterations=15)
    before = evaluate(PointEnv(128), trainer.policy())
    train(trainer)
    after = evaluate(PointEnv(128), trainer.policy())
    assert before.successes < 30
    assert after.successes > 110

    checkpoint = find_checkpoint(trainer.folder, library)
    validate_checkpoint(checkpoint, library)
    again = make_trainer(library, tmp_path)
    again.load(checkpoint)
    assert evaluate(PointEnv(128), again.policy()) == after


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_checkpoint_that_is_there_already_is_not_written_again(library: str, tmp_path: Path) -> None:
    trainer = make_trainer(library, tmp_path, iterations=1)
    train(trainer)
    checkpoint = find_checkpoint(trainer.folder, library)
    written = checkpoint.stat()
    assert trainer.save() == checkpoint
    assert checkpoint.stat() == written


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_checkpoint_is_written_where_it_is_asked_for_and_nowhere_else(library: str, tmp_path: Path) -> None:
    trainer = make_trainer(library, tmp_path / "runs", iterations=1, num_envs=4)
    train(trainer)
    before = {path for path in trainer.folder.rglob("*") if path.is_file()}
    path = tmp_path / "elsewhere" / "mine.pt"
    trainer.write_checkpoint(path)
    validate_checkpoint(path, library)
    assert list(path.parent.iterdir()) == [path]
    assert {path for path in trainer.folder.rglob("*") if path.is_file()} == before

    obs = PointEnv(4).reset()[0]
    other = make_trainer(library, tmp_path / "runs", num_envs=4)
    with torch.inference_mode():
        expected = trainer.policy().act(obs)
        assert not torch.equal(other.policy().act(obs), expected)
        other.load(path)
        assert torch.equal(other.policy().act(obs), expected)


@pytest.mark.parametrize(
    ("library", "key"),
    [
        ("rsl_rl", "algorithm.num_mini_batches"),
        ("rsl_rl", "num_steps_per_env"),
        ("rl_games", "params.config.central_value_config.minibatch_size_per_env"),
        ("rl_games", "params.config.save_frequency"),
        ("skrl", "agent.mini_batches"),
        ("skrl", "trainer.timesteps"),
    ],
)
@pytest.mark.parametrize("value", [0, -1])
def test_a_count_that_is_not_above_zero_is_told(library: str, key: str, value: int) -> None:
    cfg = agent_cfg(library, iterations=1)
    trainer_class(library).check(cfg)
    path, _, last = key.rpartition(".")
    owner = entry(cfg, path) if path else cfg
    if isinstance(owner, dict):
        owner[last] = value
    else:
        setattr(owner, last, value)
    with pytest.raises(UserError, match=rf"agent\.{key} must be above zero, not {value}"):
        trainer_class(library).check(cfg)


@pytest.mark.parametrize("library", LIBRARIES)
def test_every_count_is_a_key_of_the_hyperparameters(library: str) -> None:
    cfg = agent_cfg(library, iterations=1)
    for key in trainer_class(library).COUNTS:
        assert isinstance(entry(cfg, key), int), key


@pytest.mark.parametrize("library", LIBRARIES)
def test_training_goes_on_from_a_checkpoint(library: str, tmp_path: Path) -> None:
    first = make_trainer(library, tmp_path, iterations=8)
    train(first)
    second = make_trainer(library, tmp_path, iterations=4)
    second.load(find_checkpoint(first.folder, library))
    train(second)
    assert second.folder != first.folder
    learned = evaluate(PointEnv(128), first.policy()).successes
    assert evaluate(PointEnv(128), second.policy()).successes >= learned - 10


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_same_seed_learns_the_same(library: str, tmp_path: Path) -> None:
    results = []
    for _ in range(2):
        trainer = make_trainer(library, tmp_path, iterations=3)
        train(trainer)
        results.append(evaluate(PointEnv(64), trainer.policy()))
    assert results[0] == results[1]


def test_critics_see_the_critic_observations_and_actors_do_not(tmp_path: Path) -> None:
    rsl_rl = make_trainer("rsl_rl", tmp_path).runner.alg.policy
    rl_games = make_trainer("rl_games", tmp_path).agent
    skrl = make_trainer("skrl", tmp_path).runner.agent
    first_layers = {
        "actor": (rsl_rl.actor[0], rl_games.model.a2c_network.actor_mlp[0], skrl.policy.net_container[0]),
        "critic": (
            rsl_rl.critic[0],
            rl_games.central_value_net.model.a2c_network.actor_mlp[0],
            skrl.value.net_container[0],
        ),
    }
    assert {layer.weight.shape[1] for layer in first_layers["actor"]} == {2}
    assert {layer.weight.shape[1] for layer in first_layers["critic"]} == {3}


def test_all_libraries_start_with_the_same_noise(tmp_path: Path) -> None:
    noise = (
        make_trainer("rsl_rl", tmp_path).runner.alg.policy.log_std,
        make_trainer("rl_games", tmp_path).agent.model.a2c_network.sigma,
        make_trainer("skrl", tmp_path).runner.agent.policy.log_std_parameter,
    )
    for log_std in noise:
        assert log_std.exp().tolist() == pytest.approx([0.4, 0.4], abs=1e-3)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_stochastic_policy_draws_its_actions_around_the_deterministic_ones(library: str, tmp_path: Path) -> None:
    trainer = make_trainer(library, tmp_path)
    obs = {"policy": torch.rand(64, 2), "critic": torch.rand(64, 3)}
    with torch.inference_mode():
        mean = trainer.policy().act(obs)
        assert torch.equal(trainer.policy().act(obs), mean)
        act = trainer.policy(stochastic=True).act
        offset = torch.stack([act(obs) - mean for _ in range(100)])
    assert mean.abs().max() < 0.4, "far enough from the limits of the actions"
    assert offset.mean().item() == pytest.approx(0.0, abs=0.03)
    assert offset.std(dim=0).mean().item() == pytest.approx(0.4, abs=0.03)
    assert (mean + offset).abs().max().item() <= 1.0 + 1e-6


@pytest.mark.parametrize("library", LIBRARIES)
def test_actions_are_clipped_to_one(library: str, tmp_path: Path) -> None:
    trainer = make_trainer(library, tmp_path)
    far = {"policy": torch.full((64, 2), 1e4), "critic": torch.full((64, 3), 1e4)}
    with torch.inference_mode():
        assert trainer.policy().act(far).abs().max() <= 1.0


def test_a_checkpoint_of_another_task_is_told_in_one_line(tmp_path: Path) -> None:
    trainer = make_trainer("rsl_rl", tmp_path)
    state = torch.load(trainer.save(), weights_only=False)
    state["model_state_dict"]["actor.0.weight"] = torch.zeros(256, 19)
    torch.save(state, tmp_path / "model_0.pt")
    cfg = agent_cfg("rsl_rl", 1)
    with pytest.raises(UserError, match=r"does not fit this task and agent: .*size mismatch for actor\.0\.weight"):
        build_trainer(type(trainer), trainer.recorder, cfg, trainer.folder, "cpu", tmp_path / "model_0.pt")


@pytest.mark.slow
def test_the_recurrent_network_of_the_reference_trains(tmp_path: Path) -> None:
    cfg = agent_cfg("rl_games", iterations=1, name="peg_insert_lstm")
    config = cfg["params"]["config"]
    for settings in (config, config["central_value_config"]):  # a short horizon: this network is slow on a CPU
        settings |= {"horizon_length": 8, "seq_length": 8, "minibatch_size_per_env": 8, "mini_epochs": 1}
    trainer = trainer_class("rl_games")(EpisodeRecorder(PointEnv(4)), cfg, tmp_path, "cpu")
    train(trainer)
    assert trainer.agent.model.a2c_network.rnn.rnn.hidden_size == 1024
    assert evaluate(PointEnv(4), trainer.policy()).episodes == 4


@pytest.mark.parametrize(
    ("network", "num_envs", "message"),
    [
        ("rsl_rl_gru", 6, "a multiple of 4 environments, not 6"),
        ("rl_games_lstm", 16, "a multiple of 32 environments, not 16"),
        ("rl_games_gru", 6, "a multiple of 4 environments, not 6"),
        ("rl_games_gru", 4, "more than 4 environments"),
        ("skrl_gru", 6, "a multiple of 4 environments, not 6"),
    ],
)
def test_a_recurrent_network_says_how_many_environments_it_needs(
    network: str, num_envs: int, message: str, tmp_path: Path
) -> None:
    cfg = default_agents("point")[f"{network}_cfg_entry_point"]()
    trainer_type = trainer_class(network.rpartition("_")[0])
    trainer_type.configure(cfg, "cpu", 7, 1)
    with pytest.raises(ValueError, match=f"this recurrent network needs {message}"):
        trainer_type(EpisodeRecorder(PointEnv(num_envs)), cfg, tmp_path, "cpu")
    trainer_type.configure_acting(cfg)
    trainer = trainer_type(EpisodeRecorder(PointEnv(num_envs)), cfg, tmp_path / "acting", "cpu")
    with torch.inference_mode():
        assert trainer.policy().act(PointEnv(num_envs).reset()[0]).shape == (num_envs, 2)
