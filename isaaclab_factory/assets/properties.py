# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Physics properties that all assets of the Factory tasks share (``contrib/factory`` in Isaac Lab)."""

from __future__ import annotations

from isaaclab.sim import CollisionFragment, RigidBodyFragment
from isaaclab_newton.sim.schemas import MujocoRigidBodyCfg
from isaaclab_physx.sim.schemas import PhysxCollisionCfg, PhysxRigidBodyCfg


def rigid_body_properties(gravity: bool) -> list[RigidBodyFragment]:
    """The reference's rigid body properties.

    Args:
        gravity: Whether gravity acts on the body. MuJoCo compensates it where it does not.

    Returns:
        Properties for each backend.
    """
    return [
        MujocoRigidBodyCfg(gravcomp=0.0 if gravity else 1.0),
        PhysxRigidBodyCfg(
            disable_gravity=not gravity,
            max_depenetration_velocity=5.0,
            linear_damping=0.0,
            angular_damping=0.0,
            max_linear_velocity=1000.0,
            max_angular_velocity=3666.0,
            enable_gyroscopic_forces=True,
            solver_position_iteration_count=192,
            solver_velocity_iteration_count=1,
            max_contact_impulse=1e32,
        ),
    ]


def collision_properties() -> list[CollisionFragment]:
    """The reference's collision properties. Newton reads the gap from the USD file instead."""
    return [PhysxCollisionCfg(contact_offset=0.005, rest_offset=0.0)]
