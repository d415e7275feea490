# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""PhysX. The engine is run by ``isaacsim.core.simulation_manager``; here are the calls around it."""

from __future__ import annotations

from isaacsim.core.simulation_manager import SimulationManager

from isaaclab_factory.kitless.unsupported import unsupported


class PhysXSimulationInterface:
    """Which stage is simulated, and its steps."""

    def attach_stage(self, stage_id: int) -> bool:
        """Simulate the stage of this id in the stage cache."""
        SimulationManager.attach_stage(stage_id)
        return True

    def detach_stage(self) -> None:
        """Stop simulating a stage that was attached."""
        SimulationManager.detach_stage()

    def simulate(self, elapsed: float, current_time: float) -> None:
        """Advance the physics by a time (s)."""
        SimulationManager.step(elapsed)

    def fetch_results(self) -> None:
        """Wait for the step: it is done when :meth:`simulate` returns."""


class PhysXInterface:
    """Starts and stops the physics."""

    def start_simulation(self) -> None:
        """Read the stage and start the physics, if it does not run yet."""
        SimulationManager.initialize_physics()

    force_load_physics_from_usd = start_simulation

    def reset_simulation(self) -> None:
        """End the physics."""
        SimulationManager.close()


get_physx_scene_query_interface = unsupported("scene queries", "get_physx_scene_query_interface")

_simulation, _physx = PhysXSimulationInterface(), PhysXInterface()


def get_physx_simulation_interface() -> PhysXSimulationInterface:
    """The simulation of this process."""
    return _simulation


def get_physx_interface() -> PhysXInterface:
    """The physics of this process."""
    return _physx


acquire_physx_interface = get_physx_interface
