# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Copies environments."""

from isaacsim.core.cloner.cloner import Cloner
from isaacsim.core.cloner.grid_cloner import GridCloner

__all__ = ["Cloner", "GridCloner"]
