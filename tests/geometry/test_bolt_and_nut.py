# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Bolt and nut against trimesh, closed forms and the helix."""

import numpy as np
import pytest
import trimesh
from scipy.integrate import trapezoid

from isaaclab_factory.geometry import (
    BOLT_M16,
    NUT_M16,
    Cylinder,
    MetricBolt,
    MetricNut,
    Sphere,
    TriangleMesh,
    require_fit,
)
from isaaclab_factory.geometry.thread import METRIC_SIZES

PARTS = [BOLT_M16, NUT_M16, MetricBolt("M8", 0.02), MetricNut("M8"), MetricNut("M24")]


def solid(part) -> trimesh.Trimesh:
    return trimesh.Trimesh(*vars(part.mesh()).values(), process=False)


def outline(part, angle: float) -> np.ndarray:
    """Height and radius (m) where a half-plane through the axis cuts the thread, ordered by height."""
    mesh = solid(part)
    along = np.array([np.cos(angle), np.sin(angle), 0.0])
    normal = np.array([-np.sin(angle), np.cos(angle), 0.0])
    points = trimesh.intersections.mesh_plane(mesh, normal, [0.0, 0.0, 0.0]).reshape(-1, 3)
    radius = points @ along
    keep = (radius > 0.6 * part.profile.crest_radius) & (radius < 1.3 * part.profile.crest_radius)
    rows = np.column_stack([points[keep, 2], radius[keep]])
    return rows[np.argsort(rows[:, 0])]


def ridges(part, angle: float) -> np.ndarray:
    """Heights (m) of the middles of the complete ridges in a half-plane through the axis."""
    rows = outline(part, angle)
    low, high = rows[:, 0].min() + part.pitch, rows[:, 0].max() - 1.5 * part.pitch
    crest = rows[np.abs(rows[:, 1] - part.profile.crest_radius) < 1e-6, 0]
    crest = np.unique(crest[(crest > low) & (crest < high)].round(9))
    groups = np.split(crest, np.flatnonzero(np.diff(crest) > part.pitch / 2.0) + 1)
    return np.array([(group.min() + group.max()) / 2.0 for group in groups[1:-1]])


def mean_square(profile, lower: float = 0.0, upper: float = np.inf) -> float:
    """Mean over a pitch of the squared radius of a thread (m2); times pi it is the area of its cross-section, since a
    turn about a helicoid passes through the whole profile."""
    heights = np.linspace(0.0, profile.pitch, 4001)
    return float(trapezoid(np.clip(profile.radius(heights), lower, upper) ** 2, heights)) / profile.pitch


def ideal_volume(part) -> float:
    """Volume of the thread with its cones, and the head or the hexagon, by integration over the height (m3)."""
    profile, flats = part.profile, part.sizes.width_across_flats
    depth = abs(profile.crest_radius - profile.root_radius)
    cones = np.linspace(*sorted((profile.crest_radius, profile.root_radius)), 201)
    if isinstance(part, MetricBolt):
        tip = trapezoid([mean_square(profile, upper=r) for r in cones], cones)
        head = np.pi * flats**2 / 4.0 * part.base_height
        return head + np.pi * (mean_square(profile) * (part.length - depth) + tip)
    sinks = 2.0 * trapezoid([mean_square(profile, lower=r) for r in cones], cones)
    hexagon = np.sqrt(3.0) / 2.0 * flats**2 * part.height
    return hexagon - np.pi * (mean_square(profile) * (part.height - 2.0 * depth) + sinks)


@pytest.mark.parametrize("part", PARTS)
def test_mesh_is_watertight_and_has_the_volume_of_the_closed_form(part):
    mesh = solid(part)
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.euler_number == (0 if isinstance(part, MetricNut) else 2)
    # chords of 96 sides lose 0.07 % of a circle
    assert part.volume == pytest.approx(mesh.volume)
    assert part.volume == pytest.approx(ideal_volume(part), rel=2e-3)
    assert part.mass_properties.mass == pytest.approx(part.mass or 7850.0 * ideal_volume(part), rel=2e-3)
    inertia = mesh.moment_inertia * part.mass_properties.mass / mesh.volume
    np.testing.assert_allclose(part.mass_properties.inertia, inertia, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(part.mass_properties.com, mesh.center_mass, atol=1e-9)


@pytest.mark.parametrize("part", [MetricBolt("M16", 0.025), MetricNut("M16", 0.02)])
@pytest.mark.parametrize("angle", [0.0, np.pi / 2, np.pi, -np.pi / 2])
def test_ridges_repeat_every_pitch_and_rise_counter_clockwise(part, angle):
    middles = ridges(part, angle)
    assert len(middles) >= 3
    np.testing.assert_allclose(np.diff(middles), part.pitch, atol=1e-7)
    # right-handed: a quarter of a turn counter-clockwise lifts the ridge by a quarter of the pitch
    start = part.base_height + (part.pitch / 2.0 if isinstance(part, MetricBolt) else 0.0)
    phase = (middles - start) / part.pitch - angle / (2.0 * np.pi)
    np.testing.assert_allclose(phase, phase.round(), atol=1e-4)


def test_constants_are_the_factory_parts():
    bolt, nut = BOLT_M16, NUT_M16
    # heights of Isaac Lab's task configuration, radii measured on the meshes of the Factory paper
    assert (bolt.base_height, bolt.tip_height) == (0.010, 0.035)
    np.testing.assert_allclose(solid(bolt).bounds, [[-0.012, -0.012, 0.0], [0.012, 0.012, 0.035]], atol=1e-9)
    assert bolt.profile.crest_radius == pytest.approx(0.007841, abs=2e-6)
    assert bolt.profile.root_radius == pytest.approx(0.006385, abs=2e-6)
    assert bolt.profile.crest_flat == pytest.approx(0.00032, abs=2e-6)
    assert nut.profile.crest_radius == pytest.approx(0.007103, abs=2e-6)
    assert nut.profile.root_radius == pytest.approx(0.008323, abs=1.2e-5)
    assert nut.profile.crest_flat == pytest.approx(0.00058, abs=2e-6)
    np.testing.assert_allclose(solid(nut).extents, [0.024, 0.024 / np.cos(np.pi / 6), 0.010], rtol=1e-6)


def test_clearances_move_the_diameters():
    bolt = MetricBolt("M16", 0.025, flank_clearance=0.0, crest_clearance=0.0)
    nut = MetricNut("M16", flank_clearance=0.0)
    assert bolt.profile.crest_radius == pytest.approx(0.008)
    assert nut.clearance(bolt) == 0.0
    assert NUT_M16.clearance(BOLT_M16) == pytest.approx(2.144e-4)


@pytest.mark.parametrize("size", METRIC_SIZES)
def test_every_size_of_the_tables_can_be_made_and_fits(size):
    nut = MetricNut(size)
    bolt = MetricBolt(size, 4.0 * nut.pitch)
    assert nut.height == METRIC_SIZES[size].nut_height
    # the play of the "loose" M16, in proportion to the pitch: within a twentieth of the diameter
    assert 0.0 < require_fit(nut, bolt) < 0.05 * nut.sizes.diameter
    assert solid(nut).is_watertight
    assert solid(bolt).is_watertight


def test_nut_for_a_bolt_has_the_clearance_that_is_asked_for():
    bolt = MetricBolt("M8", 0.02)
    nut = MetricNut.for_bolt(bolt, 2e-4, friction=0.1)
    assert nut.clearance(bolt) == pytest.approx(2e-4)
    assert (nut.size, nut.height, nut.friction) == ("M8", 0.0068, 0.1)
    # the flanks are where they are asked to be: at the bolt's pitch diameter the groove is wider than the ridge by this
    ridge = bolt.profile.crest_radius - (bolt.pitch / 4.0 - bolt.profile.crest_flat / 2.0) / np.tan(np.pi / 6.0)
    groove = nut.profile.crest_radius + (nut.pitch / 4.0 - nut.profile.crest_flat / 2.0) / np.tan(np.pi / 6.0)
    assert groove - ridge == pytest.approx(2e-4)


def test_nut_fits_its_bolt_where_the_frames_are_one():
    bolt, nut = BOLT_M16, NUT_M16
    for angle in (0.3, 2.0, 4.0):
        inside, outside = outline(bolt, angle), outline(nut, angle)
        heights = np.linspace(nut.base_height + 2e-4, nut.base_height + nut.height - 2e-4, 500)
        gap = np.interp(heights, *outside.T) - np.interp(heights, *inside.T)
        assert gap.min() > 0.8 * nut.clearance(bolt)


def meshes(part) -> list[trimesh.Trimesh]:
    hulls = [piece for piece in part.convex_pieces() if isinstance(piece, TriangleMesh)]
    return [trimesh.Trimesh(*vars(hull).values(), process=False) for hull in hulls]


@pytest.mark.parametrize("part", PARTS)
def test_pieces_are_convex_and_closed(part):
    assert meshes(part)
    for piece in meshes(part):
        assert piece.is_watertight
        assert piece.volume > 0.0


def test_pieces_of_the_bolt_lie_within_a_fiftieth_of_a_pitch_of_the_helicoid():
    bolt = BOLT_M16
    corners = np.concatenate([piece.vertices for piece in meshes(bolt)])
    radius, angle = np.hypot(*corners[:, :2].T), np.arctan2(corners[:, 1], corners[:, 0])
    ideal = bolt.profile.radius(corners[:, 2] - bolt.base_height - bolt.pitch / 2.0 - bolt.pitch * angle / (2 * np.pi))
    assert (radius - ideal).max() < 0.02 * bolt.pitch
    assert bolt.collider_excess == pytest.approx((radius - ideal).max(), rel=1e-3)
    assert corners[:, 2].max() <= bolt.tip_height + 1e-9
    assert corners[:, 2].min() >= bolt.base_height - 1e-9
    cylinders = [piece for piece in bolt.convex_pieces() if isinstance(piece, Cylinder)]
    assert [(c.bottom, c.top) for c in cylinders] == [(0.0, 0.010), (0.010, 0.035)]


def test_pieces_of_the_bolt_fill_the_ridge():
    bolt = BOLT_M16
    upper = bolt.length - 2.0 * (bolt.profile.crest_radius - bolt.profile.root_radius)
    rng = np.random.default_rng(0)
    angle, turn = rng.uniform(0.0, 2.0 * np.pi, 300), rng.integers(1, int(upper / bolt.pitch), 300)
    radius = bolt.profile.crest_radius - 1e-4
    height = bolt.base_height + bolt.pitch * (0.5 + angle / (2.0 * np.pi) + turn)
    points = np.column_stack([radius * np.cos(angle), radius * np.sin(angle), height])
    inside = np.zeros(len(points), dtype=bool)
    for piece in meshes(bolt):
        distance = np.einsum("fj,pfj->pf", piece.face_normals, points[:, None] - piece.triangles[None, :, 0])
        inside |= (distance < 1e-9).all(axis=1)
    assert inside.all()


def test_spheres_of_the_nut_touch_both_flanks_of_its_ridge_from_within():
    nut = NUT_M16
    spheres = [piece for piece in nut.convex_pieces() if isinstance(piece, Sphere)]
    assert len(spheres) == 16
    heights = np.linspace(-nut.pitch / 2.0, nut.pitch / 2.0, 2001)
    for sphere in spheres:
        x, y, z = sphere.center
        ridge = z - nut.base_height - nut.pitch * np.arctan2(y, x) / (2.0 * np.pi)
        assert ridge / nut.pitch == pytest.approx(round(ridge / nut.pitch), abs=1e-9)
        distance = np.hypot(nut.profile.radius(heights) - np.hypot(x, y), heights)
        assert distance.min() == pytest.approx(sphere.radius, rel=1e-3)
        assert z - sphere.radius > nut.base_height - 1e-9
        assert z + sphere.radius < nut.base_height + nut.height


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MetricBolt("M7", 0.02), "There is no thread 'M7'"),
        (lambda: MetricBolt("M16", length=0.0), "MetricBolt: length must be a positive"),
        (lambda: MetricBolt("M16", length=0.003), "length must be more than two pitches"),
        (lambda: MetricBolt("M16", 0.025, flank_clearance=-0.1), "flank_clearance must not be negative"),
        (lambda: MetricBolt("M16", 0.025, crest_clearance=0.9), "no ridge is left"),
        (lambda: MetricBolt("M16", 0.025, flank_clearance=0.2, crest_clearance=0.0), "no ridge is left"),
        (lambda: MetricBolt("M16", 0.025, mesh_sides=6), "mesh_sides must be at least 12"),
        (lambda: MetricNut("M16", height=0.005), "height must be at least"),
        (lambda: MetricNut("M16", flank_clearance=3.0, crest_clearance=3.0), "does not fit into a hexagon"),
        (lambda: MetricNut("M16", crest_clearance=0.9), "no ridge is left"),
        (lambda: MetricNut("M16", mesh_sides=32), "mesh_sides must be at least 12, .* a multiple of 12"),
        (lambda: MetricNut("M16", collider_turns=0), "collider_turns must be at least 1"),
        (lambda: MetricNut("M16", mass=-1.0), "mass must be a positive"),
        (lambda: MetricNut("M8").clearance(BOLT_M16), "A nut M8 does not go on a bolt M16"),
        (lambda: MetricNut.for_bolt(BOLT_M16, 5e-5), "leaves at least 0.000098 m of clearance"),
        (lambda: MetricNut.for_bolt(BOLT_M16, 2e-3), "no ridge is left"),
    ],
)
def test_impossible_sizes_are_rejected(make, message):
    with pytest.raises(ValueError, match=message):
        make()
