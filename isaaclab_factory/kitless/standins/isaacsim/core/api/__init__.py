# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Simulation contexts."""

from isaacsim.core.api.physics_context import PhysicsContext
from isaacsim.core.api.simulation_context import SimulationContext
