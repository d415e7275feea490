# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""NVIDIA's Factory assembly tasks as composable, manager-based Isaac Lab environments.

``import isaaclab_factory.tasks`` registers the tasks with Gymnasium. Isaac Lab does that by itself through the
entry-point group ``isaaclab.tasks``.
"""

__version__ = "1.0.0.dev0"
