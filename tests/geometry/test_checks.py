# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Every parameter of every part: a wrong type, a fraction of a whole number or millimetres are rejected in one line."""

from dataclasses import fields, replace

import pytest

from isaaclab_factory.geometry import (
    BOLT_M16,
    GEAR_BASE,
    GEAR_MEDIUM,
    HOLE_8MM,
    NUT_M16,
    PEG_8MM,
    GearBase,
    Hole,
    MetricNut,
    Table,
    require_fit,
)

PARTS = (PEG_8MM, HOLE_8MM, GEAR_MEDIUM, GEAR_BASE, NUT_M16, BOLT_M16, Table())
PARAMETERS = [(part, field.name) for part in PARTS for field in fields(part)]
NUMBERS = [(part, name) for part, name in PARAMETERS if name not in ("section", "size", "shaft_x")]
COUNTS = [(part, name) for part, name in NUMBERS if name.endswith(("_sides", "_turns")) or name == "teeth"]
LENGTHS = [
    (PEG_8MM, "length"),
    (HOLE_8MM, "height"),
    (GEAR_MEDIUM, "face_width"),
    (GEAR_BASE, "base_height"),
    (NUT_M16, "height"),
    (BOLT_M16, "length"),
]


def assert_rejected(part, name, value):
    with pytest.raises(ValueError, match=f"^{type(part).__name__}: .*{name}") as error:
        replace(part, **{name: value})
    assert "\n" not in str(error.value)
    assert repr(value) in str(error.value)


@pytest.mark.parametrize("value", ["1 mm", [0.01], float("nan"), float("inf"), True])
@pytest.mark.parametrize(("part", "name"), NUMBERS, ids=lambda value: getattr(type(value), "__name__", value))
def test_value_that_is_not_a_number_is_rejected(part, name, value):
    assert_rejected(part, name, value)


@pytest.mark.parametrize(("part", "name"), COUNTS)
def test_numbers_of_sides_are_whole_and_bounded(part, name):
    for value in (24.5, 24.0, None, -24, 10**6):
        assert_rejected(part, name, value)


@pytest.mark.parametrize(("part", "name"), LENGTHS)
def test_length_in_millimetres_is_rejected(part, name):
    with pytest.raises(ValueError, match=rf"{name} must be at most 1\.0 m, got 25\.0; is it in mm\?"):
        replace(part, **{name: 25.0})


@pytest.mark.parametrize(("part", "name"), [(PEG_8MM, "section"), (NUT_M16, "size"), (BOLT_M16, "size")])
@pytest.mark.parametrize("value", [8, None, ["round"]])
def test_unknown_name_is_rejected(part, name, value):
    with pytest.raises(ValueError, match="choose one of"):
        replace(part, **{name: value})


@pytest.mark.parametrize("value", [0.01, None, "left", (0.0, "right"), (float("nan"),)])
def test_places_of_shafts_that_are_no_numbers_are_rejected(value):
    with pytest.raises(ValueError, match=r"^GearBase: shaft_x"):
        replace(GEAR_BASE, shaft_x=value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: HOLE_8MM.clearance(BOLT_M16), "A Hole goes with a Peg, got a MetricBolt"),
        (lambda: NUT_M16.clearance(PEG_8MM), "A MetricNut goes with a MetricBolt, got a Peg"),
        (lambda: GEAR_BASE.clearance(PEG_8MM), "A GearBase goes with a Gear, got a Peg"),
        (lambda: Hole.for_peg(BOLT_M16), "A Hole goes with a Peg"),
        (lambda: MetricNut.for_bolt(PEG_8MM, 1e-4), "A MetricNut goes with a MetricBolt"),
        (lambda: GearBase.for_gears([PEG_8MM]), "A GearBase goes with a Gear"),
        (lambda: require_fit(PEG_8MM, HOLE_8MM), "A Peg knows no clearance; name the hole"),
    ],
)
def test_parts_of_the_wrong_kind_are_rejected(make, message):
    with pytest.raises(TypeError, match=message):
        make()


@pytest.mark.parametrize("clearance", ["0.1 mm", None, float("nan"), float("inf")])
def test_clearance_that_is_no_number_is_rejected(clearance):
    for make in (
        lambda: Hole.for_peg(PEG_8MM, clearance),
        lambda: MetricNut.for_bolt(BOLT_M16, clearance),
        lambda: GearBase.for_gears([GEAR_MEDIUM], clearance),
    ):
        with pytest.raises(ValueError, match="clearance must be a finite number"):
            make()


def test_gears_on_the_ground_leave_no_plate():
    with pytest.raises(ValueError, match=r"base_z of the gears, the plate's height, must be positive, got 0\.0"):
        GearBase.for_gears([replace(GEAR_MEDIUM, base_z=0.0)])
