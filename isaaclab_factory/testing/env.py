# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Isaac Lab's environment in a world that stands still."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import torch
from isaaclab.assets import RigidObjectCfg
from isaaclab.envs import ManagerBasedRLEnv, ManagerBasedRLEnvCfg
from isaaclab.envs.common import VecEnvStepReturn
from isaaclab.managers import EventManager
from isaaclab.scene import InteractiveSceneCfg
from isaaclab.sim import SimulationCfg

from isaaclab_factory import mdp
from isaaclab_factory.assets import FRANKA_CFG, HOLE_8MM_CFG, PEG_8MM_CFG, part_of

from .scene import StillScene, StillSimulation
from .still import Still

TermGroup = Mapping[str, Any] | object
"""Configurations of terms by name: a dict, or the group of a task's configuration."""


class TermEnv(Still, ManagerBasedRLEnv):
    """An environment of a few rows to test MDP terms on, in which nothing moves but what the test moves.

    Above is Isaac Lab's own code: the managers, the assets with their data, ``step`` and ``reset``. Below, instead of a
    simulator, are tables of tensors: in a step time passes and the managers compute, and everything stays where it is.
    The tensors are on the CPU, whatever the configuration says.
    """

    def __init__(self, cfg: ManagerBasedRLEnvCfg):
        """Make the environment.

        Args:
            cfg: The configuration of a task. Of its scene the robot, which has to be the Franka, and the rigid objects
                are made, and all its terms; sensors, terrain, lights and other scenery are not.

        Raises:
            ValueError: If there is no environment, or the robot is not the Franka.
        """
        self.cfg = cfg
        self.sim = StillSimulation(cfg.sim.dt)
        self.scene = StillScene(cfg.scene, self.sim)
        self.extras: dict[str, Any] = {}
        self.obs_buf: dict[str, Any] = {}
        self.common_step_counter = self._sim_step_counter = 0
        self.episode_length_buf = torch.zeros(self.num_envs, dtype=torch.long)
        self.event_manager = EventManager(cfg.events, self)
        with contextlib.redirect_stdout(io.StringIO()):  # it prints a table for each manager
            self.load_managers()
        self.command_manager.reset(torch.arange(self.num_envs))

    def step(self, action: torch.Tensor | None = None) -> VecEnvStepReturn:
        """Isaac Lab's environment step, in which nothing moves.

        Args:
            action: Actions. Shape is (num_envs, action_dim). Defaults to those of the step before, at first zeros.

        Returns:
            Observations, rewards, terminations, time-outs and extras.
        """
        return super().step(self.action_manager.action if action is None else action)

    def close(self) -> None:
        """Nothing to do: there is no simulator to stop."""


def term_env(
    num_envs: int = 4,
    *,
    parts: Mapping[str, RigidObjectCfg] | None = None,
    commands: TermGroup | None = None,
    actions: TermGroup | None = None,
    observations: TermGroup | None = None,
    rewards: TermGroup | None = None,
    terminations: TermGroup | None = None,
    events: TermGroup | None = None,
    curriculum: TermGroup | None = None,
) -> TermEnv:
    """An environment to test single terms on: a Franka, Factory's 8 mm peg and hole, their goal and the torque action.

    The scene's entities are ``robot``, ``held_asset`` and ``fixed_asset``, at their default poses; the command is
    ``assembly_goal``, the action ``arm``. Physics steps last 1/120 s, environment steps eight of them, episodes 10 s.

    A group of terms is a dict of term configurations by name, or the group of a task's configuration such as
    ``PegInsertEnvCfg().rewards``. A part, command or action of the same name replaces the one above.

    Args:
        num_envs: Number of rows.
        parts: Further parts, by the name in the scene.
        commands: Command terms.
        actions: Action terms.
        observations: Observation groups.
        rewards: Reward terms.
        terminations: Termination terms.
        events: Event terms. Those of the mode "startup" are applied at once.
        curriculum: Curriculum terms.

    Returns:
        The environment.

    Raises:
        ValueError: If there is no row.
        TypeError: If a part is no rigid object, or a group neither a dict nor a configuration.
    """
    scene = InteractiveSceneCfg(num_envs=num_envs, env_spacing=2.0)
    scene.robot = FRANKA_CFG
    for name, part in {"held_asset": PEG_8MM_CFG, "fixed_asset": HOLE_8MM_CFG, **(parts or {})}.items():
        if not isinstance(part, RigidObjectCfg):
            raise TypeError(f"The part '{name}' must be a RigidObjectCfg, got {type(part).__name__}.")
        setattr(scene, name, part)
    return TermEnv(
        ManagerBasedRLEnvCfg(
            scene=scene,
            commands=_group("commands", commands, assembly_goal=_PEG_GOAL),
            actions=_group("actions", actions, arm=_ARM),
            observations=_group("observations", observations),
            rewards=_group("rewards", rewards),
            terminations=_group("terminations", terminations),
            events=_group("events", events),
            curriculum=_group("curriculum", curriculum),
            sim=SimulationCfg(dt=1.0 / 120.0, device="cpu"),
            decimation=8,
            episode_length_s=10.0,
        )
    )


_HOLE_HEIGHT = part_of(HOLE_8MM_CFG).height

_PEG_GOAL = mdp.AssemblyGoalCfg(
    held_asset_name="held_asset",
    fixed_asset_name="fixed_asset",
    tip_offset=(0.0, 0.0, _HOLE_HEIGHT),
    success_height=0.04 * _HOLE_HEIGHT,
    engaged_height=0.9 * _HOLE_HEIGHT,
)
"""The goal of the peg insertion, with the thresholds of ``PegInsert`` in Isaac Lab's ``direct/factory``."""

_ARM = mdp.OperationalSpaceTorqueActionCfg(
    asset_name="robot",
    arm_joint_names=["panda_joint[1-7]"],
    gripper_joint_names=["panda_finger_joint[1-2]"],
    body_name="panda_fingertip_centered",
    command_name="assembly_goal",
)


def _group(name: str, terms: TermGroup | None, **defaults: Any) -> SimpleNamespace:
    """A group as Isaac Lab's managers take it: an object whose attributes are the terms."""
    if terms is None:
        return SimpleNamespace(**defaults)
    if not isinstance(terms, Mapping) and not hasattr(terms, "__dict__"):
        raise TypeError(f"{name} must be a dict of terms or a task's group of them, got {type(terms).__name__}.")
    return SimpleNamespace(**{**defaults, **(terms if isinstance(terms, Mapping) else vars(terms))})
