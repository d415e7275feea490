# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Every library learns the point task with the hyperparameters of PegInsert, and its checkpoint loads again."""

from pathlib import Path

import pytest
import torch
from isaaclab_rl.rsl_rl import RslRlDistillationAlgorithmCfg, RslRlDistillationRunnerCfg, RslRlMLPModelCfg

from isaaclab_factory.learning.cli.tasks import LIBRARIES
from isaaclab_factory.learning.config.overrides import apply_override
from isaaclab_factory.learning.config.settings import settle_agent
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.evaluation.measure import evaluate
from isaaclab_factory.learning.libraries import trainer_class
from isaaclab_factory.learning.runs.checkpoints import find_checkpoint, validate_checkpoint
from isaaclab_factory.learning.runs.episodes import EpisodeRecorder
from tests.learning.learners import agent_cfg, make_trainer, train
from tests.learning.point_env import PointEnv


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_learns_and_its_checkpoint_acts_the_same(library: str, tmp_path: Path) -> None:
    trainer = make_trainer(library, tmp_path, iterations=15, num_envs=64)
    before = evaluate(PointEnv(128), trainer.policy())
    train(trainer)
    after = evaluate(PointEnv(128), trainer.policy())
    assert before.successes < 30
    assert after.successes > 110

    checkpoint = find_checkpoint(trainer.folder, library)
    validate_checkpoint(checkpoint, library)
    again = make_trainer(library, tmp_path, num_envs=64)
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
        ("rl_games", "params.config.minibatch_size_per_env"),
        ("rl_games", "params.config.save_frequency"),
        ("skrl", "agent.mini_batches"),
        ("skrl", "trainer.timesteps"),
    ],
)
@pytest.mark.parametrize("value", [0, -1])
def test_a_count_that_is_not_above_zero_is_refused(library: str, key: str, value: int) -> None:
    cfg = agent_cfg(library, 1)
    apply_override({"agent": cfg}, f"agent.{key}={value}")
    with pytest.raises(UserError, match=rf"agent\.{key} must be above zero, not {value}"):
        settle_agent(cfg, library)


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_training_goes_on_from_a_checkpoint(library: str, tmp_path: Path) -> None:
    first = make_trainer(library, tmp_path, iterations=8, num_envs=64)
    train(first)
    second = make_trainer(library, tmp_path, iterations=4, num_envs=64)
    second.load(find_checkpoint(first.folder, library))
    train(second)
    assert second.folder != first.folder
    learned = evaluate(PointEnv(128), first.policy()).successes
    assert evaluate(PointEnv(128), second.policy()).successes >= learned - 10


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_the_same_seed_learns_the_same(library: str, tmp_path: Path) -> None:
    results = []
    for _ in range(2):
        trainer = make_trainer(library, tmp_path, iterations=3, num_envs=64)
        train(trainer)
        results.append(evaluate(PointEnv(64), trainer.policy()))
    assert results[0] == results[1]


def test_critics_see_the_critic_observations_and_actors_do_not(tmp_path: Path) -> None:
    rsl_rl = make_trainer("rsl_rl", tmp_path).runner.alg
    rl_games = make_trainer("rl_games", tmp_path).agent
    skrl = make_trainer("skrl", tmp_path).runner.agent
    actors = (rsl_rl.actor.mlp[0], rl_games.model.a2c_network.actor_mlp[0], skrl.policy.net_container[0])
    central_value = rl_games.central_value_net.model.a2c_network
    critics = (rsl_rl.critic.mlp[0], central_value.actor_mlp[0], skrl.value.net_container[0])
    assert {layer.weight.shape[1] for layer in actors} == {2}
    assert {layer.weight.shape[1] for layer in critics} == {3}


@pytest.mark.parametrize("library", LIBRARIES)
def test_all_libraries_start_with_the_same_noise(library: str, tmp_path: Path) -> None:
    parameter, logarithm = make_trainer(library, tmp_path).std_parameter()
    assert logarithm
    assert parameter.exp().tolist() == pytest.approx([0.4, 0.4], abs=1e-3)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_stochastic_policy_draws_its_actions_around_the_deterministic_ones(library: str, tmp_path: Path) -> None:
    trainer = make_trainer(library, tmp_path, num_envs=64)
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
    trainer = make_trainer(library, tmp_path, num_envs=64)
    far = {"policy": torch.full((64, 2), 1e4), "critic": torch.full((64, 3), 1e4)}
    with torch.inference_mode():
        assert trainer.policy().act(far).abs().max() <= 1.0


@pytest.mark.slow
def test_the_recurrent_network_of_the_reference_trains(tmp_path: Path) -> None:
    # a short horizon: this network is slow on a CPU
    config = ["horizon_length=8", "seq_length=8", "minibatch_size_per_env=8", "mini_epochs=1"]
    critic = ["central_value_config.minibatch_size_per_env=8", "central_value_config.mini_epochs=1"]
    overrides = [f"params.config.{override}" for override in [*config, *critic]]
    trainer = make_trainer("rl_games", tmp_path, 1, *overrides, network="lstm_", num_envs=4)
    train(trainer)
    assert trainer.agent.model.a2c_network.rnn.rnn.hidden_size == 1024
    assert evaluate(PointEnv(4), trainer.policy()).episodes == 4


@pytest.mark.parametrize(
    ("library", "network", "num_envs", "message"),
    [
        ("rsl_rl", "gru_", 6, "a multiple of 4 environments, not 6"),
        ("rsl_rl", "gru_", 1, "a multiple of 4 environments, not 1"),
        ("rl_games", "lstm_", 16, "a multiple of 32 and at least 64 environments, not 16"),
        ("rl_games", "gru_", 6, "a multiple of 4 and at least 8 environments, not 6"),
        ("rl_games", "gru_", 4, "a multiple of 4 and at least 8 environments, not 4"),
        ("rl_games", "gru_", 1, "a multiple of 4 and at least 8 environments, not 1"),
        ("skrl", "gru_", 6, "a multiple of 4 environments, not 6"),
        ("skrl", "gru_", 3, "a multiple of 4 environments, not 3"),
    ],
)
def test_a_recurrent_network_says_how_many_environments_it_needs(
    library: str, network: str, num_envs: int, message: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=f"this recurrent network needs {message}"):
        make_trainer(library, tmp_path, network=network, num_envs=num_envs)
    cfg = agent_cfg(library, 1, network=network)
    trainer_class(library).configure_acting(cfg)
    trainer = trainer_class(library)(EpisodeRecorder(PointEnv(num_envs)), cfg, tmp_path / "acting", "cpu")
    with torch.inference_mode():
        assert trainer.policy().act(PointEnv(num_envs).reset()[0]).shape == (num_envs, 2)


@pytest.mark.slow
@pytest.mark.parametrize(("library", "num_envs"), [("rsl_rl", 4), ("rl_games", 8), ("skrl", 4)])
def test_as_many_environments_as_it_says_are_enough(library: str, num_envs: int, tmp_path: Path) -> None:
    for count in (num_envs, 32):
        train(make_trainer(library, tmp_path, 1, network="gru_", num_envs=count))


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("group", ["policy", "critic"])
def test_observations_that_are_not_one_tensor_are_refused(library: str, group: str, tmp_path: Path) -> None:
    env = PointEnv()
    env.observation_manager.group_obs_concatenate = {"policy": True, "critic": True, "images": False, group: False}
    with pytest.raises(UserError, match=rf"env\.observations\.{group}\.concatenate_terms must be true"):
        make_trainer(library, tmp_path, env=env)


def test_another_runner_of_rsl_rl_is_refused(tmp_path: Path) -> None:
    student = RslRlMLPModelCfg(
        hidden_dims=[8], activation="elu", distribution_cfg=RslRlMLPModelCfg.GaussianDistributionCfg()
    )
    cfg = RslRlDistillationRunnerCfg(
        num_steps_per_env=8,
        max_iterations=1,
        save_interval=1,
        experiment_name="point",
        obs_groups={"student": ["policy"], "teacher": ["critic"]},
        student=student,
        teacher=student,
        algorithm=RslRlDistillationAlgorithmCfg(num_learning_epochs=1, learning_rate=1e-3, gradient_length=2),
    )
    with pytest.raises(
        UserError, match=r"agent\.class_name is OnPolicyRunner, not 'DistillationRunner'; isaaclab train"
    ):
        settle_agent(cfg, "rsl_rl")
        trainer_class("rsl_rl")(EpisodeRecorder(PointEnv()), cfg, tmp_path, "cpu")
