# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""MDP terms of the Factory assembly tasks, together with Isaac Lab's own.

Names are listed in ``__init__.pyi`` and loaded on first use, so that a task configuration imports quickly.
"""

from isaaclab.utils.module import lazy_export

lazy_export()
