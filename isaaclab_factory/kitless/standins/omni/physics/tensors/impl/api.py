# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Views on the physics as tensors."""

from __future__ import annotations

from isaacsim.core.simulation_manager import SimulationManager

from isaaclab_factory.kitless.unsupported import unsupported
from isaaclab_factory.kitless.views import ArticulationView, RigidBodyView, RigidContactView, SimulationView

SdfShapeView = unsupported("views of signed distance fields", "SdfShapeView")
SoftBodyMaterialView = unsupported("deformable objects", "SoftBodyMaterialView")
SoftBodyView = unsupported("deformable objects", "SoftBodyView")

__all__ = [
    "ArticulationView",
    "RigidBodyView",
    "RigidContactView",
    "SdfShapeView",
    "SimulationView",
    "SoftBodyMaterialView",
    "SoftBodyView",
    "create_simulation_view",
]


def create_simulation_view(frontend_name: str, stage_id: int = -1) -> SimulationView:
    """The view of the running simulation; there is one stage and one engine at a time.

    Raises:
        ValueError: If the frontend is not "torch".
        RuntimeError: If nothing is simulated.
    """
    if frontend_name != "torch":
        raise ValueError(f"the views exchange torch tensors, not '{frontend_name}'")
    view = SimulationManager.get_physics_sim_view()
    if view is None:
        raise RuntimeError("there is no simulation to view: play the timeline first")
    return view
