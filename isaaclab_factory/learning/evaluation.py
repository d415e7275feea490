# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Measures a policy: one full episode of every environment, deterministic actions."""

from collections.abc import Callable
from dataclasses import dataclass

import gymnasium
import torch

Observations = dict[str, torch.Tensor]


@dataclass
class Policy:
    """A trained policy without its library."""

    act: Callable[[Observations], torch.Tensor]
    """Observation groups, each (num_envs, size) -> deterministic actions (num_envs, action_dim)."""
    reset: Callable[[torch.Tensor], None] = lambda done: None
    """Forgets the memory of the environments that ended, ``done`` (num_envs,) bool; a feed-forward policy has none."""


@dataclass(frozen=True)
class Evaluation:
    """What an evaluation measured."""

    episodes: int
    successes: int | None
    """Number of successful episodes, None if the task knows no success."""
    mean_reward: float
    """Mean undiscounted reward of an episode."""

    def __add__(self, other: "Evaluation") -> "Evaluation":
        """Returns the two evaluations as one."""
        episodes = self.episodes + other.episodes
        successes = None if self.successes is None else self.successes + other.successes
        reward = (self.episodes * self.mean_reward + other.episodes * other.mean_reward) / episodes
        return Evaluation(episodes, successes, reward)

    def __str__(self) -> str:
        """Returns the result as a sentence without full stop."""
        if self.successes is None:
            return f"mean reward {self.mean_reward:.2f} over {self.episodes} episodes"
        rate = 100.0 * self.successes / self.episodes
        return f"{rate:.1f} % ({self.successes} of {self.episodes} episodes), mean reward {self.mean_reward:.2f}"


def evaluate(env: gymnasium.Env, policy: Policy) -> Evaluation:
    """Runs one episode of every environment from a fresh reset.

    Every environment counts once: one that ends early is not counted again while the others go on, so that short
    episodes weigh no more than long ones.

    The environment can only be stepped in PyTorch's inference mode afterwards.

    Args:
        env: An Isaac Lab manager-based environment.
        policy: What acts.
    """
    bare = env.unwrapped
    returns = torch.zeros(bare.num_envs, device=bare.device)
    running = torch.ones(bare.num_envs, dtype=torch.bool, device=bare.device)
    success = torch.zeros_like(running)
    goal = _goal_term(bare)
    # rsl_rl collects experience in inference mode, and PyTorch forbids changing its tensors in place outside of it.
    with torch.inference_mode():
        obs, _ = env.reset()
        policy.reset(torch.ones_like(running))
        while running.any():
            obs, reward, terminated, truncated, _ = env.step(policy.act(obs))
            done = terminated | truncated
            returns += reward * running
            if goal is not None:
                success |= done & running & (goal.last_episode["success"] > 0.5)
            running &= ~done
            policy.reset(done)
    successes = int(success.sum()) if goal is not None else None
    return Evaluation(bare.num_envs, successes, float(returns.mean()))


def _goal_term(env: gymnasium.Env):
    """Returns the command term that keeps the metrics of each environment's last finished episode, or None."""
    manager = env.command_manager
    return manager.get_term("assembly_goal") if "assembly_goal" in manager.active_terms else None
