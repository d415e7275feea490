# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The current stage."""

from __future__ import annotations

import threading

import omni.usd
from pxr import Usd

from isaaclab_factory.kitless.unsupported import NotSupportedWithoutIsaacSim

# A stage set here for a thread goes before the stage of the application. Isaac Lab puts its own object here.
_context = threading.local()


def get_current_stage(fabric: bool = False) -> Usd.Stage:
    """The stage that is worked on."""
    if fabric:
        raise NotSupportedWithoutIsaacSim("Fabric")
    return getattr(_context, "stage", None) or omni.usd.get_context().get_stage()
