# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Pure geometry of the parts: shapes from parameters, as triangle meshes, convex pieces and mass properties.

Needs NumPy and SciPy only, and trimesh and CoACD where a :class:`MeshPart` is used. Every other part stands
on the origin of its frame along +z, as in the Factory reference.
"""

from .bolt import MetricBolt
from .factory_parts import (
    BOLT_M16,
    GEAR_BASE,
    GEAR_LARGE,
    GEAR_MEDIUM,
    GEAR_SMALL,
    HOLE_8MM,
    HOLE_8MM_TIGHT,
    NUT_M16,
    PEG_8MM,
)
from .gear import Gear
from .gear_base import GearBase, require_meshing
from .hole import Hole
from .mesh_part import MeshPart
from .nut import MetricNut
from .part import Part, require_fit
from .peg import Peg
from .solids import Cylinder, MassProperties, Sphere, TriangleMesh
from .table import Table

__all__ = [
    "BOLT_M16",
    "GEAR_BASE",
    "GEAR_LARGE",
    "GEAR_MEDIUM",
    "GEAR_SMALL",
    "HOLE_8MM",
    "HOLE_8MM_TIGHT",
    "NUT_M16",
    "PEG_8MM",
    "Cylinder",
    "Gear",
    "GearBase",
    "Hole",
    "MassProperties",
    "MeshPart",
    "MetricBolt",
    "MetricNut",
    "Part",
    "Peg",
    "Sphere",
    "Table",
    "TriangleMesh",
    "require_fit",
    "require_meshing",
]
