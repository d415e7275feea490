# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The scripted agent of a task, as a policy."""

import pkgutil
from collections.abc import Callable
from typing import TYPE_CHECKING

import gymnasium

from isaaclab_factory.learning.cli.tasks import own_tasks
from isaaclab_factory.learning.errors import UserError

if TYPE_CHECKING:
    import torch
    from isaaclab.envs import ManagerBasedRLEnv

    from isaaclab_factory.learning.libraries.policy import Policy

ENTRY_POINT = "scripted_agent_entry_point"
"""Key of a task's gym kwargs: a function from the environment to its next actions, or its name ``module:function``."""


def scripted_agent(task: str) -> "Callable[[ManagerBasedRLEnv], torch.Tensor]":
    """Returns the function that acts, from the environment to actions of shape (num_envs, action_dim).

    Args:
        task: A registered task.

    Raises:
        UserError: The task has no such agent, or it cannot be imported.
    """
    found = gymnasium.spec(task).kwargs.get(ENTRY_POINT)
    if found is None:
        there = ", ".join(name for name in own_tasks() if ENTRY_POINT in gymnasium.spec(name).kwargs)
        raise UserError(f"{task} has no scripted agent ({ENTRY_POINT!r} in its kwargs); these have one: {there}")
    if not isinstance(found, str):
        return found
    try:
        return pkgutil.resolve_name(found)
    except (ImportError, AttributeError, ValueError) as error:
        raise UserError(f"{task} is registered with the {ENTRY_POINT} {found!r}: {error}") from error


def scripted_policy(agent: "Callable[[ManagerBasedRLEnv], torch.Tensor]", env: "ManagerBasedRLEnv") -> "Policy":
    """Returns a policy that looks at the environment instead of its observations.

    Args:
        agent: See :func:`scripted_agent`.
        env: The environment, unwrapped.
    """
    from isaaclab_factory.learning.libraries.policy import Policy

    return Policy(act=lambda obs: agent(env))
