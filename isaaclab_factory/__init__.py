# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""NVIDIA's Factory assembly tasks as composable Isaac Lab environments, with or without Isaac Sim.

Importing the package makes ``isaaclab`` importable and registers the tasks with Gymnasium; it imports neither.

Example:
    >>> import gymnasium as gym
    >>> import isaaclab_factory
    >>> from isaaclab_tasks.utils import parse_env_cfg
    >>> cfg = parse_env_cfg("Isaac-Factory-PegInsert-v0", device="cpu", num_envs=16)
    >>> env = gym.make("Isaac-Factory-PegInsert-v0", cfg=cfg)
"""

from isaaclab_factory.app import prepare_runtime

__version__ = "0.2.0"

prepare_runtime("auto")

import isaaclab_factory.tasks  # noqa: E402, F401  (registers the tasks)
