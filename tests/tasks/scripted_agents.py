# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What the scripted agents come to in full episodes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from isaaclab.envs import ManagerBasedRLEnv

from isaaclab_factory.agents.scripted import goal_of, insert_peg, insert_square_peg, mesh_gear, thread_nut
from isaaclab_factory.learning.evaluation.grasp import DROPPED, Grasp

Agent = Callable[[ManagerBasedRLEnv], torch.Tensor]
"""From an environment to its next actions, of shape (num_envs, 6)."""

AGENTS: dict[str, Agent] = {
    "PegInsert": insert_peg,
    "GearMesh": mesh_gear,
    "NutThread": thread_nut,
    "SquarePegInsert": insert_square_peg,
    "NutThreadM8": thread_nut,
}
"""An agent for each task, by its name after ``Isaac-Factory-``."""


@dataclass(frozen=True)
class Episodes:
    """What an agent came to in one full episode of every environment; each tensor is of shape (num_envs,)."""

    metrics: dict[str, torch.Tensor]
    """The goal's metrics at the end, by name."""
    dropped: torch.Tensor
    """Whether the held part had slipped further than :data:`DROPPED` in the hand at the end."""

    @property
    def success(self) -> torch.Tensor:
        """Whether the episode ended as a success; a nut must also be on the thread, which its height does not tell."""
        success = self.metrics["success"] > 0.5
        return success & (self.metrics["seated"] > 1.0) if "seated" in self.metrics else success

    def __str__(self) -> str:
        """The rates in one line."""
        ever = self.metrics["ever_success"] > 0.5
        time = self.metrics["first_success_time"][ever]
        after = f"{time.median():.1f} s (median), {time.quantile(0.9):.1f} s (90 %), {time.max():.1f} s (latest)"
        seated = ", all on the thread" if "seated" in self.metrics else ""
        return (
            f"{int(self.success.sum())} of {len(ever)} at the end{seated}, {int(ever.sum())} at any time, "
            f"after {after}, {int(self.dropped.sum())} dropped"
        )


def run_episodes(env: ManagerBasedRLEnv, agent: Agent, seed: int) -> Episodes:
    """Run one full episode of every environment, from the starts that a seed draws."""
    env.reset(seed=seed)
    grasp = Grasp.of(env)
    # the last step resets the environments
    for _ in range(env.max_episode_length - 1):
        env.step(agent(env))
    slip = grasp.slip()
    env.step(agent(env))
    return Episodes({name: values.clone() for name, values in goal_of(env).last_episode.items()}, slip > DROPPED)
