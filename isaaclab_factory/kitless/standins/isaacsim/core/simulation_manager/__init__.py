# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Runs the physics engine: from play to stop, for one stage."""

from isaacsim.core.simulation_manager._manager import IsaacEvents, SimulationManager

__all__ = ["IsaacEvents", "SimulationManager"]
