# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The hole against analytic shapes, sampled points and trimesh."""

from dataclasses import replace

import numpy as np
import pytest
import trimesh
from scipy.spatial import ConvexHull

from isaaclab_factory.geometry import HOLE_8MM, HOLE_8MM_TIGHT, PEG_8MM, Hole, Peg, require_fit

ROUND_HOLES = [HOLE_8MM_TIGHT, replace(HOLE_8MM_TIGHT, collider_sides=16), Hole(0.012, 0.04, 0.02, collider_sides=9)]
SIDES = {"triangle": 3, "square": 4, "pentagon": 5, "hexagon": 6, "octagon": 8}
POLYGONAL_HOLES = [Hole(0.009, 0.02, 0.03, section=section) for section in SIDES]
HOLES = ROUND_HOLES + POLYGONAL_HOLES
CHAMFERED_HOLES = [HOLE_8MM, replace(HOLE_8MM, notch_radius=0.0), Hole(0.009, 0.02, 0.03, "square", chamfer=0.002)]


def as_trimesh(surface) -> trimesh.Trimesh:
    return trimesh.Trimesh(surface.vertices, surface.faces, process=False)


def half_spaces(surface) -> np.ndarray:
    return ConvexHull(surface.vertices).equations


def flats(hole: Hole) -> np.ndarray:
    """Outward normals of the flats of the pieces' hole: that of a polygon has one across -y, that of a round hole has
    corners on the x axis. Shape is (sides, 2)."""
    sides = SIDES.get(hole.section, hole.collider_sides)
    first = np.pi / sides if hole.section == "round" else -np.pi / 2
    angle = first + 2 * np.pi * np.arange(sides) / sides
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def test_tight_constant_is_the_hole_of_the_factory_paper():
    mesh = as_trimesh(HOLE_8MM_TIGHT.mesh())
    np.testing.assert_allclose(mesh.bounds, [[-0.0125, -0.0125, 0.0], [0.0125, 0.0125, 0.025]], atol=1e-12)
    assert HOLE_8MM_TIGHT.clearance(PEG_8MM) == pytest.approx(57e-6)


def test_constant_is_the_hole_of_isaac_lab():
    mesh = as_trimesh(HOLE_8MM.mesh())
    np.testing.assert_allclose(mesh.bounds, [[-0.020, -0.020, -0.003], [0.020, 0.020, 0.025]], atol=1e-12)
    # Isaac Lab's mesh encloses 16,058.9 mm3; it has four screw holes of radius 3.2 mm through the plate, ours has none
    screw_holes = 4 * np.pi * 3.2**2 * 3.0
    assert mesh.volume * 1e9 == pytest.approx(16058.9 + screw_holes, rel=1e-4)
    assert HOLE_8MM.clearance(PEG_8MM) == pytest.approx(0.507e-3)


@pytest.mark.parametrize(("height", "radius"), [(1e-6, 4.5), (12.0, 4.5), (24.0 - 1e-6, 4.5), (24.5, 5.0), (24.9, 5.4)])
def test_isaac_labs_hole_has_the_radius_of_its_mesh_at_every_height(height, radius):
    mesh = as_trimesh(HOLE_8MM.mesh())
    section = mesh.section(plane_origin=[0.0, 0.0, height * 1e-3], plane_normal=[0.0, 0.0, 1.0])
    bore = min(section.discrete, key=lambda loop: np.ptp(loop[:, 0]))
    # 128 flats that touch the circle: 1.4 micrometres at the corners
    np.testing.assert_allclose(np.linalg.norm(bore[:, :2], axis=1) * 1e3, radius, atol=2e-3)


def test_notches_of_isaac_labs_block_are_round_about_its_edges():
    mesh = as_trimesh(HOLE_8MM.mesh())
    section = mesh.section(plane_origin=[0.0, 0.0, 0.012], plane_normal=[0.0, 0.0, 1.0])
    block = max(section.discrete, key=lambda loop: np.ptp(loop[:, 0]))
    from_edge = np.linalg.norm(np.abs(block[:, :2]) - 0.0125, axis=1)
    on_notch = np.abs(block[:, :2]).max(axis=1) < 0.0125 - 1e-9
    assert on_notch.sum() > 40
    # the chords of its 16 sides reach 6.6 micrometres into it
    np.testing.assert_allclose(from_edge[on_notch], 0.0055, atol=7e-6)


def test_plate_closes_the_hole_at_the_origin():
    mesh = as_trimesh(HOLE_8MM.mesh())
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.euler_number == 2  # a ball: no hole through
    middle = mesh.triangles_center
    floor = (np.linalg.norm(middle[:, :2], axis=1) < 0.0044) & (mesh.face_normals[:, 2] > 0.5)
    assert floor.any()
    np.testing.assert_allclose(middle[floor, 2], 0.0, atol=1e-12)


@pytest.mark.parametrize("hole", CHAMFERED_HOLES)
def test_chamfer_widens_every_flat_by_its_width(hole):
    mesh = as_trimesh(hole.mesh())
    slanting = (mesh.face_normals[:, 2] > 0.1) & (mesh.face_normals[:, 2] < 0.9)
    np.testing.assert_allclose(mesh.face_normals[slanting, 2], np.sqrt(0.5), rtol=1e-9)
    heights = mesh.triangles[slanting][..., 2]
    assert (heights.min(), heights.max()) == pytest.approx((hole.height - hole.chamfer, hole.height))


@pytest.mark.parametrize("hole", CHAMFERED_HOLES)
def test_pieces_of_a_chamfered_hole_leave_it_free_and_fill_the_rest(hole):
    pieces = [as_trimesh(piece) for piece in hole.convex_pieces()]
    assert all(piece.is_watertight and piece.is_convex for piece in pieces)
    rng = np.random.default_rng(0)
    half, low = 0.55 * max(hole.plate_width, hole.block_width), -1.1 * hole.plate_thickness
    points = rng.uniform([-half, -half, low], [half, half, 1.02 * hole.height], (20000, 3))
    covered = np.zeros(len(points), dtype=int)
    for piece in pieces:
        planes = half_spaces(piece)
        covered += (points @ planes[:, :3].T + planes[:, 3] <= 0).all(axis=1)
    across, z = np.abs(points[:, :2]).max(axis=1), points[:, 2]
    widening = np.maximum(0.0, z - (hole.height - hole.chamfer))
    in_bore = ((points[:, :2] @ flats(hole).T) < (hole.diameter / 2 + widening)[:, None]).all(axis=1) & (z > 0.0)
    in_notch = np.linalg.norm(np.abs(points[:, :2]) - hole.block_width / 2, axis=1) < hole.notch_radius
    in_block = (across < hole.block_width / 2) & (z > 0.0) & (z < hole.height) & ~in_bore
    in_plate = (across < hole.plate_width / 2) & (z < 0.0) & (z > -hole.plate_thickness)
    assert in_bore.any()
    assert not covered[~in_block & ~in_plate].any()
    assert (covered[(in_block & ~in_notch) | in_plate] == 1).all()
    # the flat faces in place of the notches: 5.5 mm (1 - cos 22.5 degrees) at most
    depth = hole.notch_radius - np.linalg.norm(np.abs(points[:, :2]) - hole.block_width / 2, axis=1)
    assert not covered[in_block & in_notch & (depth > 0.077 * hole.notch_radius)].any()


@pytest.mark.parametrize("hole", HOLES)
def test_mass_properties_equal_a_box_minus_a_prism(hole):
    radius, height, width = hole.diameter / 2, hole.height, hole.block_width
    # area and polar moment of the regular polygon round a circle: n r^2 tan(pi/n), A r^2 / 2 (1 + tan^2(pi/n) / 3)
    sides = SIDES.get(hole.section, 100000)
    tangent = np.tan(np.pi / sides)
    bore = sides * radius**2 * tangent
    volume = (width**2 - bore) * height
    # a round hole has 128 sides outside of the circle, which take 0.02 % more than it
    assert hole.volume == pytest.approx(volume, rel=2e-4 if hole.section == "round" else 1e-9)
    spin = height * (width**4 / 6 - bore * radius**2 / 2 * (1 + tangent**2 / 3))
    across = spin / 2 + volume * height**2 / 12
    mass = hole.mass or 7850.0 * hole.volume
    expected = mass / volume * np.diag([across, across, spin])
    tolerance = 2e-4 if hole.section == "round" else 1e-9
    assert hole.mass_properties.mass == pytest.approx(mass)
    np.testing.assert_allclose(hole.mass_properties.inertia, expected, rtol=tolerance, atol=1e-15)
    np.testing.assert_allclose(hole.mass_properties.com, [0.0, 0.0, height / 2], atol=1e-12)


@pytest.mark.parametrize("hole", HOLES)
def test_mesh_is_watertight_with_a_bore_that_is_open_at_both_ends(hole):
    mesh = as_trimesh(hole.mesh())
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.euler_number == 0  # a torus: one hole through
    assert mesh.volume == pytest.approx(hole.volume)


@pytest.mark.parametrize("hole", HOLES)
def test_flats_of_the_bore_touch_the_ideal_bore(hole):
    for surface in (hole.mesh(), *hole.convex_pieces()):
        mesh = as_trimesh(surface)
        faces_axis = np.abs(mesh.face_normals[:, 2]) < 1e-9
        inward = np.einsum("ij,ij->i", mesh.face_normals, mesh.triangles_center * [1, 1, 0]) < -1e-9
        distances = -np.einsum("ij,ij->i", mesh.face_normals, mesh.triangles_center)[faces_axis & inward]
        bore = distances[np.isclose(distances, hole.diameter / 2, rtol=0.05)]
        assert len(bore) >= 2
        np.testing.assert_allclose(bore, hole.diameter / 2, rtol=1e-6)


@pytest.mark.parametrize("hole", HOLES)
def test_pieces_are_convex_and_fill_the_block_round_the_polygon(hole):
    pieces = [as_trimesh(piece) for piece in hole.convex_pieces()]
    sides = len(flats(hole))
    assert len(pieces) == sides
    assert all(piece.is_watertight and piece.is_convex for piece in pieces)
    polygon_area = sides * (hole.diameter / 2) ** 2 * np.tan(np.pi / sides)
    expected = (hole.block_width**2 - polygon_area) * hole.height
    assert sum(piece.volume for piece in pieces) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("hole", HOLES)
def test_no_piece_reaches_into_the_bore_or_out_of_the_block_and_none_leaves_a_gap(hole):
    rng = np.random.default_rng(0)
    half = 0.6 * hole.block_width
    points = rng.uniform([-half, -half, 0.0], [half, half, hole.height], (20000, 3))
    covered = np.zeros(len(points), dtype=int)
    for piece in hole.convex_pieces():
        planes = half_spaces(piece)
        covered += (points @ planes[:, :3].T + planes[:, 3] <= 0).all(axis=1)
    in_block = np.abs(points[:, :2]).max(axis=1) < hole.block_width / 2
    in_bore = (points[:, :2] @ flats(hole).T < hole.diameter / 2).all(axis=1)
    assert in_bore.any()
    assert not covered[in_bore | ~in_block].any()
    assert (covered[in_block & ~in_bore] == 1).all()


@pytest.mark.parametrize("section", SIDES)
def test_peg_of_the_same_section_has_the_clearance_at_every_flat(section):
    peg = Peg(0.010, 0.05, section=section)
    hole = Hole.for_peg(peg, 1e-4)
    assert (hole.section, hole.height, hole.block_width) == (section, 0.025, 0.030)
    assert hole.clearance(peg) == pytest.approx(1e-4)
    reach = (peg.convex_pieces()[0].vertices[:, :2] @ flats(hole).T).max(axis=0)
    np.testing.assert_allclose(hole.diameter / 2 - reach, 1e-4, rtol=1e-9)
    assert SIDES[section] == len(flats(hole)) == len(hole.convex_pieces())


def test_round_hole_for_a_peg_has_the_size_that_is_asked_for():
    hole = Hole.for_peg(PEG_8MM, 57e-6, height=0.025, block_width=0.025, mass=0.05)
    assert vars(hole) == pytest.approx(vars(HOLE_8MM_TIGHT))


def test_peg_that_does_not_fit_is_rejected():
    square = Peg(0.008, 0.05, section="square")
    with pytest.raises(ValueError, match="A square peg and a round hole have no common clearance"):
        HOLE_8MM_TIGHT.clearance(square)
    with pytest.raises(ValueError, match="the clearance of a peg must be positive"):
        Hole.for_peg(square, 0.0)
    with pytest.raises(ValueError, match=r"Hole and Peg do not fit: .* got -0\.000100 m"):
        require_fit(HOLE_8MM_TIGHT, Peg(0.0083, 0.05))
    tight = Hole.for_peg(PEG_8MM, 15e-6)
    with pytest.raises(ValueError, match=r"Peg's convex pieces stick out by 0\.000017 m; give it more collider_sides"):
        require_fit(tight, PEG_8MM)
    assert require_fit(tight, replace(PEG_8MM, collider_sides=32)) == pytest.approx(15e-6)
    assert require_fit(HOLE_8MM_TIGHT, PEG_8MM) == pytest.approx(57e-6)


def test_peg_turned_any_way_fits_and_has_the_clearance_all_round():
    hole, peg = HOLE_8MM_TIGHT, PEG_8MM
    corners = peg.convex_pieces()[0].vertices[:, :2]
    normals = []
    for piece in hole.convex_pieces():
        inner = piece.vertices[np.linalg.norm(piece.vertices[:, :2], axis=1) < 0.0045][:, :2]
        middle = inner.mean(axis=0)
        normals.append(middle / np.linalg.norm(middle))
    for angle in np.linspace(0.0, np.pi / 4, 10):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        gaps = hole.diameter / 2 - (corners @ turn.T @ np.transpose(normals)).max(axis=0)
        np.testing.assert_allclose(gaps, hole.clearance(peg), atol=18e-6)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"diameter": 0.025}, "does not fit into a block"),
        ({"diameter": -0.001}, "diameter must be a positive"),
        ({"height": 0.0}, "height must be a positive"),
        ({"block_width": float("inf")}, "block_width must be a positive"),
        ({"collider_sides": 7}, "collider_sides must be at least 8"),
        ({"mesh_sides": 0}, "mesh_sides must be at least 8"),
        ({"friction": -1.0}, "friction must not be negative"),
        ({"section": "star"}, "no section 'star'; choose one of round, triangle, square"),
        ({"section": "triangle", "diameter": 0.017}, "a triangle hole of 0.017 m .* does not fit into a block"),
        ({"chamfer": 0.008}, "a chamfer of 0.008 m does not fit into a block"),
        ({"chamfer": 0.025}, "chamfer must be less than height"),
        ({"notch_radius": 0.0125}, "notch_radius must be less than half of block_width"),
        ({"notch_radius": 0.0124, "diameter": 0.012}, "does not fit into a block .* with notches of 0.0124 m"),
        ({"plate_width": 0.04}, "must both be 0 or both be positive, got 0.04 and 0.0"),
        ({"plate_width": 0.02, "plate_thickness": 0.003}, "plate_width must be at least block_width"),
    ],
)
def test_impossible_sizes_are_rejected(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(HOLE_8MM_TIGHT, **changes)
