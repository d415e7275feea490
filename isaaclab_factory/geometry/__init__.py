# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Pure geometry of the parts: shapes from parameters, as triangle meshes, convex pieces and mass properties.

Needs NumPy only. Every part stands on its frame's origin along +z, as in the Factory reference.
"""

from .hole import Hole
from .peg import Peg
from .solids import MassProperties, TriangleMesh
from .table import Table

__all__ = ["Hole", "MassProperties", "Peg", "Table", "TriangleMesh"]
