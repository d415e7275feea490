# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Termination terms. The reference has none: its episodes only end by their length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from isaaclab.managers import ManagerTermBase, TerminationTermCfg
from isaaclab.utils import index_fill_

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

    from .commands import AssemblyGoal


class success_held(ManagerTermBase):
    """Training aid, not in the reference: whether the parts have stayed assembled for some time without a break.

    The steps after a success teach nothing new, and assembled parts have the most contacts to simulate.
    """

    def __init__(self, cfg: TerminationTermCfg, env: ManagerBasedRLEnv):
        """Create the counters.

        Args:
            cfg: The configuration of the term.
            env: The environment.
        """
        super().__init__(cfg, env)
        self._steps = torch.zeros(env.num_envs, dtype=torch.long, device=env.device)
        self._env_ids = torch.arange(env.num_envs, device=env.device)

    def reset(self, env_ids: Sequence[int] | torch.Tensor | slice | None = None) -> None:
        """Count from zero again in some environments.

        Args:
            env_ids: Indices of the environments. Defaults to all.
        """
        index_fill_(self._steps, env_ids, 0)

    def __call__(
        self, env: ManagerBasedRLEnv, duration_s: float, share: float = 1.0, command_name: str = "assembly_goal"
    ) -> torch.Tensor:
        """Count the step and compare the time with the limit.

        Args:
            env: The environment.
            duration_s: Time in s, counted from the beginning of the first step that succeeds. Infinite for never.
            share: Share of the environments, from the first one on, whose episodes may end. In the others the policy
                practises what follows a success.
            command_name: Name of the assembly goal.

        Returns:
            Flags. Shape is (num_envs,).
        """
        goal: AssemblyGoal = env.command_manager.get_term(command_name)
        self._steps += 1
        self._steps *= goal.success
        return (self._steps * env.step_dt >= duration_s) & (self._env_ids < share * env.num_envs)
