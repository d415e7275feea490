# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The peg against numerical integration of its outline and against trimesh."""

from dataclasses import replace

import numpy as np
import pytest
import trimesh
from scipy.integrate import quad

from isaaclab_factory.geometry import PEG_8MM, Peg

SIDES = {"round": 128, "triangle": 3, "square": 4, "pentagon": 5, "hexagon": 6, "octagon": 8}


def radius_at(peg: Peg, z: float) -> float:
    """Outline of a peg with 45 degree chamfers, written down independently of the package."""
    return peg.diameter / 2 - max(0.0, peg.chamfer - z, peg.chamfer - (peg.length - z))


def area_at(peg: Peg, z: float) -> float:
    if peg.section == "round":
        return np.pi * radius_at(peg, z) ** 2
    sides = SIDES[peg.section]
    return sides * radius_at(peg, z) ** 2 * np.tan(np.pi / sides)


def polar_moment_at(peg: Peg, z: float) -> float:
    """Integral of the squared distance from the axis over the section (m4)."""
    radius_sq = radius_at(peg, z) ** 2
    if peg.section == "round":
        return np.pi * radius_sq**2 / 2
    return area_at(peg, z) * radius_sq / 2 * (1 + np.tan(np.pi / SIDES[peg.section]) ** 2 / 3)


def integrate(peg: Peg, integrand) -> float:
    kinks = [peg.chamfer, peg.length - peg.chamfer]
    return quad(lambda z: integrand(peg, z), 0.0, peg.length, points=kinks, epsabs=0.0, epsrel=1e-12)[0]


ROUND_PEGS = [PEG_8MM, replace(PEG_8MM, chamfer=0.0), Peg(0.02, 0.012, 0.004, mass=0.1)]
POLYGONAL_PEGS = [Peg(0.01, 0.03, section=section) for section in SIDES if section != "round"]
PEGS = ROUND_PEGS + POLYGONAL_PEGS


@pytest.mark.parametrize("peg", PEGS)
def test_mass_properties_are_those_of_the_integrals_over_thin_discs(peg):
    # 128 sides inside the circle have 0.04 % less area than it, and 0.08 % less second moment for a given mass
    tolerance = 1e-3 if peg.section == "round" else 1e-9
    volume = integrate(peg, area_at)
    assert peg.volume == pytest.approx(volume, rel=tolerance)
    mass = peg.mass or 7850.0 * peg.volume
    spin = integrate(peg, polar_moment_at)
    across = spin / 2 + integrate(peg, lambda peg, z: area_at(peg, z) * (z - peg.length / 2) ** 2)
    ours = peg.mass_properties
    assert ours.mass == pytest.approx(mass)
    np.testing.assert_allclose(
        ours.inertia, mass / volume * np.diag([across, across, spin]), rtol=tolerance, atol=1e-15
    )
    np.testing.assert_allclose(ours.com, [0.0, 0.0, peg.length / 2], atol=1e-12)


def test_constant_is_the_factory_peg():
    mesh = trimesh.Trimesh(*vars(PEG_8MM.mesh()).values(), process=False)
    np.testing.assert_allclose(mesh.extents, [0.007986, 0.007986, 0.05], rtol=1e-6)
    assert mesh.bounds[0, 2] == 0.0
    end_face = np.linalg.norm(mesh.vertices[mesh.vertices[:, 2] == 0.0][:, :2], axis=1).max()
    assert end_face == pytest.approx(0.003493)


@pytest.mark.parametrize("peg", PEGS)
def test_mesh_is_watertight_and_lies_within_the_ideal_peg(peg):
    mesh = trimesh.Trimesh(*vars(peg.mesh()).values(), process=False)
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    # a polygon with its corners on the circle has this share of the circle's area
    share = peg.mesh_sides / (2 * np.pi) * np.sin(2 * np.pi / peg.mesh_sides) if peg.section == "round" else 1.0
    assert mesh.volume == pytest.approx(share * integrate(peg, area_at), rel=1e-9)


@pytest.mark.parametrize("peg", POLYGONAL_PEGS)
def test_polygonal_peg_is_its_own_hull_with_a_flat_across_y(peg):
    (piece,) = peg.convex_pieces()
    assert peg.collider_excess == 0.0
    for surface in (piece, peg.mesh()):
        mesh = trimesh.Trimesh(*vars(surface).values(), process=False)
        assert mesh.is_convex
        side = np.abs(mesh.face_normals[:, 2]) < 1e-9
        distance = np.einsum("ij,ij->i", mesh.face_normals[side], mesh.triangles_center[side])
        np.testing.assert_allclose(distance, peg.diameter / 2)
        flats = np.unique(np.degrees(np.arctan2(*mesh.face_normals[side, 1::-1].T)).round(6) % 360.0)
        sides = SIDES[peg.section]
        np.testing.assert_allclose(flats, np.sort((270.0 + 360.0 / sides * np.arange(sides)) % 360.0), atol=1e-5)


@pytest.mark.parametrize("peg", ROUND_PEGS)
def test_convex_piece_stays_within_a_share_of_the_radius_of_the_ideal_peg(peg):
    (piece,) = peg.convex_pieces()
    mesh = trimesh.Trimesh(*vars(piece).values(), process=False)
    assert mesh.is_watertight
    assert mesh.is_convex
    corners = np.linalg.norm(mesh.vertices[:, :2], axis=1).max()
    side = np.abs(mesh.face_normals[:, 2]) < 1e-9
    flats = np.einsum("ij,ij->i", mesh.face_normals[side], mesh.triangles_center[side]).max()
    radius = peg.diameter / 2
    assert corners - radius == pytest.approx(radius - flats, rel=1e-6)
    assert corners / radius - 1 < 0.005
    assert peg.collider_excess == pytest.approx(corners - radius)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"diameter": 0.0}, "diameter must be a positive"),
        ({"length": -1.0}, "length must be a positive"),
        ({"mass": float("nan")}, "mass must be a positive"),
        ({"chamfer": 0.004}, "chamfer must be"),
        ({"chamfer": -0.001}, "chamfer must be"),
        ({"friction": -0.1}, "friction must not be negative"),
        ({"density": 0.0}, "density must be a positive"),
        ({"section": "star"}, "no section 'star'; choose one of round, triangle, square"),
        ({"collider_sides": 3}, "collider_sides must be at least 8"),
    ],
)
def test_impossible_sizes_are_rejected(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(PEG_8MM, **changes)


@pytest.mark.parametrize("sides", [16, 24, 32])
def test_collider_of_a_round_peg_shows_the_gripper_two_flats(sides):
    (piece,) = Peg(0.008, 0.05, collider_sides=sides).convex_pieces()
    y = piece.vertices[:, 1]
    for direction in (-1.0, 1.0):
        outermost = piece.vertices[np.isclose(direction * y, np.abs(y).max(), rtol=1e-9)]
        assert np.ptp(outermost[:, 0]) == pytest.approx(2.0 * np.abs(y).max() * np.tan(np.pi / sides), rel=1e-6)
