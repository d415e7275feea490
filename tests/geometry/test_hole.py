# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The hole against analytic shapes, sampled points and trimesh."""

from dataclasses import replace

import numpy as np
import pytest
import trimesh
from scipy.spatial import ConvexHull

from isaaclab_factory.geometry import HOLE_8MM, PEG_8MM, Hole

HOLES = [HOLE_8MM, replace(HOLE_8MM, collider_sides=16), Hole(0.012, 0.04, 0.02, mass=0.2)]


def as_trimesh(surface) -> trimesh.Trimesh:
    return trimesh.Trimesh(surface.vertices, surface.faces, process=False)


def half_spaces(surface) -> np.ndarray:
    return ConvexHull(surface.vertices).equations


def test_constant_is_the_factory_hole():
    mesh = as_trimesh(HOLE_8MM.mesh())
    np.testing.assert_allclose(mesh.bounds, [[-0.0125, -0.0125, 0.0], [0.0125, 0.0125, 0.025]], atol=1e-12)
    assert HOLE_8MM.clearance(PEG_8MM) == pytest.approx(57e-6)


@pytest.mark.parametrize("hole", HOLES)
def test_mass_properties_equal_a_box_minus_a_cylinder(hole):
    box = trimesh.creation.box((hole.block_width, hole.block_width, hole.height))
    bore = trimesh.creation.cylinder(hole.diameter / 2, hole.height, sections=2000)
    density = hole.mass / (box.volume - bore.volume)
    # 128 sides outside of the circle take 0.02 % more than it
    assert hole.volume == pytest.approx(box.volume - bore.volume, rel=2e-4)
    inertia = density * (box.moment_inertia / box.density - bore.moment_inertia / bore.density)
    np.testing.assert_allclose(hole.mass_properties.inertia, inertia, rtol=2e-4, atol=1e-15)
    np.testing.assert_allclose(hole.mass_properties.com, [0.0, 0.0, hole.height / 2], atol=1e-12)


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
        np.testing.assert_allclose(bore, hole.diameter / 2, rtol=1e-6)


@pytest.mark.parametrize("hole", HOLES)
def test_pieces_are_convex_and_fill_the_block_round_the_polygon(hole):
    pieces = [as_trimesh(piece) for piece in hole.convex_pieces()]
    assert len(pieces) == hole.collider_sides
    assert all(piece.is_watertight and piece.is_convex for piece in pieces)
    polygon_area = hole.collider_sides * (hole.diameter / 2) ** 2 * np.tan(np.pi / hole.collider_sides)
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
    radius = np.linalg.norm(points[:, :2], axis=1)
    in_block = np.abs(points[:, :2]).max(axis=1) < hole.block_width / 2
    in_bore = radius < hole.diameter / 2
    outside_polygon = radius > hole.diameter / 2 / np.cos(np.pi / hole.collider_sides)
    assert not covered[in_bore | ~in_block].any()
    assert (covered[in_block & outside_polygon] == 1).all()


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
    ],
)
def test_impossible_sizes_are_told(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(HOLE_8MM, **changes)
