# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Gears against the definition of the involute, closed forms and trimesh."""

import math
from dataclasses import replace

import numpy as np
import pytest
import trimesh

from isaaclab_factory.geometry import (
    GEAR_BASE,
    GEAR_LARGE,
    GEAR_MEDIUM,
    GEAR_SMALL,
    Gear,
    GearBase,
    require_fit,
)

GEARS = [
    GEAR_MEDIUM,
    GEAR_SMALL,
    GEAR_LARGE,
    Gear(0.002, 25, 0.010, 0.010, 0.030, 0.010, backlash=0.0001, bore_chamfer=0.0),
    Gear(0.001, 30, 0.008, 0.006),
]


def as_trimesh(surface) -> trimesh.Trimesh:
    return trimesh.Trimesh(surface.vertices, surface.faces, process=False)


def involute_point(base_radius: float, unrolled: float) -> tuple[float, float]:
    """Radius and polar angle of the end of a string unrolled by an angle from the base circle: the definition."""
    point = base_radius * np.exp(1j * unrolled) * (1.0 - 1j * unrolled)
    return abs(point), np.angle(point)


def half_thickness(gear: Gear, radius: float) -> float:
    """Half of the angle that the first tooth of the outline fills at a radius, by interpolation (rad)."""
    outline = gear.outline()[: len(gear.outline()) // gear.teeth]
    flank = outline[len(outline) // 2 :]
    angle = np.angle(np.exp(1j * (np.arctan2(flank[:, 1], flank[:, 0]) - gear.first_tooth)))
    radii = np.linalg.norm(flank, axis=1)
    return float(np.interp(radius, radii[::-1], angle[::-1]))


def test_constants_are_factorys_gears_and_mesh_at_the_distance_of_their_shafts():
    small, medium, large = GEAR_SMALL, GEAR_MEDIUM, GEAR_LARGE
    radii = [(g.root_radius, g.pitch_radius, g.tip_radius) for g in (small, medium, large)]
    expected = [(0.00875, 0.010, 0.011), (0.01875, 0.020, 0.021), (0.02875, 0.030, 0.031)]
    np.testing.assert_allclose(radii, expected)
    base = GEAR_BASE
    assert base.shaft_x == (small.axis_x, medium.axis_x, large.axis_x)
    assert base.clearance(medium) == pytest.approx(14e-6)
    for other in (small, large):
        # Factory's shafts stand half a millimetre farther apart than the pitch circles ask for.
        assert abs(medium.axis_x - other.axis_x) - medium.centre_distance(other) == pytest.approx(0.0005)


@pytest.mark.parametrize("gear", GEARS)
def test_circles_follow_from_module_and_teeth(gear):
    assert gear.pitch_radius == pytest.approx(gear.module * gear.teeth / 2)
    assert gear.base_radius == pytest.approx(gear.pitch_radius * math.cos(math.radians(20)))
    assert gear.tip_radius - gear.root_radius == pytest.approx(2.25 * gear.module)
    radii = np.linalg.norm(gear.outline(), axis=1)
    assert radii.max() == pytest.approx(gear.tip_radius)
    assert radii.min() == pytest.approx(gear.root_radius)


# Number of teeth of gears of module 1 mm with 20 degrees, teeth spanned and base tangent length in mm, as in any table
# of standard spur gears
BASE_TANGENT_LENGTH = {20: (3, 7.6604), 40: (5, 13.8448), 60: (7, 20.0292)}


def span(gear: Gear, teeth: int) -> float:
    """What a caliper with parallel jaws, which do not reach down to the fillets, measures over some teeth (m)."""
    corners = gear.outline().reshape(gear.teeth, -1, 2)
    corners = corners[:, np.linalg.norm(corners[0], axis=1) > gear.pitch_radius - 0.9 * gear.module]
    middle = gear.first_tooth + math.pi * (teeth - 1) / gear.teeth
    across = np.array([-math.sin(middle), math.cos(middle)])
    return float((corners[teeth - 1] @ across).max() - (corners[0] @ across).min())


@pytest.mark.parametrize("gear", [GEAR_SMALL, GEAR_MEDIUM, GEAR_LARGE])
def test_base_tangent_length_is_that_of_the_tables(gear):
    teeth, length = BASE_TANGENT_LENGTH[gear.teeth]
    assert span(gear, teeth) * 1e3 == pytest.approx(length, abs=0.004)


@pytest.mark.parametrize("gear", GEARS)
def test_base_tangent_length_is_that_of_the_closed_form(gear):
    # along a tangent of the base circle lie k - 1 base pitches and the thickness of a tooth on the base circle
    # (ISO 21771:2007, span measurement): W = m cos(alpha) ((k - 1/2) pi + z inv(alpha)), less the backlash
    alpha = gear.pressure_angle
    teeth = round(gear.teeth * alpha / math.pi + 0.5)
    length = gear.module * ((teeth - 0.5) * math.pi + gear.teeth * (math.tan(alpha) - alpha)) * math.cos(alpha)
    measured = span(gear, teeth)
    assert measured == pytest.approx(length - gear.backlash * math.cos(alpha), abs=0.004 * gear.module)


@pytest.mark.parametrize("gear", GEARS)
def test_tooth_is_half_a_pitch_thick_at_the_pitch_circle(gear):
    thickness = 2 * gear.pitch_radius * half_thickness(gear, gear.pitch_radius)
    assert thickness == pytest.approx(math.pi * gear.module / 2 - gear.backlash, abs=0.004 * gear.module)


@pytest.mark.parametrize("gear", GEARS)
def test_flanks_are_involutes_of_the_base_circle(gear):
    start = half_thickness(gear, gear.pitch_radius)
    unrolled_at_pitch = math.tan(math.radians(20))
    _, angle_at_pitch = involute_point(gear.base_radius, unrolled_at_pitch)
    for unrolled in np.linspace(0.9, 1.25, 5) * unrolled_at_pitch:
        radius, angle = involute_point(gear.base_radius, unrolled)
        distance = radius * (half_thickness(gear, radius) - (start + angle_at_pitch - angle))
        assert abs(distance) < 0.004 * gear.module


@pytest.mark.parametrize("gear", GEARS)
def test_mesh_is_watertight_and_has_the_volume_of_its_sections(gear):
    mesh = as_trimesh(gear.mesh())
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.euler_number == 0  # a torus: the bore goes through
    x, y = gear.outline().T
    disc = 0.5 * np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))
    bore, chamfer = gear.bore_diameter / 2, gear.bore_chamfer
    mouth = math.pi * ((bore + chamfer) ** 2 + (bore + chamfer) * bore - 2 * bore**2) * chamfer / 3
    hub = math.pi * gear.hub_diameter**2 / 4
    expected = disc * gear.face_width + hub * gear.hub_height - math.pi * bore**2 * gear.height - 2 * mouth
    assert mesh.volume == pytest.approx(expected, rel=1e-3)
    assert gear.volume == pytest.approx(mesh.volume)


@pytest.mark.parametrize("gear", GEARS)
def test_mass_properties_are_those_of_the_mesh(gear):
    mesh, ours = as_trimesh(gear.mesh()), gear.mass_properties
    mesh.density = (gear.mass or gear.density * mesh.volume) / mesh.volume
    assert ours.mass == pytest.approx(mesh.mass)
    np.testing.assert_allclose(ours.com, mesh.center_mass, atol=1e-9)
    np.testing.assert_allclose(ours.inertia, mesh.moment_inertia, rtol=1e-6, atol=1e-13)
    np.testing.assert_allclose(ours.com[:2], [gear.axis_x, 0.0], atol=1e-9)


@pytest.mark.parametrize("gear", GEARS)
def test_pieces_are_convex_and_stay_within_the_gear(gear):
    pieces = [as_trimesh(piece) for piece in gear.convex_pieces()]
    assert len(pieces) == gear.teeth + 2 * gear.collider_sides
    assert all(piece.is_watertight and piece.is_convex for piece in pieces)
    points = np.concatenate([piece.vertices for piece in pieces]) - [gear.axis_x, 0.0, gear.base_z]
    radius = np.linalg.norm(points[:, :2], axis=1)
    assert radius.min() >= gear.bore_diameter / 2 - 1e-9
    assert radius.max() <= gear.tip_radius + 1e-9
    assert points[:, 2].min() == pytest.approx(0.0, abs=1e-9)
    assert points[:, 2].max() == pytest.approx(gear.height)
    above = radius[points[:, 2] > gear.face_width + 1e-9]
    assert above.max(initial=0.0) <= 1.005 * gear.hub_diameter / 2


@pytest.mark.parametrize("gear", GEARS)
def test_gear_stands_on_four_feet_round_the_bore(gear):
    points = np.concatenate([piece.vertices for piece in gear.convex_pieces()]) - [gear.axis_x, 0.0, gear.base_z]
    feet = points[points[:, 2] < 1e-9]
    assert len(feet) == 4
    np.testing.assert_allclose(np.linalg.norm(feet[:, :2], axis=1), gear.bore_diameter / 2 + gear.bore_chamfer)
    np.testing.assert_allclose(feet[:, :2].sum(axis=0), 0.0, atol=1e-12)


@pytest.mark.parametrize("gear", GEARS)
def test_pieces_of_the_teeth_have_the_flanks_of_the_mesh(gear):
    for index, piece in enumerate(gear.convex_pieces()[-gear.teeth :]):
        points = piece.vertices[:, :2] - [gear.axis_x, 0.0]
        radius = np.linalg.norm(points, axis=1)
        middle = gear.first_tooth + 2 * math.pi * index / gear.teeth
        angle = np.abs(np.angle(np.exp(1j * (np.arctan2(points[:, 1], points[:, 0]) - middle))))
        for r, a in zip(radius, angle, strict=True):
            if r > max(gear.base_radius, gear.root_radius + 0.334 * gear.module):
                assert r * abs(a - half_thickness(gear, r)) < 0.004 * gear.module


def test_gears_on_their_shafts_do_not_overlap_and_have_little_play():
    medium = GEAR_MEDIUM
    for other in (GEAR_SMALL, GEAR_LARGE):
        for name, turn in (("as placed", 0.0), ("turned by half a tooth", math.pi / other.teeth)):
            overlap = overlap_of_teeth(medium, other, turn)
            assert (overlap < 0.0) == (name == "as placed"), name
        # play along the pitch circle at half a millimetre more than the nominal distance
        for turn in (0.1e-3, -0.1e-3):
            assert overlap_of_teeth(medium, other, turn / other.pitch_radius) < 0.0
        for turn in (0.35e-3, -0.35e-3):
            assert overlap_of_teeth(medium, other, turn / other.pitch_radius) > 0.0


def overlap_of_teeth(medium: Gear, other: Gear, turn: float) -> float:
    """How deep corners of one gear's outline reach into a tooth of the other, negative if none does (m)."""
    first = medium.outline() + np.array([medium.axis_x, 0.0])
    cos, sin = math.cos(turn), math.sin(turn)
    second = other.outline() @ np.array([[cos, sin], [-sin, cos]]) + [other.axis_x, 0.0]
    depths = []
    for points, gear, angle in ((first, other, turn), (second, medium, 0.0)):
        local = points - [gear.axis_x, 0.0]
        radius = np.linalg.norm(local, axis=1)
        near = (radius < gear.tip_radius) & (radius > gear.root_radius + 0.34 * gear.module)
        pitch = 2 * math.pi / gear.teeth
        phase = np.arctan2(local[near, 1], local[near, 0]) - angle - gear.first_tooth
        off_middle = np.abs((phase + pitch / 2) % pitch - pitch / 2)
        depths += [r * (half_thickness(gear, r) - a) for r, a in zip(radius[near], off_middle, strict=True)]
    return max(depths)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"module": 0.0}, "module must be a positive"),
        ({"teeth": 12}, "at least 17"),
        ({"teeth": 20.5}, "whole number"),
        ({"bore_diameter": 0.033}, "does not fit into a hub"),
        ({"bore_diameter": 0.038}, "does not fit into the root circle"),
        ({"hub_diameter": 0.0}, "hub_diameter must be a positive"),
        ({"hub_diameter": 0.0376}, "less than the root circle"),
        ({"bore_chamfer": 0.006}, "bore_chamfer must be"),
        ({"backlash": 0.002}, "less than the tip's thickness"),
        ({"mass": float("nan")}, "mass must be a positive"),
        ({"pressure_angle": 20.0}, "between 0 and 45 degrees"),
        ({"friction": -1.0}, "friction must not be negative"),
        ({"collider_sides": 6}, "collider_sides must be"),
        ({"collider_sides": 4, "bore_diameter": 0.021}, "does not fit into a hub"),
    ],
)
def test_impossible_sizes_are_rejected(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(GEAR_MEDIUM, **changes)


def test_bore_for_a_shaft_has_the_clearance_that_is_asked_for():
    gears = (GEAR_SMALL, GEAR_MEDIUM, GEAR_LARGE)
    base = GearBase.for_gears(gears, 14e-6, width=0.120, depth=0.060, mass=0.05)
    assert base.shaft_diameter == pytest.approx(GEAR_BASE.shaft_diameter)
    assert replace(base, shaft_diameter=GEAR_BASE.shaft_diameter) == GEAR_BASE
    loose = GearBase.for_gears([Gear(0.002, 20, 0.01, 0.008, base_z=0.004)], clearance=1e-4)
    assert loose.clearance(Gear(0.002, 20, 0.01, 0.008)) == pytest.approx(1e-4)
    assert (loose.shaft_x, loose.shaft_height, loose.base_height) == ((0.0,), 0.01, 0.004)
    assert (loose.width, loose.depth) == pytest.approx((0.016, 0.032))


def test_base_reaches_beyond_the_outermost_gears_and_is_as_high_as_the_highest():
    left = Gear(0.002, 20, 0.01, 0.008, axis_x=-0.05, base_z=0.004)
    right = replace(left, axis_x=0.03, face_width=0.012)
    base = GearBase.for_gears([left, right])
    assert base.width == pytest.approx(0.116)
    assert base.shaft_height == pytest.approx(0.012)


@pytest.mark.parametrize("gear", [GEAR_MEDIUM, Gear(0.002, 20, 0.01, 0.008)])
def test_flats_of_the_bore_never_narrow_it(gear):
    mesh = trimesh.Trimesh(*vars(gear.mesh()).values(), process=False)
    centers, normals = mesh.triangles_center - [gear.axis_x, 0.0, 0.0], mesh.face_normals
    in_bore = (np.abs(normals[:, 2]) < 1e-9) & ((centers * normals).sum(axis=1) < 0.0)
    distance = -(centers * normals).sum(axis=1)[in_bore & (np.linalg.norm(centers[:, :2], axis=1) < gear.root_radius)]
    assert distance.min() == pytest.approx(gear.bore_diameter / 2, rel=1e-6)


def test_gears_that_do_not_share_a_base_are_rejected():
    with pytest.raises(ValueError, match="one bore_diameter and one base_z"):
        GearBase.for_gears([GEAR_SMALL, replace(GEAR_LARGE, bore_diameter=0.008)])
    with pytest.raises(ValueError, match="clearance of a gear must be positive"):
        GearBase.for_gears([GEAR_SMALL], clearance=0.0)
    with pytest.raises(ValueError, match="GearBase and Gear do not fit"):
        require_fit(GEAR_BASE, replace(GEAR_MEDIUM, bore_diameter=0.0099))


def test_gears_that_cannot_mesh_are_rejected():
    with pytest.raises(ValueError, match="same module"):
        GEAR_MEDIUM.centre_distance(replace(GEAR_MEDIUM, module=0.0011))
