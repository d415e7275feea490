# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Volume, centre of mass and inertia of shapes against trimesh's integration over their surfaces."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh
from scipy.spatial.transform import Rotation

from isaaclab_factory.kitless.scene.description import Pose, Shape
from isaaclab_factory.kitless.scene.solids import mesh_solid, primitive_solid, united

SHAPES = {
    Shape.BOX: ((0.1, 0.2, 0.3), trimesh.creation.box((0.2, 0.4, 0.6))),
    Shape.SPHERE: ((0.5,), trimesh.creation.icosphere(5, 0.5)),
    Shape.CYLINDER: ((0.2, 0.7), trimesh.creation.cylinder(0.2, 1.4, sections=512)),
    Shape.CAPSULE: ((0.2, 0.7), trimesh.creation.capsule(1.4, 0.2, count=[256, 256])),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_primitives_have_the_inertia_of_their_surface(shape):
    size, surface = SHAPES[shape]

    solid = primitive_solid(shape, size)

    assert solid.volume == pytest.approx(surface.volume, rel=2e-3)
    np.testing.assert_allclose(solid.inertia, surface.moment_inertia, rtol=3e-3, atol=1e-6)


def test_a_mesh_has_the_inertia_that_trimesh_computes():
    rng = np.random.default_rng(3)
    mesh = trimesh.PointCloud(rng.normal(loc=(5, -3, 2), size=(40, 3))).convex_hull

    solid = mesh_solid(np.asarray(mesh.vertices), np.asarray(mesh.faces))

    assert solid.volume == pytest.approx(mesh.volume)
    np.testing.assert_allclose(solid.com, mesh.center_mass, rtol=1e-9)
    np.testing.assert_allclose(solid.inertia, mesh.moment_inertia, rtol=1e-7, atol=1e-9)


def test_a_mesh_turned_inside_out_is_the_same_solid():
    mesh = trimesh.creation.box((1, 2, 3))
    vertices, faces = np.asarray(mesh.vertices), np.asarray(mesh.faces)

    outwards, inwards = mesh_solid(vertices, faces), mesh_solid(vertices, faces[:, ::-1])

    assert inwards.volume == pytest.approx(6.0)
    np.testing.assert_allclose(inwards.inertia, outwards.inertia)


def test_moved_solids_unite_to_the_inertia_of_the_whole():
    turn = Rotation.from_euler("xyz", [0.3, -0.5, 1.1])
    boxes = [trimesh.creation.box((0.2, 0.4, 0.6)), trimesh.creation.box((0.2, 0.4, 0.6))]
    boxes[1].apply_transform(np.block([[turn.as_matrix(), np.array([[2.0], [1.0], [0.5]])], [np.zeros(3), 1.0]]))
    whole = trimesh.util.concatenate(boxes)
    solid = primitive_solid(Shape.BOX, (0.1, 0.2, 0.3))

    both = united([solid, solid.moved(Pose(np.array([2.0, 1.0, 0.5]), turn.as_quat(scalar_first=True)))])

    assert both.volume == pytest.approx(whole.volume)
    np.testing.assert_allclose(both.com, whole.center_mass, atol=1e-12)
    np.testing.assert_allclose(both.inertia, whole.moment_inertia, atol=1e-9)
