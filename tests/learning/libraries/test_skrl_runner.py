# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""skrl's recurrent policies are trained on what they did, and learn what asks for memory."""

from pathlib import Path
from typing import Any

import pytest
import torch

from isaaclab_factory.learning.config.settings import num_iterations
from isaaclab_factory.learning.evaluation.measure import evaluate
from isaaclab_factory.learning.libraries.skrl import Trainer
from isaaclab_factory.learning.libraries.skrl_runner import Agent, RecurrentAgent
from isaaclab_factory.learning.runs.episodes import EpisodeRecorder
from isaaclab_factory.learning.runs.log import TrainingLog
from tests.learning.learners import agent_cfg as learner_cfg
from tests.learning.point_env import PointEnv

NUM_ENVS, ROLLOUTS, ITERATIONS = 8, 16, 3


class ShownOnce(PointEnv):
    """The point task with the position shown at the first step of an episode only, and zeros after that."""

    def observe(self) -> dict[str, torch.Tensor]:
        """Returns the observation groups."""
        first = self.episode_length_buf.unsqueeze(-1) == 0
        return super().observe() | {"policy": self.pos * first}


def agent_cfg(network: str = "gru_", iterations: int = ITERATIONS) -> dict[str, Any]:
    return learner_cfg("skrl", iterations, network=network)


def small_cfg(kind: str = "gru", sequence_length: int = ROLLOUTS) -> dict[str, Any]:
    """A small network that learns nothing and normalises nothing, so that it acts as it did."""
    cfg = agent_cfg()
    cfg["models"]["policy"]["rnn"] = {"type": kind, "units": 12, "layers": 2, "sequence_length": sequence_length}
    cfg["agent"] |= {"rollouts": ROLLOUTS, "learning_epochs": 2, "learning_rate": 0.0}
    cfg["agent"] |= dict.fromkeys(("observation_preprocessor", "state_preprocessor", "value_preprocessor"))
    cfg["trainer"]["timesteps"] = ITERATIONS * ROLLOUTS
    return cfg


def make_trainer(folder: Path, cfg: dict[str, Any], env: PointEnv) -> Trainer:
    torch.manual_seed(7)
    return Trainer(EpisodeRecorder(env), cfg, folder / "run", "cpu")


def train(trainer: Trainer) -> None:
    with TrainingLog(trainer.folder, trainer.recorder, num_iterations(trainer.agent_cfg, "skrl")) as log:
        trainer.train(log)


@pytest.mark.parametrize("sequence_length", [ROLLOUTS, ROLLOUTS // 4, 1])
@pytest.mark.parametrize("kind", ["gru", "lstm"])
def test_before_it_learns_it_finds_what_it_did_as_probable_as_then(
    kind: str, sequence_length: int, tmp_path: Path
) -> None:
    trainer = make_trainer(tmp_path, small_cfg(kind, sequence_length), PointEnv(NUM_ENVS, early_end=True))
    agent = trainer.runner.agent
    act, update, found = agent.policy.act, agent.update, []
    ends_inside = {"terminated": 0, "truncated": 0}

    def watched_act(inputs: dict[str, Any], **kwargs: Any) -> Any:
        actions, outputs = act(inputs, **kwargs)
        if "taken_actions" in inputs:
            found.append(outputs["log_prob"].detach())
        return actions, outputs

    def checked_update(**kwargs: Any) -> None:
        found.clear()
        update(**kwargs)
        done = {name: agent.memory.get_tensor_by_name(name) for name in ends_inside}
        for name in ends_inside:
            ends_inside[name] += int(done[name][:-1].sum())
        # of sequences environment after environment, but of single steps time after time
        then = agent.memory.get_tensor_by_name("log_prob")
        then = (then.transpose(0, 1) if sequence_length > 1 else then).flatten()
        assert len(found) == 2 * 4, "two epochs of four minibatches"
        for epoch in (found[:4], found[4:]):
            torch.testing.assert_close(torch.cat(epoch).flatten(), then, rtol=0.0, atol=1e-5)

    agent.policy.act, agent.update = watched_act, checked_update
    train(trainer)
    assert min(ends_inside.values()) >= 3, "episodes should end inside sequences, in both ways"


def test_the_return_of_an_episode_ends_with_it(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path, small_cfg(), PointEnv(NUM_ENVS, early_end=True))
    train(trainer)
    memory = trainer.runner.agent.memory
    names = ("rewards", "values", "returns", "terminated", "truncated")
    rewards, values, returns, terminated, truncated = (memory.get_tensor_by_name(name)[:-1] for name in names)
    ended = terminated | truncated
    assert truncated.any() and (terminated & ~truncated).any() and not ended.all()
    torch.testing.assert_close(returns[ended], rewards[ended])
    following = memory.get_tensor_by_name("values")[1:], memory.get_tensor_by_name("returns")[1:]
    mixed = 0.05 * following[0] + 0.95 * following[1]  # lambda is 0.95
    torch.testing.assert_close(returns[~ended], (rewards + 0.99 * mixed)[~ended])
    # a time-out is no end of the task: what would have followed is guessed by the critic
    assert (rewards - 0.99 * values)[truncated].max() <= 1.0, "rewards of the point task are 1 at most"


def test_what_acts_forgets_the_environments_that_ended_and_leaves_the_training_alone(tmp_path: Path) -> None:
    cfg = small_cfg()
    trainer = make_trainer(tmp_path, cfg, PointEnv(NUM_ENVS))
    train(trainer)
    agent = trainer.runner.agent
    remembered = [state.clone() for state in agent._rnn_initial_states["policy"]]
    obs = [{"policy": torch.randn(NUM_ENVS, 2)} for _ in range(4)]
    with torch.inference_mode():
        policy, fresh = trainer.policy(), trainer.policy()
        for step in obs[:2]:
            policy.act(step)
        done = torch.arange(NUM_ENVS) % 2 == 0
        policy.reset(done)
        for step in obs[2:]:
            actual, expected = policy.act(step), fresh.act(step)
    torch.testing.assert_close(actual[done], expected[done])
    assert (actual - expected)[~done].abs().min() > 1e-6
    for state, before in zip(agent._rnn_initial_states["policy"], remembered, strict=True):
        assert torch.equal(state, before)


@pytest.mark.slow
def test_learns_what_asks_for_memory(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path, agent_cfg(iterations=10), ShownOnce(64))
    train(trainer)
    successes = evaluate(ShownOnce(64), trainer.policy()).successes
    # Without memory a policy can make one step of 0.1 at most to where it should; the rest is the same for all starts,
    # which lie on 2 by 2, so that at best those in a circle of 0.2 + 0.1 succeed: 7 of 100.
    assert successes > 24

    again = make_trainer(tmp_path / "again", agent_cfg(), ShownOnce(64))
    again.load(trainer.save())
    assert evaluate(ShownOnce(64), again.policy()).successes == successes


def test_the_model_decides_on_the_agent(tmp_path: Path) -> None:
    for network, kind in (("", Agent), ("gru_", RecurrentAgent)):
        assert type(make_trainer(tmp_path / network, agent_cfg(network), PointEnv(4)).runner.agent) is kind


@pytest.mark.parametrize(
    ("num_envs", "changes", "message"),
    [
        (6, {}, "a multiple of 4 environments, not 6"),
        (6, {"sequence_length": 24}, r"sequence_length must divide the 32 agent\.rollouts, not be 24"),
        (6, {"sequence_length": 0}, r"sequence_length must divide the 32 agent\.rollouts, not be 0"),
    ],
)
def test_minibatches_that_cut_sequences_are_refused(
    num_envs: int, changes: dict[str, int], message: str, tmp_path: Path
) -> None:
    cfg = agent_cfg()
    cfg["models"]["policy"]["rnn"] |= changes
    with pytest.raises(ValueError, match=message):
        make_trainer(tmp_path, cfg, PointEnv(num_envs))


def test_shorter_sequences_need_fewer_environments(tmp_path: Path) -> None:
    cfg = agent_cfg()
    cfg["models"]["policy"]["rnn"]["sequence_length"] = 16
    assert make_trainer(tmp_path, cfg, PointEnv(6)).runner.agent.memory.num_envs == 6


def test_it_acts_in_any_number_of_environments(tmp_path: Path) -> None:
    cfg = agent_cfg()
    Trainer.configure_acting(cfg)
    assert evaluate(PointEnv(3), make_trainer(tmp_path, cfg, PointEnv(3)).policy()).episodes == 3
