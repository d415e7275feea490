# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Episode statistics, against a count by hand."""

import pytest

from isaaclab_factory.learning.runs.episodes import EpisodeRecorder
from tests.learning.point_env import EPISODE_STEPS, PointEnv, half_homing, homing


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
