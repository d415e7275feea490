# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Episode statistics and the evaluation, against a count by hand."""

import pytest
import torch

from isaaclab_factory.learning.episodes import EpisodeRecorder
from isaaclab_factory.learning.evaluation import Evaluation, Policy, evaluate
from tests.learning.point_env import EPISODE_STEPS, NEAR, PointEnv


def homing(obs: dict[str, torch.Tensor]) -> torch.Tensor:
    """Moves to the origin, knowing the position."""
    return -10.0 * obs["critic"][:, :2]


def half_homing(obs: dict[str, torch.Tensor]) -> torch.Tensor:
    """Moves to the origin with the points that see themselves at large scale, stays with the others."""
    return homing(obs) * (obs["critic"][:, 2:] > 1.0)


def test_recorder_counts_returns_lengths_and_successes() -> None:
    env = PointEnv(num_envs=8, early_end=True)
    recorder = EpisodeRecorder(env, spread=False)
    obs, _ = recorder.reset()
    returns, lengths = [0.0] * 8, [0] * 8
    finished, timed_out = [], 0
    for _ in range(3 * EPISODE_STEPS):
        obs, reward, terminated, truncated, _ = recorder.step(half_homing(obs))
        for i in range(8):
            returns[i] += reward[i].item()
            lengths[i] += 1
            if terminated[i] or truncated[i]:
                finished.append((returns[i], lengths[i], env.last_episode["success"][i].item()))
                timed_out += bool(truncated[i])
                returns[i], lengths[i] = 0.0, 0
    means = recorder.drain().means()
    assert len({length for _, length, _ in finished}) > 3, "the episodes should differ in length"
    assert 0 < sum(success for *_, success in finished) < len(finished)
    expected = [sum(column) / len(finished) for column in zip(*finished, strict=True)]
    assert [means["reward"], means["length"], means["success"]] == pytest.approx(expected)
    assert 0 < timed_out < len(finished)
    assert means["Episode_Termination/time_out"] == pytest.approx(timed_out / len(finished))
    assert recorder.env_steps == 8 * 3 * EPISODE_STEPS


def test_drain_starts_anew() -> None:
    recorder = EpisodeRecorder(PointEnv(num_envs=4), spread=False)
    obs, _ = recorder.reset()
    for _ in range(EPISODE_STEPS):
        obs, *_ = recorder.step(homing(obs))
    assert recorder.drain().episodes == 4
    assert recorder.drain().episodes == 0
    assert recorder.drain().means() == {}


def test_the_log_is_passed_on_only_in_the_step_it_belongs_to() -> None:
    recorder = EpisodeRecorder(PointEnv(num_envs=4), spread=False)
    obs, _ = recorder.reset()
    for step in range(1, 2 * EPISODE_STEPS + 1):
        obs, _, _, _, extras = recorder.step(homing(obs))
        assert ("log" in extras) == (step % EPISODE_STEPS == 0)


def test_spread_episodes_do_not_end_together() -> None:
    recorder = EpisodeRecorder(PointEnv(num_envs=64), spread=True)
    obs, _ = recorder.reset()
    ends = []
    for _ in range(EPISODE_STEPS):
        obs, _, _, truncated, _ = recorder.step(homing(obs))
        ends.append(int(truncated.sum()))
    assert sum(ends) == 64
    assert max(ends) < 16


@pytest.mark.parametrize("early_end", [False, True])
def test_evaluation_counts_every_environment_once(early_end: bool) -> None:
    env = PointEnv(num_envs=256, early_end=early_end)
    env.reset()
    starts, scales = env.pos.clone(), env.scale.clone()
    env.generator.manual_seed(0)  # the evaluation starts from the same places
    result = evaluate(env, Policy(half_homing))
    moving = (scales > 1.0).flatten()
    assert result.episodes == 256
    # Points that move always arrive; the others succeed only where they started near.
    expected = int((moving | (starts.norm(dim=-1) < NEAR)).sum())
    assert 0 < expected < 256
    assert result.successes == expected


def test_early_ends_do_not_weigh_more() -> None:
    """Successful episodes are short: counting all finished ones would overrate the policy."""
    env = PointEnv(num_envs=256, early_end=True)
    recorder = EpisodeRecorder(env, spread=False)
    obs, _ = recorder.reset()
    for _ in range(4 * EPISODE_STEPS):
        obs, *_ = recorder.step(half_homing(obs))
    naive = recorder.drain().means()["success"]
    result = evaluate(PointEnv(num_envs=256, early_end=True), Policy(half_homing))
    assert result.successes / result.episodes < naive - 0.04


def test_evaluation_without_success_metric_reports_the_reward() -> None:
    env = PointEnv(num_envs=4)
    env.command_manager.active_terms = []
    result = evaluate(env, Policy(homing))
    assert result.successes is None
    assert str(result) == f"mean reward {result.mean_reward:.2f} over 4 episodes"


def test_a_recurrent_policy_is_told_which_environments_ended() -> None:
    told = []
    evaluate(PointEnv(num_envs=4), Policy(homing, reset=lambda done: told.append(int(done.sum()))))
    assert told == [4] + [0] * (EPISODE_STEPS - 1) + [4]


def test_evaluations_add_up() -> None:
    both = Evaluation(10, 5, 2.0) + Evaluation(30, 6, 4.0)
    assert both == Evaluation(40, 11, 3.5)
    assert str(both) == "27.5 % (11 of 40 episodes), mean reward 3.50"
