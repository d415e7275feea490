# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Hyperparameters of the tasks, one folder per RL library, and agents that follow a script."""

from .defaults import default_agents

__all__ = ["default_agents"]
