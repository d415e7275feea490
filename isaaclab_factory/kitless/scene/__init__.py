# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Reads the physics of a USD stage into plain data that an engine can build its model from.

Read are rigid bodies, their mass properties, colliders and materials, fixed, revolute and prismatic joints with limits,
drives and mimic couplings, articulations, collision groups and filtered pairs, gravity, and which prims are parallel
worlds. What would change the motion and is not read is a :class:`SceneError` with the prim's path; what is approximated
or ignored is logged as a warning by the logger ``isaaclab_factory.kitless``.
"""

from .description import (
    Articulation,
    Body,
    Collider,
    Drive,
    Joint,
    JointType,
    Material,
    Mimic,
    Pose,
    SceneDescription,
    Shape,
)
from .notes import SceneError
from .reader import read_stage

__all__ = [
    "Articulation",
    "Body",
    "Collider",
    "Drive",
    "Joint",
    "JointType",
    "Material",
    "Mimic",
    "Pose",
    "SceneDescription",
    "SceneError",
    "Shape",
    "read_stage",
]
