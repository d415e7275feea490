# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A task small enough to be learned in seconds, with the interface of an Isaac Lab manager-based environment.

A point in the plane is to be moved to the origin. The policy sees its position through a scale that only the critic
knows. The episode is a success if the point is near the origin at its end.
"""

from types import SimpleNamespace

import gymnasium
import numpy as np
import torch
from isaaclab.envs import ManagerBasedRLEnv

EPISODE_STEPS = 20
NEAR = 0.2


class PointEnv(ManagerBasedRLEnv):
    """The point task, stepping tensors instead of a simulator."""

    def __init__(self, num_envs: int = 16, seed: int = 0, early_end: bool = False) -> None:
        """Create the points.

        Args:
            num_envs: Number of points.
            seed: Seed of the starts.
            early_end: Whether an episode ends as soon as the point is near the origin.
        """
        self.cfg = SimpleNamespace(
            is_finite_horizon=False,
            episode_length_s=float(EPISODE_STEPS),
            decimation=1,
            sim=SimpleNamespace(dt=1.0),
            seed=seed,
        )
        self.sim = SimpleNamespace(device="cpu")
        self.scene = SimpleNamespace(num_envs=num_envs, rigid_objects={})
        self.early_end = early_end
        self.generator = torch.Generator().manual_seed(seed)
        self.pos = torch.zeros(num_envs, 2)
        self.scale = torch.ones(num_envs, 1)
        self.episode_length_buf = torch.zeros(num_envs, dtype=torch.long)
        self.extras = {}
        names = ("success", "ever_success", "engaged", "first_success_time")
        self.metrics = {name: torch.zeros(num_envs) for name in names}
        self.last_episode = {name: torch.zeros(num_envs) for name in names}
        self.observation_manager = SimpleNamespace(compute=self.observe)
        self.action_manager = SimpleNamespace(total_action_dim=2, active_terms=[])
        self.dones = {name: torch.zeros(num_envs, dtype=torch.bool) for name in ("near", "time_out")}
        self.last_dones = {name: dones.clone() for name, dones in self.dones.items()}
        self.termination_manager = SimpleNamespace(get_term=self.dones.get)
        self.event_manager = SimpleNamespace(active_terms={})
        self.command_manager = SimpleNamespace(active_terms=["assembly_goal"], get_term=lambda name: self)
        box = gymnasium.spaces.Box
        self.single_observation_space = gymnasium.spaces.Dict(
            {"policy": box(-np.inf, np.inf, (2,)), "critic": box(-np.inf, np.inf, (3,))}
        )
        self.single_action_space = box(-np.inf, np.inf, (2,))
        self.observation_space = gymnasium.vector.utils.batch_space(self.single_observation_space, num_envs)
        self.action_space = gymnasium.vector.utils.batch_space(self.single_action_space, num_envs)

    def __del__(self) -> None:
        """There is nothing to close."""

    def close(self) -> None:
        """There is nothing to close."""

    def observe(self) -> dict[str, torch.Tensor]:
        """Returns the observation groups."""
        return {"policy": self.pos * self.scale, "critic": torch.cat((self.pos, self.scale), dim=-1)}

    def reset(self, seed: int | None = None, **kwargs):
        """Starts new episodes everywhere."""
        if seed is not None:
            self.generator.manual_seed(seed)
        self._start(torch.arange(self.num_envs))
        self.obs_buf = self.observe()
        return self.obs_buf, self.extras

    def step(self, action: torch.Tensor):
        """Moves the points by a tenth of the action."""
        self.pos = self.pos + 0.1 * action.clamp(-1.0, 1.0)
        self.episode_length_buf += 1
        distance = self.pos.norm(dim=-1)
        near = distance < NEAR
        self._measure(near)
        terminated = near & self.early_end
        truncated = self.episode_length_buf >= EPISODE_STEPS
        self.dones["near"][:], self.dones["time_out"][:] = terminated, truncated
        done = (terminated | truncated).nonzero().flatten()
        if len(done):
            for name, last in self.last_episode.items():
                last[done] = self.metrics[name][done]
            self.extras["log"] = {"Metrics/assembly_goal/success": near[done].float().mean()}
            # As Isaac Lab does: the reason of the latest episode's end, mean over all environments.
            for name, last in self.last_dones.items():
                last[done] = self.dones[name][done]
                self.extras["log"][f"Episode_Termination/{name}"] = last.float().mean()
            self._start(done)
        self.obs_buf = self.observe()
        return self.obs_buf, 1.0 - distance, terminated, truncated, self.extras

    def _measure(self, near: torch.Tensor) -> None:
        """Updates the metrics to what they would be if the episodes ended now."""
        ever, first = self.metrics["ever_success"], self.metrics["first_success_time"]
        first[:] = torch.where(ever > 0.0, first, self.episode_length_buf.float())
        ever[:] = ever.maximum(near.float())
        self.metrics["success"][:] = self.metrics["engaged"][:] = near.float()

    def _start(self, env_ids: torch.Tensor) -> None:
        shape = (len(env_ids), 2)
        self.pos[env_ids] = 2.0 * torch.rand(shape, generator=self.generator) - 1.0
        self.scale[env_ids] = 0.5 + torch.rand((len(env_ids), 1), generator=self.generator)
        self.episode_length_buf[env_ids] = 0
        self.metrics["ever_success"][env_ids] = 0.0


def homing(obs: dict[str, torch.Tensor]) -> torch.Tensor:
    """Moves to the origin, knowing the position."""
    return -10.0 * obs["critic"][:, :2]


def half_homing(obs: dict[str, torch.Tensor]) -> torch.Tensor:
    """Moves to the origin with the points that see themselves at large scale, stays with the others."""
    return homing(obs) * (obs["critic"][:, 2:] > 1.0)
