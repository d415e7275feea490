# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Rigid bodies: mass properties, flags, velocities and what they inherit from prims above."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom, UsdPhysics, UsdShade
from scipy.spatial.transform import Rotation

from isaaclab_factory.kitless.scene import SceneError, read_stage


def two_boxes(stage: Usd.Stage) -> Usd.Prim:
    """A body scaled by two with two boxes, one of them turned."""
    body = UsdGeom.Xform.Define(stage, "/body")
    body.AddTranslateOp().Set((1, 2, 3))
    body.AddScaleOp().Set((2, 2, 2))
    UsdPhysics.RigidBodyAPI.Apply(body.GetPrim())
    for i in range(2):
        box = UsdGeom.Cube.Define(stage, f"/body/box_{i}")
        box.AddTranslateOp().Set((i, 0.3 * i, 0))
        box.AddRotateXYZOp().Set((30 * i, 20, 0))
        box.AddScaleOp().Set((0.1, 0.2, 0.3))
        UsdPhysics.CollisionAPI.Apply(box.GetPrim())
    return body.GetPrim()


def box_information(prim: Usd.Prim) -> UsdPhysics.RigidBodyAPI.MassInformation:
    """What USD's own mass computation wants to know of a box below a body without rotation."""
    xforms = UsdGeom.XformCache()
    to_body = xforms.GetLocalToWorldTransform(prim) * Gf.Matrix4d().SetTranslate(Gf.Vec3d(-1, -2, -3))
    edges = 2 * np.linalg.norm(np.array(to_body)[:3, :3], axis=1)
    information = UsdPhysics.RigidBodyAPI.MassInformation()
    information.volume = float(np.prod(edges))
    inertia = information.volume / 12 * ((edges**2).sum() - edges**2)
    information.inertia = Gf.Matrix3f(*np.diag(inertia).flatten().tolist())
    information.centerOfMass = Gf.Vec3f(0)
    information.localPos = Gf.Vec3f(to_body.ExtractTranslation())
    information.localRot = Gf.Quatf(to_body.RemoveScaleShear().ExtractRotationQuat())
    return information


AUTHORED = {
    "nothing": {},
    "density of the body": {"/body": {"Density": 500.0}},
    "density of a collider": {"/body": {"Density": 500.0}, "/body/box_1": {"Density": 200.0}},
    "mass of a collider": {"/body": {"Density": 500.0}, "/body/box_1": {"Density": 200.0, "Mass": 7.0}},
    "mass of the body": {"/body": {"Mass": 3.0}, "/body/box_1": {"Mass": 7.0}},
    "centre of mass": {"/body": {"Mass": 3.0, "CenterOfMass": Gf.Vec3f(0.1, 0.2, 0.3)}},
    "density of the material": {},
}


@pytest.mark.parametrize("case", AUTHORED)
def test_mass_properties_are_those_of_usd(stage, case):
    body = two_boxes(stage)
    for path, values in AUTHORED[case].items():
        api = UsdPhysics.MassAPI.Apply(stage.GetPrimAtPath(path))
        for name, number in values.items():
            getattr(api, f"Create{name}Attr")(number)
    if case == "density of the material":
        material = UsdShade.Material.Define(stage, "/material")
        UsdPhysics.MaterialAPI.Apply(material.GetPrim()).CreateDensityAttr(123.0)
        UsdShade.MaterialBindingAPI.Apply(body).Bind(material, UsdShade.Tokens.weakerThanDescendants, "physics")

    found = read_stage(stage).bodies[0]

    mass, diagonal, com, axes = UsdPhysics.RigidBodyAPI(body).ComputeMassProperties(box_information)
    assert found.mass == pytest.approx(mass, rel=1e-6)
    np.testing.assert_allclose(found.com, com, atol=1e-6)
    turn = Rotation.from_quat([axes.GetReal(), *axes.GetImaginary()], scalar_first=True).as_matrix()
    # USD finds the axes by a few Jacobi sweeps in single precision
    np.testing.assert_allclose(found.inertia, turn @ np.diag(diagonal) @ turn.T, atol=2e-2 * max(diagonal))
    np.testing.assert_allclose(np.linalg.eigvalsh(found.inertia), sorted(diagonal), rtol=1e-5)


def test_an_authored_inertia_is_turned_by_its_principal_axes(stage, add_body):
    api = UsdPhysics.MassAPI.Apply(add_body("/body"))
    api.CreateMassAttr(2.0)
    api.CreateDiagonalInertiaAttr((1.0, 2.0, 3.0))
    half = float(np.sqrt(0.5))
    api.CreatePrincipalAxesAttr(Gf.Quatf(half, half, 0, 0))  # y and z change places

    (body,) = read_stage(stage).bodies

    np.testing.assert_allclose(body.inertia, np.diag([1.0, 3.0, 2.0]), atol=1e-6)


def test_a_body_without_mass_and_colliders_is_a_small_sphere(stage):
    UsdPhysics.RigidBodyAPI.Apply(UsdGeom.Xform.Define(stage, "/body").GetPrim())

    (body,) = read_stage(stage).bodies

    assert body.mass == 1.0
    np.testing.assert_allclose(body.inertia, 0.4 * 0.1**2 * np.eye(3))


def test_a_disabled_collider_still_weighs(stage, add_body):
    add_body("/body")
    UsdPhysics.CollisionAPI(stage.GetPrimAtPath("/body/box")).CreateCollisionEnabledAttr(False)

    (body,) = read_stage(stage).bodies

    assert body.colliders == []
    assert body.mass == pytest.approx(1.0)  # 1000 kg/m3 times (0.1 m)^3


def test_a_negative_mass_is_an_error(stage, add_body):
    add_body("/body", mass=-1.0)

    with pytest.raises(SceneError, match="/body: mass"):
        read_stage(stage)


def test_flags_dampings_and_velocities(stage, add_body):
    prim = add_body("/turned/body")
    UsdGeom.Xform.Define(stage, "/turned").AddRotateZOp().Set(90)
    api = UsdPhysics.RigidBodyAPI(prim)
    api.CreateKinematicEnabledAttr(True)
    api.CreateVelocityAttr((1, 0, 0))
    api.CreateAngularVelocityAttr((0, 180, 0))
    numbers = {"linearDamping": 0.1, "angularDamping": 0.2, "maxLinearVelocity": 3.0, "maxAngularVelocity": 180.0}
    for name, number in numbers.items():
        prim.CreateAttribute(f"physxRigidBody:{name}", Sdf.ValueTypeNames.Float).Set(number)
    prim.CreateAttribute("physxRigidBody:disableGravity", Sdf.ValueTypeNames.Bool).Set(True)

    (body,) = read_stage(stage).bodies

    assert body.kinematic and not body.gravity
    np.testing.assert_allclose(body.linear_velocity, [0, 1, 0], atol=1e-12)
    np.testing.assert_allclose(body.angular_velocity, [-np.pi, 0, 0], atol=1e-12)
    assert (body.linear_damping, body.angular_damping) == pytest.approx((0.1, 0.2))
    assert (body.max_linear_velocity, body.max_angular_velocity) == pytest.approx((3.0, np.pi))


def test_what_is_not_authored_has_the_defaults_of_physx(stage, add_body):
    add_body("/body")

    (body,) = read_stage(stage).bodies

    assert not body.kinematic and body.gravity
    assert (body.linear_damping, body.angular_damping) == (0.0, 0.05)
    assert (body.max_linear_velocity, body.max_angular_velocity) == (np.inf, np.inf)


def test_a_disabled_body_is_static(stage, add_body):
    UsdPhysics.RigidBodyAPI(add_body("/body")).CreateRigidBodyEnabledAttr(False)

    scene = read_stage(stage)

    assert scene.bodies == []
    assert [collider.path for collider in scene.static_colliders] == ["/body/box"]


def test_a_collider_belongs_to_the_nearest_body_above(stage, add_body):
    add_body("/outer")
    add_body("/outer/inner")

    bodies = {body.path: body for body in read_stage(stage).bodies}

    assert [collider.path for collider in bodies["/outer"].colliders] == ["/outer/box"]
    assert [collider.path for collider in bodies["/outer/inner"].colliders] == ["/outer/inner/box"]


@pytest.mark.parametrize(
    ("up", "direction", "magnitude", "gravity"),
    [
        ("Z", None, None, [0, 0, -9.81]),
        ("Y", None, 5.0, [0, -5.0, 0]),
        ("Z", (3, 0, 0), 2.0, [2.0, 0, 0]),
        ("Z", (0, 0, -1), 0.0, [0, 0, 0]),
    ],
)
def test_gravity(stage, up, direction, magnitude, gravity):
    UsdGeom.SetStageUpAxis(stage, up)
    scene = UsdPhysics.Scene.Get(stage, "/physicsScene")
    if direction is not None:
        scene.CreateGravityDirectionAttr(direction)
    if magnitude is not None:
        scene.CreateGravityMagnitudeAttr(magnitude)

    np.testing.assert_allclose(read_stage(stage).gravity, gravity)


def test_a_stage_in_centimetres_is_an_error(stage):
    UsdGeom.SetStageMetersPerUnit(stage, 0.01)

    with pytest.raises(SceneError, match="allowed are metres"):
        read_stage(stage)


def test_ignored_attributes_are_logged_once_with_path_and_count(stage, add_body, caplog):
    for i in range(3):
        prim = add_body(f"/body_{i}")
        prim.CreateAttribute("physxRigidBody:retainAccelerations", Sdf.ValueTypeNames.Bool).Set(True)
        prim.CreateAttribute("physxRigidBody:solverPositionIterationCount", Sdf.ValueTypeNames.Int).Set(192)

    with caplog.at_level(logging.WARNING, "isaaclab_factory.kitless"):
        read_stage(stage)

    (ignored,) = [text for text in caplog.messages if "retainAccelerations" in text]
    assert "(/body_0 and 2 more)" in ignored
    (tuning,) = [text for text in caplog.messages if "PhysX's own solver" in text]
    assert "1 settings" in tuning and "/body_0" in tuning


def test_the_largest_float_means_no_limit(stage, add_body, caplog):
    prim = add_body("/body")
    prim.ApplyAPI("PhysxRigidBodyAPI")
    prim.CreateAttribute("physxRigidBody:maxContactImpulse", Sdf.ValueTypeNames.Float).Set(1e32)

    with caplog.at_level(logging.WARNING, "isaaclab_factory.kitless"):
        read_stage(stage)

    assert not caplog.records


def test_attributes_at_their_default_are_not_worth_a_word(stage, add_body, caplog):
    prim = add_body("/body")
    prim.ApplyAPI("PhysxRigidBodyAPI")
    prim.CreateAttribute("physxRigidBody:retainAccelerations", Sdf.ValueTypeNames.Bool).Set(False)
    prim.CreateAttribute("physxRigidBody:lockedPosAxis", Sdf.ValueTypeNames.Int).Set(0)

    with caplog.at_level(logging.WARNING, "isaaclab_factory.kitless"):
        read_stage(stage)

    assert not caplog.records


def test_locked_axes_are_an_error(stage, add_body):
    prim = add_body("/body")
    prim.CreateAttribute("physxRigidBody:lockedPosAxis", Sdf.ValueTypeNames.Int).Set(2)

    with pytest.raises(SceneError, match="/body: physxRigidBody:lockedPosAxis is 2"):
        read_stage(stage)


@pytest.mark.parametrize("schema", ["PhysxDeformableBodyAPI", "PhysxTendonAxisAPI:arm", "PhysxParticleClothAPI"])
def test_unsupported_schemas_are_errors(stage, add_body, schema):
    add_body("/body").AddAppliedSchema(schema)

    with pytest.raises(SceneError, match=f"/body: .*{schema.split(':')[0]}"):
        read_stage(stage)


def test_particle_systems_are_errors(stage):
    stage.DefinePrim("/particles", "PhysxParticleSystem")

    with pytest.raises(SceneError, match="/particles: particles"):
        read_stage(stage)


def test_filtered_pairs_name_bodies_also_through_prims_above_them(stage, add_body):
    add_body("/robot/a")
    add_body("/robot/b")
    other = add_body("/other")
    api = UsdPhysics.FilteredPairsAPI.Apply(other)
    api.CreateFilteredPairsRel().SetTargets(["/robot", "/other/box"])

    bodies = {body.path: body for body in read_stage(stage).bodies}

    assert bodies["/other"].filtered_paths == ("/robot/a", "/robot/b", "/other/box")


def test_collision_groups(stage, add_body):
    groups = {}
    for name in "abc":
        add_body(f"/{name}")
        groups[name] = UsdPhysics.CollisionGroup.Define(stage, f"/groups/{name}")
        groups[name].GetCollidersCollectionAPI().CreateIncludesRel().AddTarget(f"/{name}")
    groups["a"].CreateFilteredGroupsRel().AddTarget("/groups/b")

    scene = read_stage(stage)

    assert [body.colliders[0].collision_group for body in scene.bodies] == ["/groups/a", "/groups/b", "/groups/c"]
    expected = {"/groups/a": {"/groups/b"}, "/groups/b": {"/groups/a"}, "/groups/c": set()}
    assert scene.collision_group_filters == expected


def test_an_inverted_scene_keeps_apart_all_groups_but_the_named(stage, add_body):
    scene_prim = stage.GetPrimAtPath("/physicsScene")
    scene_prim.CreateAttribute("physxScene:invertCollisionGroupFilter", Sdf.ValueTypeNames.Bool).Set(True)
    for name, friends in {"a": "ac", "b": "b", "c": "ca"}.items():
        add_body(f"/{name}")
        group = UsdPhysics.CollisionGroup.Define(stage, f"/groups/{name}")
        group.GetCollidersCollectionAPI().CreateIncludesRel().AddTarget(f"/{name}")
        group.CreateFilteredGroupsRel().SetTargets([f"/groups/{friend}" for friend in friends])

    filters = read_stage(stage).collision_group_filters

    assert filters == {
        "/groups/a": {"/groups/b"},
        "/groups/b": {"/groups/a", "/groups/c"},
        "/groups/c": {"/groups/b"},
    }


def test_bodies_of_a_point_instancer_are_an_error(stage, add_body):
    UsdGeom.PointInstancer.Define(stage, "/points")
    add_body("/points/prototype")

    with pytest.raises(SceneError, match="/points/prototype: rigid bodies of a point instancer"):
        read_stage(stage)


def test_a_second_physics_scene_is_noted(stage, caplog):
    UsdPhysics.Scene.Define(stage, "/scene_two")

    with caplog.at_level(logging.WARNING, "isaaclab_factory.kitless"):
        read_stage(stage)

    assert "/physicsScene (/scene_two)" in caplog.text
