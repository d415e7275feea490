# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configurations and environments of the registered tasks."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache

import gymnasium as gym
import pytest
import torch
from isaaclab.app import launch_simulation
from isaaclab.envs import ManagerBasedRLEnv, ManagerBasedRLEnvCfg
from isaaclab_tasks.utils import parse_env_cfg

import isaaclab_factory.tasks  # noqa: F401  (registers the tasks)

FACTORY = ("PegInsert", "GearMesh", "NutThread")
"""The tasks of the reference."""

FORGE = ("Isaac-Forge-PegInsert", "Isaac-Forge-GearMesh", "Isaac-Forge-NutThread")
"""The same for a robot that feels force."""

EXAMPLES = ("SquarePegInsert", "NutThreadM8")
"""The tasks that the reference does not have."""

PRESETS = {
    "PegInsert": ("aided", "no_noise", "search", "search_motion", "tight"),
    "GearMesh": ("aided", "no_noise", "search", "search_motion"),
    "NutThread": ("aided", "no_noise", "search"),
    "SquarePegInsert": ("aided", "no_noise", "search", "search_motion"),
    "NutThreadM8": ("aided", "no_noise", "search"),
    "Isaac-Forge-PegInsert": ("aided", "no_noise", "search"),
    "Isaac-Forge-GearMesh": ("aided", "no_noise", "search"),
    "Isaac-Forge-NutThread": ("aided", "no_noise", "search"),
}
"""The variants of each task."""


def first_and_others(*marks: pytest.MarkDecorator, tasks: Sequence[str] = FACTORY) -> list:
    """Tasks for a test's parameter, of which all but the first carry marks: they check the same and take longer.

    Args:
        marks: The marks, e.g. ``pytest.mark.slow``.
        tasks: The tasks. Defaults to those of the reference.
    """
    return [tasks[0], *(pytest.param(task, marks=marks) for task in tasks[1:])]


def load_cfg(
    task: str, presets: str | None = None, physics: str = "newton_mujoco", device: str = "cpu"
) -> ManagerBasedRLEnvCfg:
    """The configuration of a task, as the command line resolves it.

    Args:
        task: Name of the task after ``Isaac-Factory-``, or its whole id.
        presets: Variant or variants, as in ``presets=...``. Defaults to None, the task as it is.
        physics: Backend, as in ``physics=...``. Defaults to the CPU engine.
        device: Device of the simulation.
    """
    return pickle.loads(_pickled_cfg(gym_id(task), presets, physics, device))


@cache
def _pickled_cfg(task_id: str, presets: str | None, physics: str, device: str) -> bytes:
    """A configuration, of which a copy takes a hundredth of the time that it takes to resolve it."""
    overrides = [f"physics={physics}", *([] if presets is None else [f"presets={presets}"])]
    return pickle.dumps(parse_env_cfg(task_id, device=device, overrides=overrides))


def gym_id(task: str) -> str:
    """The id of a task.

    Args:
        task: See :func:`load_cfg`.
    """
    return task if task.startswith("Isaac-") else f"Isaac-Factory-{task}"


@contextmanager
def open_env(
    task: str,
    num_envs: int,
    presets: str | None = None,
    physics: str = "newton_mujoco",
    seed: int | None = None,
    device: str = "cpu",
    change: Callable[[ManagerBasedRLEnvCfg], None] | None = None,
) -> Iterator[ManagerBasedRLEnv]:
    """Make the environment of a task, and close it in the end.

    Args:
        task: See :func:`load_cfg`.
        num_envs: Number of environments.
        presets: See :func:`load_cfg`.
        physics: See :func:`load_cfg`.
        seed: Seed of the configuration. Defaults to None, no seed.
        device: See :func:`load_cfg`.
        change: What to change in the configuration before the environment is made.
    """
    cfg = load_cfg(task, presets, physics, device)
    cfg.scene.num_envs, cfg.seed = num_envs, seed
    if change is not None:
        change(cfg)
    with open_cfg(cfg, gym_id(task)) as env:
        yield env


@contextmanager
def open_cfg(cfg: ManagerBasedRLEnvCfg, name: str = "Isaac-Factory-PegInsert") -> Iterator[ManagerBasedRLEnv]:
    """Make the environment of a configuration without presets, and close it in the end.

    Args:
        cfg: The configuration.
        name: A gym id with the right class of environment. All of this package have the same.
    """
    with launch_simulation(cfg, {"headless": True, "device": cfg.sim.device}):
        env = gym.make(name, cfg=cfg).unwrapped
        try:
            yield env
        finally:
            env.close()


def control_by_hand(cfg: ManagerBasedRLEnvCfg) -> None:
    """Leave it to the test to apply the action before each physics step: a change for :func:`open_env`."""
    cfg.actions.arm.in_physics_loop = False


def rest(env: ManagerBasedRLEnv) -> torch.Tensor:
    """The action that moves nothing: a yaw that only turns one way rests at -1. Shape is (num_envs, 6)."""
    action = torch.zeros(env.num_envs, 6)
    if env.cfg.actions.arm.unidirectional_yaw:
        action[:, 5] = -1.0
    return action


def engine_state(env: ManagerBasedRLEnv) -> dict[str, torch.Tensor]:
    """Copies of what the simulator, the goal and the action hold, by name. The first dimension is num_envs."""
    robot = env.scene["robot"]
    held = {"joint_pos": robot.data.joint_pos.torch, "joint_vel": robot.data.joint_vel.torch}
    held |= {"links": robot.data.body_link_pose_w.torch, "drives": robot.actuators.target_command.position.torch}
    for name, part in (env.scene.articulations | env.scene.rigid_objects).items():
        if name != "robot":
            held |= {
                f"{name} pose": part.data.root_link_pose_w.torch,
                f"{name} velocity": part.data.root_com_vel_w.torch,
            }
    goal, arm = env.command_manager.get_term("assembly_goal"), env.action_manager.get_term("arm")
    held |= {"tip": goal.noisy_tip_pos_w, "command": goal.command, "actions": arm.processed_actions}
    held |= {f"metric {name}": values for name, values in goal.metrics.items()}
    held["measured velocity"] = torch.cat((arm.fingertip.measured_lin_vel_w, arm.fingertip.measured_ang_vel_w), dim=-1)
    return {name: values.clone() for name, values in held.items()}


def variants(tasks: Sequence[str] = (*FACTORY, *EXAMPLES)) -> list[tuple[str, str | None]]:
    """All tasks with each of their variants, as pairs of task and preset; None stands for no preset."""
    return [(task, preset) for task in tasks for preset in (None, *PRESETS[task])]
