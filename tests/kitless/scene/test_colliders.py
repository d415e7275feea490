# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Collision shapes: sizes, poses, scales, mesh approximations and materials."""

from __future__ import annotations

import logging

import numpy as np
import pytest
import trimesh
from pxr import Gf, Sdf, Usd, UsdGeom, UsdPhysics, UsdShade, Vt
from scipy.spatial.transform import Rotation

from isaaclab_factory.kitless.scene import SceneError, Shape, read_stage


def add_mesh(stage: Usd.Stage, path: str, mesh: trimesh.Trimesh, approximation: str) -> Usd.Prim:
    prim = UsdGeom.Mesh.Define(stage, path)
    prim.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(np.asarray(mesh.vertices, dtype=np.float32)))
    prim.CreateFaceVertexCountsAttr([3] * len(mesh.faces))
    prim.CreateFaceVertexIndicesAttr(mesh.faces.flatten().tolist())
    UsdPhysics.CollisionAPI.Apply(prim.GetPrim())
    UsdPhysics.MeshCollisionAPI.Apply(prim.GetPrim()).CreateApproximationAttr(approximation)
    return prim.GetPrim()


def add_moving_mesh(stage: Usd.Stage, mesh: trimesh.Trimesh, approximation: str) -> Usd.Prim:
    UsdPhysics.RigidBodyAPI.Apply(UsdGeom.Xform.Define(stage, "/body").GetPrim())
    return add_mesh(stage, "/body/mesh", mesh, approximation)


def ell() -> trimesh.Trimesh:
    """A concave, closed part: an L of two 1 m cubes' width."""
    outline = np.array([[0, 0], [2, 0], [2, 1], [1, 1], [1, 2], [0, 2]], dtype=float)
    fans = [[0, 1, 2], [0, 2, 3], [0, 3, 4], [0, 4, 5]]
    vertices = np.vstack([np.column_stack([outline, np.full(6, z)]) for z in (0.0, 1.0)])
    faces = [face[::-1] for face in fans] + [[corner + 6 for corner in face] for face in fans]
    for i in range(6):
        j = (i + 1) % 6
        faces += [[i, j, j + 6], [i, j + 6, i + 6]]
    return trimesh.Trimesh(vertices, faces, process=False)


@pytest.mark.parametrize("kind", ["Capsule", "Cylinder"])
@pytest.mark.parametrize(("axis", "direction"), [("X", [1, 0, 0]), ("Y", [0, 1, 0]), ("Z", [0, 0, 1])])
def test_a_round_shape_points_along_its_axis_and_takes_the_scale(stage, kind, axis, direction):
    prim = getattr(UsdGeom, kind).Define(stage, "/shape")
    prim.CreateAxisAttr(axis)
    prim.CreateRadiusAttr(0.2)
    prim.CreateHeightAttr(1.0)
    prim.AddTranslateOp().Set((1, 2, 3))
    prim.AddScaleOp().Set(tuple(3.0 if component else 2.0 for component in direction))
    UsdPhysics.CollisionAPI.Apply(prim.GetPrim())

    (collider,) = read_stage(stage).static_colliders

    assert collider.shape is Shape[kind.upper()]
    assert collider.size == pytest.approx((0.4, 1.5))
    turned = Rotation.from_quat(collider.pose.quat, scalar_first=True).apply([0, 0, 1])
    np.testing.assert_allclose(turned, direction, atol=1e-12)
    np.testing.assert_allclose(collider.pose.pos, [1, 2, 3])


def test_a_box_below_turned_and_scaled_prims_stands_where_usd_puts_its_corners(stage):
    outer = UsdGeom.Xform.Define(stage, "/outer")
    outer.AddTranslateOp().Set((0.5, -1.0, 2.0))
    outer.AddRotateXYZOp().Set((10, 20, 30))
    outer.AddScaleOp().Set((2, 2, 2))
    cube = UsdGeom.Cube.Define(stage, "/outer/cube")
    cube.AddTranslateOp().Set((0.1, 0.2, 0.3))
    cube.AddRotateXYZOp().Set((-40, 5, 70))
    cube.AddScaleOp().Set((0.5, 1.0, 1.5))
    UsdPhysics.CollisionAPI.Apply(cube.GetPrim())

    (collider,) = read_stage(stage).static_colliders

    corner = Rotation.from_quat(collider.pose.quat, scalar_first=True).apply(collider.size) + collider.pose.pos
    world = UsdGeom.XformCache().GetLocalToWorldTransform(cube.GetPrim()).Transform(Gf.Vec3d(1, 1, 1))
    np.testing.assert_allclose(corner, world, atol=1e-9)


def test_a_collider_is_placed_in_the_frame_of_its_body(stage):
    body = UsdGeom.Xform.Define(stage, "/body")
    body.AddTranslateOp().Set((1, 2, 3))
    body.AddRotateZOp().Set(90)
    body.AddScaleOp().Set((2, 2, 2))
    UsdPhysics.RigidBodyAPI.Apply(body.GetPrim())
    sphere = UsdGeom.Sphere.Define(stage, "/body/sphere")
    sphere.CreateRadiusAttr(0.5)
    sphere.AddTranslateOp().Set((1, 0, 0))
    UsdPhysics.CollisionAPI.Apply(sphere.GetPrim())

    (body,) = read_stage(stage).bodies

    assert body.colliders[0].size == (1.0,)
    np.testing.assert_allclose(body.colliders[0].pose.pos, [2, 0, 0], atol=1e-12)
    np.testing.assert_allclose(body.pose.pos, [1, 2, 3])


def test_a_plane_faces_along_its_axis(stage):
    plane = UsdGeom.Plane.Define(stage, "/plane")
    plane.CreateAxisAttr("X")
    UsdPhysics.CollisionAPI.Apply(plane.GetPrim())

    (collider,) = read_stage(stage).static_colliders

    assert collider.shape is Shape.PLANE
    normal = Rotation.from_quat(collider.pose.quat, scalar_first=True).apply([0, 0, 1])
    np.testing.assert_allclose(normal, [1, 0, 0], atol=1e-12)


def test_a_cone_becomes_a_hull_of_nearly_its_volume(stage):
    cone = UsdGeom.Cone.Define(stage, "/cone")
    cone.CreateRadiusAttr(0.3)
    cone.CreateHeightAttr(0.5)
    UsdPhysics.CollisionAPI.Apply(cone.GetPrim())

    (collider,) = read_stage(stage).static_colliders

    hull = trimesh.PointCloud(collider.vertices).convex_hull
    assert collider.shape is Shape.HULL
    assert hull.volume == pytest.approx(np.pi * 0.3**2 * 0.5 / 3, rel=0.01)


def test_a_convex_hull_keeps_only_its_corners(stage):
    inside = trimesh.creation.box((1, 1, 1)).vertices * 0.5
    box = trimesh.creation.box((1, 1, 1))
    mesh = trimesh.Trimesh(np.vstack([box.vertices, inside]), box.faces, process=False)
    add_moving_mesh(stage, mesh, "convexHull")

    collider = read_stage(stage).bodies[0].colliders[0]

    assert collider.shape is Shape.HULL
    assert sorted(map(tuple, collider.vertices)) == sorted(map(tuple, box.vertices))


def test_a_static_mesh_keeps_its_triangles_facing_outwards_even_when_mirrored(stage):
    prim = UsdGeom.Xformable(add_mesh(stage, "/mesh", ell(), "none"))
    prim.AddScaleOp().Set((1, 1, -2))

    (collider,) = read_stage(stage).static_colliders

    assert collider.shape is Shape.TRIANGLES
    found = trimesh.Trimesh(collider.vertices, collider.faces, process=False)
    assert found.volume == pytest.approx(2 * ell().volume)
    rotation = Rotation.from_quat(collider.pose.quat, scalar_first=True)
    world = rotation.apply(collider.vertices) + collider.pose.pos
    np.testing.assert_allclose(world, ell().vertices * [1, 1, -2], atol=1e-6)


def test_polygons_are_cut_into_triangles(stage):
    prim = UsdGeom.Mesh(add_mesh(stage, "/mesh", trimesh.creation.box((1, 1, 1)), "none"))
    prim.GetPointsAttr().Set([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0.5, 0.5, 1)])
    prim.GetFaceVertexCountsAttr().Set([4, 3, 3, 3, 3])
    prim.GetFaceVertexIndicesAttr().Set([3, 2, 1, 0, 0, 1, 4, 1, 2, 4, 2, 3, 4, 3, 0, 4])

    (collider,) = read_stage(stage).static_colliders

    pyramid = trimesh.Trimesh(collider.vertices, collider.faces, process=False)
    assert len(collider.faces) == 6
    assert pyramid.is_watertight
    assert pyramid.volume == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("approximation", "shape", "size"),
    [("boundingCube", Shape.BOX, (1.0, 1.0, 0.5)), ("boundingSphere", Shape.SPHERE, (1.5,))],
)
def test_bounding_shapes_enclose_the_mesh(stage, approximation, shape, size):
    add_moving_mesh(stage, ell(), approximation)

    collider = read_stage(stage).bodies[0].colliders[0]

    assert collider.shape is shape
    assert collider.size == pytest.approx(size)
    np.testing.assert_allclose(collider.pose.pos, [1, 1, 0.5])


@pytest.mark.parametrize("approximation", ["none", "sdf", "convexDecomposition", "meshSimplification"])
def test_a_moving_concave_mesh_without_pieces_becomes_its_hull_and_says_so(stage, caplog, approximation):
    add_moving_mesh(stage, ell(), approximation)

    with caplog.at_level(logging.WARNING, "isaaclab_factory.kitless"):
        collider = read_stage(stage).bodies[0].colliders[0]

    assert collider.shape is Shape.HULL
    assert "/body/mesh" in caplog.text and approximation in caplog.text


def test_convex_pieces_stand_for_an_sdf_mesh(stage, caplog):
    prim = add_moving_mesh(stage, ell(), "sdf")
    for i, centre in enumerate([(0.5, 1.0, 0.5), (1.5, 0.5, 0.5)]):
        piece = UsdGeom.Cube.Define(stage, f"/body/piece_{i}")
        piece.CreateSizeAttr(1.0)
        piece.AddTranslateOp().Set(centre)
        if i == 0:
            piece.AddScaleOp().Set((1, 2, 1))
        UsdPhysics.CollisionAPI.Apply(piece.GetPrim()).CreateCollisionEnabledAttr(False)
        prim.CreateRelationship("kitless:convexPieces").AddTarget(piece.GetPath())

    with caplog.at_level(logging.WARNING, "isaaclab_factory.kitless"):
        (body,) = read_stage(stage).bodies

    assert [collider.path for collider in body.colliders] == ["/body/piece_0", "/body/piece_1"]
    assert [collider.shape for collider in body.colliders] == [Shape.BOX, Shape.BOX]
    assert {collider.source_path for collider in body.colliders} == {"/body/mesh"}
    assert body.mass == pytest.approx(1000 * ell().volume, rel=1e-6)  # not that of the pieces in addition
    assert not caplog.records


def test_convex_pieces_are_found_in_instances(stage):
    mesh = add_mesh(stage, "/library/mesh", ell(), "sdf")
    piece = UsdGeom.Cube.Define(stage, "/library/piece")
    UsdPhysics.CollisionAPI.Apply(piece.GetPrim()).CreateCollisionEnabledAttr(False)
    mesh.CreateRelationship("kitless:convexPieces").AddTarget("/library/piece")
    for i in range(2):
        prim = UsdGeom.Xform.Define(stage, f"/instance_{i}").GetPrim()
        prim.GetReferences().AddInternalReference("/library")
        prim.SetInstanceable(True)
        UsdGeom.Xformable(prim).AddTranslateOp().Set((i, 0, 0))
        UsdPhysics.RigidBodyAPI.Apply(prim)

    bodies = read_stage(stage).bodies

    assert [body.colliders[0].path for body in bodies] == ["/instance_0/piece", "/instance_1/piece"]
    np.testing.assert_allclose([body.colliders[0].pose.pos for body in bodies], np.zeros((2, 3)))


def test_the_physics_material_is_found_through_its_binding(stage):
    cube = UsdGeom.Cube.Define(stage, "/group/cube")
    UsdPhysics.CollisionAPI.Apply(cube.GetPrim())
    material = UsdShade.Material.Define(stage, "/material")
    api = UsdPhysics.MaterialAPI.Apply(material.GetPrim())
    api.CreateStaticFrictionAttr(0.75)
    api.CreateDynamicFrictionAttr(0.25)
    api.CreateRestitutionAttr(0.5)
    material.GetPrim().CreateAttribute("physxMaterial:frictionCombineMode", Sdf.ValueTypeNames.Token).Set("max")
    binding = UsdShade.MaterialBindingAPI.Apply(stage.GetPrimAtPath("/group"))
    binding.Bind(material, UsdShade.Tokens.weakerThanDescendants, "physics")

    (collider,) = read_stage(stage).static_colliders

    found = collider.material
    assert (found.static_friction, found.dynamic_friction, found.restitution) == (0.75, 0.25, 0.5)
    assert (found.friction_combine_mode, found.restitution_combine_mode) == ("max", "average")


def test_colliders_without_a_material_take_the_one_of_the_physics_scene(stage):
    UsdPhysics.CollisionAPI.Apply(UsdGeom.Cube.Define(stage, "/cube").GetPrim())
    material = UsdShade.Material.Define(stage, "/material")
    UsdPhysics.MaterialAPI.Apply(material.GetPrim()).CreateStaticFrictionAttr(0.125)
    binding = UsdShade.MaterialBindingAPI.Apply(stage.GetPrimAtPath("/physicsScene"))
    binding.Bind(material, UsdShade.Tokens.weakerThanDescendants, "physics")

    (collider,) = read_stage(stage).static_colliders

    assert collider.material.static_friction == 0.125


def test_a_disabled_collider_does_not_collide(stage):
    cube = UsdGeom.Cube.Define(stage, "/cube")
    UsdPhysics.CollisionAPI.Apply(cube.GetPrim()).CreateCollisionEnabledAttr(False)

    assert read_stage(stage).static_colliders == []


def test_colliders_of_instances_are_found(stage):
    UsdPhysics.CollisionAPI.Apply(UsdGeom.Cube.Define(stage, "/library/cube").GetPrim())
    prim = UsdGeom.Xform.Define(stage, "/instance").GetPrim()
    prim.GetReferences().AddInternalReference("/library")
    prim.SetInstanceable(True)

    paths = [collider.path for collider in read_stage(stage).static_colliders]

    assert paths == ["/library/cube", "/instance/cube"]


def test_offsets_are_read_where_they_are_finite(stage):
    prim = UsdGeom.Cube.Define(stage, "/cube").GetPrim()
    UsdPhysics.CollisionAPI.Apply(prim)
    prim.CreateAttribute("physxCollision:contactOffset", Sdf.ValueTypeNames.Float).Set(0.125)
    prim.CreateAttribute("physxCollision:restOffset", Sdf.ValueTypeNames.Float).Set(float("-inf"))

    (collider,) = read_stage(stage).static_colliders

    assert (collider.contact_offset, collider.rest_offset) == (0.125, None)


@pytest.mark.parametrize(
    ("kind", "words"), [("Plane", "a plane cannot move"), ("BasisCurves", "of type BasisCurves cannot collide")]
)
def test_shapes_that_cannot_collide_are_errors(stage, kind, words):
    UsdPhysics.RigidBodyAPI.Apply(UsdGeom.Xform.Define(stage, "/body").GetPrim())
    UsdPhysics.CollisionAPI.Apply(stage.DefinePrim("/body/shape", kind))

    with pytest.raises(SceneError, match=f"/body/shape: .*{words}"):
        read_stage(stage)


def test_a_sheared_collider_is_an_error(stage):
    UsdGeom.Xform.Define(stage, "/outer").AddScaleOp().Set((1, 2, 1))
    cube = UsdGeom.Cube.Define(stage, "/outer/cube")
    cube.AddRotateZOp().Set(30)
    UsdPhysics.CollisionAPI.Apply(cube.GetPrim())

    with pytest.raises(SceneError, match=r"/outer/cube: .* shears"):
        read_stage(stage)


def test_an_unevenly_scaled_sphere_is_noted(stage, caplog):
    sphere = UsdGeom.Sphere.Define(stage, "/sphere")
    sphere.AddScaleOp().Set((1, 2, 3))
    UsdPhysics.CollisionAPI.Apply(sphere.GetPrim())

    with caplog.at_level(logging.WARNING, "isaaclab_factory.kitless"):
        (collider,) = read_stage(stage).static_colliders

    assert collider.size == (3.0,)
    assert "/sphere" in caplog.text
