# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Factory's own parts.

Lengths, heights, masses, friction and the places of the gears are those of ``contrib/factory/factory_tasks_cfg.py`` in
Isaac Lab. What it does not say is measured on meshes. The hole is Isaac Lab's ``forge_hole_8mm``; its plate has screw
holes, which are left out. Chamfers, teeth, hubs, bores and thread clearances are those of the Factory paper's meshes
(https://arxiv.org/abs/2205.03532). The large gear's hub is a guess: that of the medium gear.
"""

import math

from .bolt import MetricBolt
from .gear import Gear
from .gear_base import GearBase
from .hole import Hole
from .nut import MetricNut
from .peg import Peg

PEG_8MM = Peg(0.007986, 0.050, 0.0005, mass=0.019)
"""The 8 mm peg."""

HOLE_8MM = Hole(
    diameter=0.009,
    height=0.025,
    block_width=0.025,
    chamfer=0.001,
    notch_radius=0.0055,
    plate_width=0.040,
    plate_thickness=0.003,
    mass=0.05,
)
"""Isaac Lab's hole for the 8 mm peg, with a chamfer and a floor. ``Hole8mm`` there says 8.1 mm, which nothing reads."""

HOLE_8MM_TIGHT = Hole(0.0081, 0.025, 0.025, mass=0.05)
"""The Factory paper's hole for the 8 mm peg, without chamfer or floor, as high as Isaac Lab's."""

GEAR_SMALL = Gear(0.001, 20, 0.010, 0.010, 0.016, 0.010, axis_x=0.05075, base_z=0.005, collider_sides=4, mass=0.019)
"""The small gear, on its place in the frame of the base."""

GEAR_MEDIUM = Gear(
    0.001, 40, 0.010, 0.010, 0.030, 0.010, axis_x=0.02025, base_z=0.005, first_tooth=math.pi / 40, mass=0.012
)
"""The medium gear, which is put on; a gap faces its neighbours' teeth."""

GEAR_LARGE = Gear(0.001, 60, 0.010, 0.010, 0.030, 0.010, axis_x=-0.03025, base_z=0.005, collider_sides=4, mass=0.019)
"""The large gear, on its place in the frame of the base."""

GEAR_BASE = GearBase(0.009972, 0.020, (0.05075, 0.02025, -0.03025), 0.120, 0.060, 0.005, mass=0.05)
"""The base of the gears."""

NUT_M16 = MetricNut("M16", 0.010, mass=0.03, friction=0.01)
"""The M16 nut. Its friction makes 0.38 with a bolt of 0.75, since PhysX takes the mean."""

BOLT_M16 = MetricBolt("M16", 0.025, mass=0.05)
"""The M16 bolt."""
