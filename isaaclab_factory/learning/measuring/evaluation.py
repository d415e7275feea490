# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measures a policy: whole episodes, each environment's share of them settled beforehand."""

from collections.abc import Callable
from dataclasses import dataclass

import gymnasium
import torch

from isaaclab_factory.learning.measuring.episode_watch import EpisodeWatch
from isaaclab_factory.learning.measuring.evaluation_result import Evaluation

Observations = dict[str, torch.Tensor]


@dataclass
class Policy:
    """A trained policy without its library."""

    act: Callable[[Observations], torch.Tensor]
    """Observation groups, each (num_envs, size) -> actions (num_envs, action_dim)."""
    reset: Callable[[torch.Tensor], None] = lambda done: None
    """Forgets the memory of the environments that ended, ``done`` (num_envs,) bool; a feed-forward policy has none."""


def evaluate(
    env: gymnasium.Env,
    policy: Policy,
    episodes: int | None = None,
    seed: int | None = None,
    progress: Callable[[int], None] = lambda left: None,
) -> Evaluation:
    """Runs episodes from a fresh reset.

    Every environment runs its share of them, and what it runs beyond while others go on is not counted, so that short
    episodes weigh no more than long ones.

    The environment can only be stepped in PyTorch's inference mode afterwards.

    Args:
        env: An Isaac Lab manager-based environment, bare or wrapped, whose reset starts all episodes at age zero.
        policy: What acts.
        episodes: How many episodes. Defaults to None, one of every environment.
        seed: Seed of the reset: with one seed, policies that do not draw start from the same states as long as their
            episodes end at the same times. Defaults to None, to go on with the random numbers as they are.
        progress: Is told after every step how many episodes are left.
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
