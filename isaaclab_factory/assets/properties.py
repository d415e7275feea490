# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Physics properties that all assets of the Factory tasks share (``direct/factory`` in Isaac Lab)."""

from __future__ import annotations

import isaaclab.sim as sim_utils


def rigid_body_properties(**changes) -> sim_utils.RigidBodyPropertiesCfg:
    """The reference's rigid body properties, with the given ones changed."""
    return sim_utils.RigidBodyPropertiesCfg(
        max_depenetration_velocity=5.0,
        linear_damping=0.0,
        angular_damping=0.0,
        max_linear_velocity=1000.0,
        max_angular_velocity=3666.0,
        enable_gyroscopic_forces=True,
        solver_position_iteration_count=192,
        solver_velocity_iteration_count=1,
        max_contact_impulse=1e32,
    ).replace(**changes)


def collision_properties() -> sim_utils.CollisionPropertiesCfg:
    """The reference's collision properties."""
    return sim_utils.CollisionPropertiesCfg(contact_offset=0.005, rest_offset=0.0)
