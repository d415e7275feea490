# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Find the terms that know what another term is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .actions_cfg import TorqueActionCfg

if TYPE_CHECKING:
    from isaaclab.envs import ManagerBasedRLEnv

    from .actions import TorqueAction
    from .commands import AssemblyGoal


def assembly_goal(env: ManagerBasedRLEnv, command_name: str) -> AssemblyGoal:
    """The assembly goal of an environment.

    Args:
        env: The environment.
        command_name: Name of the command term.
    """
    return env.command_manager.get_term(command_name)


def torque_action(
    env: ManagerBasedRLEnv,
    action_name: str,
    cfg_type: type[TorqueActionCfg] = TorqueActionCfg,
) -> TorqueAction:
    """The torque action of an environment.

    Args:
        env: The environment.
        action_name: Name of the action term.
        cfg_type: Configuration that the term must have.

    Raises:
        ValueError: If the environment has no such term under this name.
    """
    manager = env.action_manager
    term = manager.get_term(action_name) if action_name in manager.active_terms else None
    if term is None or not isinstance(term.cfg, cfg_type):
        actions = ", ".join(f"'{name}' ({type(manager.get_term(name)).__name__})" for name in manager.active_terms)
        needed = cfg_type.__name__.removesuffix("Cfg")
        raise ValueError(f"action_name='{action_name}' must name an action of type {needed}; there is {actions}.")
    return term
