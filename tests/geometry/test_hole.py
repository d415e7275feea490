# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The hole against analytic shapes, sampled points and trimesh."""

from dataclasses import replace

import numpy as np
import pytest
import trimesh
from scipy.spatial import ConvexHull

from isaaclab_factory.geometry import HOLE_8MM, PEG_8MM, Hole, Peg, require_fit

ROUND_HOLES = [HOLE_8MM, replace(HOLE_8MM, collider_sides=16), Hole(0.012, 0.04, 0.02, collider_sides=9)]
SIDES = {"triangle": 3, "square": 4, "pentagon": 5, "hexagon": 6, "octagon": 8}
POLYGONAL_HOLES = [Hole(0.009, 0.02, 0.03, section=section) for section in SIDES]
HOLES = ROUND_HOLES + POLYGONAL_HOLES


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


def test_constant_is_the_factory_hole():
    mesh = as_trimesh(HOLE_8MM.mesh())
    np.testing.assert_allclose(mesh.bounds, [[-0.0125, -0.0125, 0.0], [0.0125, 0.0125, 0.025]], atol=1e-12)
    assert HOLE_8MM.clearance(PEG_8MM) == pytest.approx(57e-6)


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
    assert vars(hole) == pytest.approx(vars(HOLE_8MM))


def test_peg_that_does_not_fit_is_told():
    square = Peg(0.008, 0.05, section="square")
    with pytest.raises(ValueError, match="A square peg and a round hole have no common clearance"):
        HOLE_8MM.clearance(square)
    with pytest.raises(ValueError, match="the clearance of a peg must be positive"):
        Hole.for_peg(square, 0.0)
    with pytest.raises(ValueError, match=r"Hole and Peg do not fit: .* got -0\.000100 m"):
        require_fit(HOLE_8MM, Peg(0.0083, 0.05))
    tight = Hole.for_peg(PEG_8MM, 15e-6)
    with pytest.raises(ValueError, match=r"Peg's convex pieces stick out by 0\.000017 m; give it more collider_sides"):
        require_fit(tight, PEG_8MM)
    assert require_fit(tight, replace(PEG_8MM, collider_sides=32)) == pytest.approx(15e-6)
    assert require_fit(HOLE_8MM, PEG_8MM) == pytest.approx(57e-6)


def test_peg_turned_any_way_fits_and_has_the_clearance_all_round():
    hole, peg = HOLE_8MM, PEG_8MM
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
        ({"section": "triangle", "diameter": 0.017}, "a triangle hole of 0.017 m does not fit into a block"),
    ],
)
def test_impossible_sizes_are_told(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(HOLE_8MM, **changes)
