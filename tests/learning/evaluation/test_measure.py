# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The evaluation counts every environment's share of the episodes, and nothing else."""

import pytest
import torch

from isaaclab_factory.learning.evaluation.measure import evaluate
from isaaclab_factory.learning.evaluation.result import wilson_interval
from isaaclab_factory.learning.libraries.policy import Policy
from isaaclab_factory.learning.runs.episodes import EpisodeRecorder
from tests.learning.point_env import EPISODE_STEPS, NEAR, PointEnv, half_homing, homing


class ShortSuccesses(PointEnv):
    """Episodes that end after 1 step with a success in the even environments, after 20 without one in the odd ones."""

    def step(self, action: torch.Tensor):
        """Puts the points of the even environments on the origin and the others far from it."""
        even = torch.arange(self.num_envs) % 2 == 0
        self.pos = torch.where(even[:, None], 0.0, torch.full_like(self.pos, 5.0))
        return super().step(torch.zeros(self.num_envs, 2))


@pytest.mark.parametrize("episodes", [8, 24, 27, 3])
def test_short_successes_weigh_no_more_than_long_failures(episodes: int) -> None:
    result = evaluate(ShortSuccesses(num_envs=8, early_end=True), Policy(homing), episodes)
    # the first environments of all play one episode more than the last; of 27, numbers 0 to 2 play four
    expected = sum(1 for number in range(episodes) if number % 8 % 2 == 0)
    assert (result.episodes, result.successes) == (episodes, expected)
    assert result.mean_length_s == pytest.approx((expected + 20 * (episodes - expected)) / episodes)


def test_counting_the_first_episodes_that_end_would_be_wrong() -> None:
    env = ShortSuccesses(num_envs=8, early_end=True)
    recorder = EpisodeRecorder(env, spread=False)
    obs, _ = recorder.reset()
    for _ in range(EPISODE_STEPS):
        obs, *_ = recorder.step(homing(obs))
    assert recorder.drain().means()["success"] > 0.95  # of 80 + 4 episodes, instead of one half


@pytest.mark.parametrize("early_end", [False, True])
def test_one_episode_of_every_environment_agrees_with_a_count_by_hand(early_end: bool) -> None:
    env = PointEnv(num_envs=256, early_end=early_end)
    env.reset(seed=3)
    starts, scales = env.pos.clone(), env.scale.clone()
    result = evaluate(env, Policy(half_homing), seed=3)
    moving = (scales > 1.0).flatten()
    # Points that move always arrive; the others succeed only where they started near.
    expected = int((moving | (starts.norm(dim=-1) < NEAR)).sum())
    assert 0 < expected < 256
    assert (result.episodes, result.successes) == (256, expected)
    assert result.success_rate == expected / 256
    assert result.success_interval == wilson_interval(expected, 256)
    assert result.ever_success_rate == result.engaged_rate == expected / 256


def test_the_time_to_success_is_that_of_the_first() -> None:
    """The points move to the origin along a straight line, 0.1 a step and axis, and pass it."""
    env = PointEnv(num_envs=4)
    env.reset()
    starts = torch.tensor([0.35, 0.55, 0.75, 9.0])

    class Line(PointEnv):
        def _start(self, env_ids: torch.Tensor) -> None:
            super()._start(env_ids)
            self.pos[env_ids] = torch.stack((starts[env_ids], torch.zeros(len(env_ids))), dim=-1)

    result = evaluate(Line(num_envs=4), Policy(lambda obs: torch.tensor([-1.0, 0.0]).expand(4, 2)))
    # within 0.2 after 2, 4 and 6 steps of 1 s; at the end all are past it again
    assert result.time_to_success_s.mean == result.time_to_success_s.median == pytest.approx(4.0)
    assert result.time_to_success_s.p90 == pytest.approx(5.6)
    assert (result.ever_success_rate, result.success_rate) == (0.75, 0.0)


def test_the_first_episodes_are_of_full_length() -> None:
    """Also where the environment is one that spreads the ages of a training's first episodes."""
    env = PointEnv(num_envs=16)
    EpisodeRecorder(env, spread=True).reset()
    assert evaluate(env, Policy(homing)).mean_length_s == EPISODE_STEPS


def test_the_same_seed_gives_the_same_result_and_another_another() -> None:
    env, policy = PointEnv(num_envs=16, early_end=True), Policy(half_homing)
    first, again, other = (evaluate(env, policy, 40, seed) for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_a_task_without_a_goal_gives_reward_and_length() -> None:
    env = PointEnv(num_envs=4)
    env.command_manager.active_terms = []
    result = evaluate(env, Policy(homing), 6)
    assert (result.successes, result.success_rate, result.time_to_success_s, result.bins) == (None, None, None, {})
    assert (result.episodes, result.mean_length_s) == (6, EPISODE_STEPS)
    assert str(result) == f"mean reward {result.mean_reward:.2f} over 6 episodes"


def test_a_recurrent_policy_is_reset_where_episodes_ended() -> None:
    resets = []
    env = ShortSuccesses(num_envs=4, early_end=True)
    evaluate(env, Policy(homing, reset=lambda done: resets.append(done.tolist())))
    assert resets[0] == [True] * 4
    assert resets[1:EPISODE_STEPS] == [[True, False, True, False]] * (EPISODE_STEPS - 1)
    assert resets[EPISODE_STEPS:] == [[True] * 4]


def test_progress_gets_the_number_of_episodes_left() -> None:
    left = []
    evaluate(PointEnv(num_envs=4), Policy(homing), 6, progress=left.append)
    assert left == [6] * (EPISODE_STEPS - 1) + [2] * EPISODE_STEPS + [0]


class Endless(PointEnv):
    """Episodes that end where the point is near the origin, and nowhere else."""

    def step(self, action: torch.Tensor):
        """Does not count the steps of the environments."""
        self.episode_length_buf.clamp_(max=EPISODE_STEPS - 2)
        return super().step(action)


def test_an_evaluation_ends_where_no_episode_does() -> None:
    """As with ``env.terminations.time_out=null``: an episode is over after as many steps as it should last."""
    env = Endless(num_envs=8)
    left = []
    result = evaluate(env, Policy(homing), 20, progress=left.append)
    assert len(left) == EPISODE_STEPS
    assert (result.episodes, result.mean_length_s) == (8, EPISODE_STEPS)
    assert (result.successes, result.ever_success_rate) == (8, 1.0), "the points are at the origin by then"


def test_environments_whose_episodes_end_run_their_share_beside_others() -> None:
    """Even environments end after a step with success; odd ones never end."""

    class HalfEndless(ShortSuccesses, Endless):
        pass

    result = evaluate(HalfEndless(num_envs=4, early_end=True), Policy(homing), 12)
    assert (result.episodes, result.successes) == (3 + 1 + 3 + 1, 6)
