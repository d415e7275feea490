# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Save and restore the state of an episode, with the noise that its goal has drawn.

Isaac Lab's ``env.scene.get_state`` and ``env.reset_to`` know the assets of the scene only. After ``env.reset_to`` alone
the goal is where the restored fixed part is, but its tip is observed with another noise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from .commands import AssemblyGoal

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

COMMANDS = "command"
"""Key under which a state has the states of the commands, next to Isaac Lab's kinds of assets."""


def get_state(env: ManagerBasedRLEnv, is_relative: bool = False) -> dict[str, Any]:
    """State of the scene and of its assembly goals, at the beginning of an episode.

    The moving average of the actions and the counters of an episode are not part of it.

    Args:
        env: The environment.
        is_relative: Whether positions are relative to the environments' origins.

    Returns:
        What ``env.scene.get_state`` returns, and under ``"command"`` the state of each assembly goal by its name.
    """
    state = env.scene.get_state(is_relative=is_relative)
    state[COMMANDS] = {name: goal.get_state() for name, goal in assembly_goals(env).items()}
    return state


def reset_to(
    env: ManagerBasedRLEnv,
    state: dict[str, Any],
    env_ids: torch.Tensor | slice | None = None,
    is_relative: bool = False,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Begin an episode in a saved state: Isaac Lab's ``env.reset_to``, and the saved noise of the observed tip.

    Args:
        env: The environment.
        state: What :func:`get_state` returned, of these environments, or an episode's ``initial_state`` that
            :class:`AssemblyRecorderManagerCfg` recorded.
        env_ids: Indices of the environments. Defaults to all.
        is_relative: Whether positions are relative to the environments' origins, as those that are recorded.

    Returns:
        Observations and extras.

    Raises:
        KeyError: If the state has none of an assembly goal.
    """
    env_ids = slice(None) if env_ids is None else env_ids
    for name, goal in assembly_goals(env).items():
        if name not in state.get(COMMANDS, {}):
            raise KeyError(f"The state has no '{COMMANDS}/{name}': save it with get_state or an InitialGoalRecorder.")
        goal.restore(state[COMMANDS][name], env_ids)
    return env.reset_to(state, env_ids, is_relative=is_relative)


def assembly_goals(env: ManagerBasedRLEnv) -> dict[str, AssemblyGoal]:
    """The assembly goals of an environment by their names.

    Args:
        env: The environment.
    """
    terms = {name: env.command_manager.get_term(name) for name in env.command_manager.active_terms}
    return {name: term for name, term in terms.items() if isinstance(term, AssemblyGoal)}
