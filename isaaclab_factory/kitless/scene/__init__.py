# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Reads the physics of a USD stage into plain data that an engine can build its model from."""

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
