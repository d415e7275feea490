# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What commands share that step a task with random actions: its start, and a look for what must not happen."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from isaaclab_factory.learning import session

if TYPE_CHECKING:
    import torch
    from isaaclab.envs import ManagerBasedRLEnv


def start_apart(env: "ManagerBasedRLEnv") -> "torch.Tensor":
    """Resets an environment so that its episodes end at different times, as in a training after a while.

    Returns:
        Actions of zero. Shape is (num_envs, action_dim).
    """
    import torch

    env.reset()
    env.episode_length_buf.random_(int(env.max_episode_length))
    return torch.zeros(env.num_envs, env.action_manager.total_action_dim, device=env.device)


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What is known of every task that was stepped. Contacts, constraints and overflows are None without MuJoCo."""

    task: str
    overrides: list[str]
    physics: str
    num_envs: int
    most_contacts: int | None
    """Of an environment, after the steps that were watched."""
    most_constraints: int | None
    """The same of rows of the constraint Jacobian."""
    overflows: dict[str, int] | None
    """Environments by kind, see :mod:`isaaclab_factory.newton_mujoco.buffers`."""
    not_finite: int
    """Environments with an observation or a reward that was not finite after one of these steps."""


class Watch:
    """Looks at an environment after its steps: how full MuJoCo's buffers are, and whether its numbers are finite."""

    def __init__(self, env: "ManagerBasedRLEnv") -> None:
        import torch

        from isaaclab_factory.newton_mujoco import buffers

        self._env = env
        self._buffers, self._solver = buffers, buffers.solver()
        self._contacts, self._constraints = 0, 0
        self._not_finite = torch.zeros(env.num_envs, dtype=torch.bool, device=env.device)

    def look(self, step: tuple[Any, ...]) -> None:
        """Looks at the result of a step."""
        import torch

        observations, rewards = step[:2]
        for values in filter(torch.is_tensor, (*observations.values(), rewards)):
            self._not_finite |= ~values.isfinite().reshape(len(values), -1).all(dim=1)
        if self._solver is not None:
            contacts, constraints = self._buffers.counts(self._solver)
            self._contacts = max(self._contacts, int(contacts.max()))
            self._constraints = max(self._constraints, int(constraints.max()))

    def figures(self, task: str, overrides: list[str]) -> dict[str, Any]:
        """Returns the fields of :class:`Watched`."""
        known = self._solver is not None
        return {
            "task": task,
            "overrides": overrides,
            "physics": session.engine_name(self._env.cfg),
            "num_envs": self._env.num_envs,
            "most_contacts": self._contacts if known else None,
            "most_constraints": self._constraints if known else None,
            "overflows": self._buffers.overflows(self._solver) if known else None,
            "not_finite": int(self._not_finite.sum()),
        }
