# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What the parts have in common that receive another one."""

import pytest

from isaaclab_factory.geometry import BOLT_M16, GEAR_BASE, GEAR_MEDIUM, HOLE_8MM, NUT_M16, PEG_8MM, Peg


@pytest.mark.parametrize("factor", [0.5, 1.5])
@pytest.mark.parametrize(("part", "other"), [(HOLE_8MM, PEG_8MM), (GEAR_BASE, GEAR_MEDIUM), (NUT_M16, BOLT_M16)])
def test_another_clearance_changes_one_size_and_nothing_else(part, other, factor):
    clearance = factor * part.clearance(other)
    changed = part.with_clearance(other, clearance)
    assert changed.clearance(other) == pytest.approx(clearance)
    assert len([name for name, value in vars(changed).items() if value != getattr(part, name)]) == 1
    with pytest.raises(TypeError):
        part.with_clearance(part, clearance)


def test_a_clearance_that_no_part_can_have_is_refused():
    with pytest.raises(ValueError, match="flank_clearance"):
        NUT_M16.with_clearance(BOLT_M16, 0.0)


def test_mass_properties_follow_a_part_that_is_changed():
    peg = Peg(0.010, 0.050)
    before = peg.mass_properties
    assert peg.mass_properties is before
    peg.length = 0.060
    assert peg.mass_properties.mass > 1.15 * before.mass
    peg.mass = 0.5
    assert peg.mass_properties.mass == 0.5
    assert Peg(0.010, 0.050).mass_properties is before
