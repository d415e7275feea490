# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Environments of the registered tasks on their engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import gymnasium as gym

from isaaclab_factory.app import launch


@contextmanager
def open_env(task: str, num_envs: int, seed: int | None = None) -> Iterator[ManagerBasedRLEnv]:  # noqa: F821
    """Make the environment of a task on a new stage, and close it in the end.

    Args:
        task: Name of the task between ``Isaac-Factory-`` and ``-v0``.
        num_envs: Number of environments.
        seed: Seed of the configuration, None for none.
    """
    launch(headless=True)
    from isaaclab.sim.utils import create_new_stage
    from isaaclab_tasks.utils import parse_env_cfg

    create_new_stage()
    name = f"Isaac-Factory-{task}-v0"
    cfg = parse_env_cfg(name, device="cpu", num_envs=num_envs)
    cfg.seed = seed
    env = gym.make(name, cfg=cfg).unwrapped
    try:
        yield env
    finally:
        env.close()
