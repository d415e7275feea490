# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Replicator: nothing renders, but seeds are set and prims get semantic labels."""

from __future__ import annotations

from typing import Any

from isaaclab_factory.kitless.unsupported import NotSupportedWithoutIsaacSim
from omni.replicator.core import functional


def set_global_seed(seed: int) -> None:
    """Seed the randomizers of replicator: there are none."""


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    raise NotSupportedWithoutIsaacSim(f"rendering and replicator (omni.replicator.core.{name})")
