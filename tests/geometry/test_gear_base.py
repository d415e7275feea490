# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The gear base against closed forms and trimesh."""

import math
from dataclasses import replace

import numpy as np
import pytest
import trimesh

from isaaclab_factory.geometry import GEAR_BASE, GEAR_MEDIUM, GearBase

BASES = [
    GEAR_BASE,
    replace(GEAR_BASE, shaft_x=(0.0,), shaft_chamfer=0.0),
    replace(GEAR_BASE, shaft_x=(0.02, -0.02), collider_sides=16),
]


def as_trimesh(surface) -> trimesh.Trimesh:
    return trimesh.Trimesh(surface.vertices, surface.faces, process=False)


def exact_volume(base: GearBase) -> float:
    radius, chamfer = base.shaft_diameter / 2, base.shaft_chamfer
    tip = math.pi * (radius**2 + radius * (radius - chamfer) + (radius - chamfer) ** 2) * chamfer / 3
    shaft = math.pi * radius**2 * (base.shaft_height - chamfer) + tip
    return base.width * base.depth * base.base_height + len(base.shaft_x) * shaft


@pytest.mark.parametrize("base", BASES)
def test_mesh_is_one_watertight_surface_with_the_volume_of_plate_and_shafts(base):
    mesh = as_trimesh(base.mesh())
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.euler_number == 2
    assert len(mesh.split()) == 1
    assert mesh.volume == pytest.approx(exact_volume(base), rel=1e-4)
    assert base.volume == pytest.approx(mesh.volume)


def test_constant_is_the_factory_base():
    mesh = as_trimesh(GEAR_BASE.mesh())
    np.testing.assert_allclose(mesh.bounds, [[-0.06, -0.03, 0.0], [0.06, 0.03, 0.025]], atol=1e-9)
    tips = mesh.vertices[np.isclose(mesh.vertices[:, 2], 0.025)]
    for x in (0.05075, 0.02025, -0.03025):
        tip = tips[np.abs(tips[:, 0] - x) < 0.006]
        assert np.linalg.norm(tip[:, :2] - [x, 0.0], axis=1).max() == pytest.approx(0.004486)


@pytest.mark.parametrize("base", BASES)
def test_mass_properties_are_those_of_the_mesh(base):
    mesh, ours = as_trimesh(base.mesh()), base.mass_properties
    mesh.density = base.mass / mesh.volume
    np.testing.assert_allclose(ours.com, mesh.center_mass, atol=1e-9)
    np.testing.assert_allclose(ours.inertia, mesh.moment_inertia, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("base", BASES)
def test_pieces_are_convex_and_stay_within_the_ideal_base(base):
    pieces = [as_trimesh(piece) for piece in base.convex_pieces()]
    assert len(pieces) == 1 + len(base.shaft_x)
    assert all(piece.is_watertight and piece.is_convex for piece in pieces)
    assert sum(piece.volume for piece in pieces) == pytest.approx(exact_volume(base), rel=0.01)
    for x, piece in zip(base.shaft_x, pieces[1:], strict=True):
        radius = np.linalg.norm(piece.vertices[:, :2] - [x, 0.0], axis=1)
        assert radius.max() == pytest.approx(base.shaft_diameter / 2)


def test_shaft_has_the_clearance_all_round_at_every_turn_of_the_gear():
    base, gear = GEAR_BASE, GEAR_MEDIUM
    shaft = base.convex_pieces()[2].vertices[:, :2] - [gear.axis_x, 0.0]
    for turn in np.linspace(0.0, math.pi / 4, 20):
        normals = turn + 2 * math.pi * np.arange(gear.collider_sides) / gear.collider_sides
        reach = (shaft @ np.stack([np.cos(normals), np.sin(normals)])).max(axis=0)
        gaps = gear.bore_diameter / 2 - reach
        assert gaps.min() >= base.clearance(gear) - 1e-9
        assert gaps.max() <= base.clearance(gear) + 25e-6


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"width": 0.0}, "width must be a positive"),
        ({"shaft_x": ()}, "at least one shaft"),
        ({"shaft_x": (0.0, 0.009)}, "do not fit side by side"),
        ({"shaft_x": (0.058,)}, "do not fit side by side"),
        ({"depth": 0.009}, "do not fit side by side"),
        ({"shaft_chamfer": 0.005}, "shaft_chamfer must be"),
        ({"friction": -1.0}, "friction must not be negative"),
        ({"mesh_sides": 30}, "mesh_sides must be"),
        ({"collider_sides": 3}, "collider_sides must be at least 8"),
    ],
)
def test_impossible_sizes_are_rejected(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(GEAR_BASE, **changes)
