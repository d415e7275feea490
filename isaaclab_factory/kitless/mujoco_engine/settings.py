# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Solver settings of the MuJoCo engine.

They were found with a position controlled arm that holds a part of a few tens of grams between two finger pads and
pushes it into a fitting hole: softer contacts, a pyramidal friction cone or a longer step let the part slip.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Numbers that turn a scene into a MuJoCo model.

    Attributes:
        max_time_step: Longest time of one engine step (s). A physics step is split into equal engine steps.
        impratio: Ratio of frictional to normal constraint impedance.
        iterations: Iterations of the constraint solver.
        tolerance: Termination tolerance of the constraint solver.
        contact_time_constant: Time constant of contacts and limits in engine steps (MuJoCo's ``solref[0]``).
        contact_impedance: MuJoCo's ``solimp`` of contacts, limits and couplings.
        link_contact_gap: Distance from the links of articulations (m) at which MuJoCo begins to look for contacts; they
            press only once they touch. Links that rest on something are in it by nanometres, where MuJoCo 4.0 without
            a gap takes two faces for millimetres inside one another about once in a million times.
        mimic_solref: MuJoCo's ``solref`` of a coupling between two joints.
        torsional_friction: Torsional friction coefficient of every collider (m), used where a contact needs it.
        rolling_friction: Rolling friction coefficient of every collider (m), used where a contact needs it.
    """

    max_time_step: float = 1.0 / 480.0
    impratio: float = 10.0
    iterations: int = 20
    tolerance: float = 1e-7
    contact_time_constant: float = 2.0
    contact_impedance: tuple[float, float, float] = (0.99, 0.999, 0.0005)
    link_contact_gap: float = 1e-4
    mimic_solref: tuple[float, float] = (0.005, 1.0)
    torsional_friction: float = 0.005
    rolling_friction: float = 0.0001

    def engine_steps(self, dt: float) -> int:
        """Number of equal engine steps that make up a physics step of ``dt`` seconds."""
        return max(1, math.ceil(dt / self.max_time_step - 1e-6))
