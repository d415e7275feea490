# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Pure geometry of the parts: shapes from parameters, as triangle meshes, convex pieces and mass properties.

Needs NumPy and SciPy only. Every part stands on its frame's origin along +z, as in the Factory reference.
"""

from .bolt import MetricBolt
from .gear import Gear
from .gear_base import GearBase
from .hole import Hole
from .nut import MetricNut
from .peg import Peg
from .solids import Cylinder, MassProperties, Sphere, TriangleMesh
from .table import Table

__all__ = [
    "Cylinder",
    "Gear",
    "GearBase",
    "Hole",
    "MassProperties",
    "MetricBolt",
    "MetricNut",
    "Peg",
    "Sphere",
    "Table",
    "TriangleMesh",
]
