# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The peg against numerical integration of its outline and against trimesh."""

from dataclasses import replace

import numpy as np
import pytest
import trimesh
from scipy.integrate import quad

from isaaclab_factory.geometry import PEG_8MM, Peg


def radius_at(peg: Peg, z: float) -> float:
    """Outline of a cylinder with 45 degree chamfers, written down independently of the package."""
    return peg.diameter / 2 - max(0.0, peg.chamfer - z, peg.chamfer - (peg.length - z))


def integrate(peg: Peg, integrand) -> float:
    kinks = [peg.chamfer, peg.length - peg.chamfer]
    return quad(integrand, 0.0, peg.length, points=kinks, epsabs=0.0, epsrel=1e-12)[0]


PEGS = [PEG_8MM, replace(PEG_8MM, chamfer=0.0), Peg(0.02, 0.012, 0.004, mass=0.1)]


@pytest.mark.parametrize("peg", PEGS)
def test_mass_properties_are_those_of_the_integrals_over_thin_discs(peg):
    # 128 sides inside the circle have 0.04 % less area than it, and 0.08 % less second moment for a given area
    volume = integrate(peg, lambda z: np.pi * radius_at(peg, z) ** 2)
    assert peg.volume == pytest.approx(volume, rel=5e-4)
    density = peg.mass / volume
    spin = density * integrate(peg, lambda z: np.pi * radius_at(peg, z) ** 4 / 2)

    def across_disc(z):
        return np.pi * radius_at(peg, z) ** 2 * (radius_at(peg, z) ** 2 / 4 + (z - peg.length / 2) ** 2)

    across = density * integrate(peg, across_disc)
    inertia = np.diag([across, across, spin])
    np.testing.assert_allclose(peg.mass_properties.inertia, inertia, rtol=1e-3, atol=1e-15)
    np.testing.assert_allclose(peg.mass_properties.com, [0.0, 0.0, peg.length / 2], atol=1e-12)


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
    # A regular polygon with its corners on the circle has this share of the circle's area.
    share = peg.mesh_sides / (2 * np.pi) * np.sin(2 * np.pi / peg.mesh_sides)
    ideal = integrate(peg, lambda z: np.pi * radius_at(peg, z) ** 2)
    assert mesh.volume == pytest.approx(ideal * share, rel=1e-9)
    mesh.density = peg.mass / mesh.volume
    np.testing.assert_allclose(mesh.moment_inertia, peg.mass_properties.inertia, rtol=1e-6, atol=1e-15)


@pytest.mark.parametrize("peg", PEGS)
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


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"diameter": 0.0}, "diameter must be a positive"),
        ({"length": -1.0}, "length must be a positive"),
        ({"mass": float("nan")}, "mass must be a positive"),
        ({"chamfer": 0.004}, "chamfer must be"),
        ({"chamfer": -0.001}, "chamfer must be"),
        ({"friction": -0.1}, "friction must not be negative"),
        ({"collider_sides": 3}, "collider_sides must be at least 8"),
    ],
)
def test_impossible_sizes_are_told(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(PEG_8MM, **changes)
