# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Tensor views of a simulation that answer like those of ``omni.physics.tensors``."""

from .articulation_view import ArticulationView
from .contact_view import RigidContactView
from .rigid_body_view import RigidBodyView
from .simulation_view import SimulationView

__all__ = ["ArticulationView", "RigidBodyView", "RigidContactView", "SimulationView"]
