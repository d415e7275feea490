# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measures a policy on whole episodes, with a share per environment that is fixed beforehand."""

from collections.abc import Callable

import gymnasium
import torch

from isaaclab_factory.learning.evaluation.episode_watch import EpisodeWatch
from isaaclab_factory.learning.evaluation.result import Evaluation
from isaaclab_factory.learning.libraries.policy import Policy


def evaluate(
    env: gymnasium.Env,
    policy: Policy,
    episodes: int | None = None,
    seed: int | None = None,
    progress: Callable[[int], None] = lambda left: None,
) -> Evaluation:
    """Runs episodes from a fresh reset.

    Every environment runs its share of them. Episodes that it runs beyond its share, while others go on, are not
    counted, so that short episodes weigh no more than long ones. It always ends: where no termination term ends an
    episode, it counts as over after ``max_episode_length`` steps, and its environment runs no further ones.

    The environment can only be stepped in PyTorch's inference mode afterwards.

    Args:
        env: An Isaac Lab manager-based environment, bare or wrapped, whose reset starts all episodes at age zero.
        policy: What acts.
        episodes: Number of episodes. Defaults to None, one in every environment.
        seed: Seed of the reset: with the same seed, deterministic policies start from the same states as long as their
            episodes end at the same times. Defaults to None, to go on with the random numbers as they are.
        progress: Called after every step with the number of episodes left.

    Returns:
        What was measured, of fewer episodes than asked for where some were not ended by the task.
    """
    bare = env.unwrapped
    # rsl_rl collects experience in inference mode, and PyTorch forbids changing its tensors in place outside of it.
    with torch.inference_mode():
        obs, _ = env.reset(seed=seed)
        policy.reset(torch.ones(bare.num_envs, dtype=torch.bool, device=bare.device))
        watch = EpisodeWatch(bare, episodes or bare.num_envs)
        while watch.left:
            obs, reward, terminated, truncated, _ = env.step(policy.act(obs))
            done = terminated | truncated
            watch.step(reward, done)
            policy.reset(done)
            progress(watch.left)
    return watch.result()
