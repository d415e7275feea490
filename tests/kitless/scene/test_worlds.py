# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Parallel worlds: how they are found and that they have to be copies."""

from __future__ import annotations

import time

import numpy as np
import pytest
from pxr import Sdf, Usd, UsdGeom, UsdPhysics

from isaaclab_factory.kitless.scene import SceneError, read_stage

ROOT = "/World/envs"


@pytest.fixture
def template(stage, add_body, add_joint):
    """World env_0 with a robot of two links and a box."""
    UsdGeom.Xform.Define(stage, f"{ROOT}/env_0").AddTranslateOp().Set((0, 0, 0))
    for name in ("base", "arm"):
        add_body(f"{ROOT}/env_0/robot/{name}")
    add_joint(f"{ROOT}/env_0/robot/joint", "Revolute", f"{ROOT}/env_0/robot/base", f"{ROOT}/env_0/robot/arm")
    UsdPhysics.ArticulationRootAPI.Apply(stage.GetPrimAtPath(f"{ROOT}/env_0/robot/base"))
    add_body(f"{ROOT}/env_0/box", (1, 0, 0))
    UsdPhysics.CollisionAPI.Apply(UsdGeom.Plane.Define(stage, "/World/ground").GetPrim())


def copy(stage: Usd.Stage, number: int) -> None:
    """Copy env_0 as Isaac Lab's cloner does with ``copy_from_source=True``."""
    layer = stage.GetRootLayer()
    Sdf.CopySpec(layer, f"{ROOT}/env_0", layer, f"{ROOT}/env_{number}")
    move(stage, number)


def inherit(stage: Usd.Stage, number: int) -> None:
    """Copy env_0 as Isaac Lab's cloner does with ``copy_from_source=False``."""
    UsdGeom.Xform.Define(stage, f"{ROOT}/env_{number}").GetPrim().GetInherits().AddInherit(f"{ROOT}/env_0")
    move(stage, number)


def move(stage: Usd.Stage, number: int) -> None:
    stage.GetPrimAtPath(f"{ROOT}/env_{number}").GetAttribute("xformOp:translate").Set((number, 2.0 * number, 0))


@pytest.mark.parametrize("clone", [copy, inherit])
@pytest.mark.usefixtures("template")
def test_environments_are_worlds_and_the_first_is_described(stage, clone):
    for i in range(1, 12):
        clone(stage, i)

    scene = read_stage(stage)

    assert scene.world_paths == [f"{ROOT}/env_{i}" for i in range(12)]
    np.testing.assert_allclose(scene.world_origins, [(i, 2 * i, 0) for i in range(12)])
    names = ["robot/base", "robot/arm", "box"]
    assert [body.path for body in scene.bodies] == [f"{ROOT}/env_0/{name}" for name in names]
    assert [collider.path for collider in scene.static_colliders] == ["/World/ground"]
    assert len(scene.articulations) == 1 and len(scene.joints) == 1
    assert scene.path_in_world(f"{ROOT}/env_0/box", 11) == f"{ROOT}/env_11/box"
    assert scene.path_in_world("/World/ground", 11) == "/World/ground"


@pytest.mark.usefixtures("template")
def test_a_single_environment_is_a_world(stage):
    scene = read_stage(stage)

    assert scene.world_paths == [f"{ROOT}/env_0"]


def test_a_stage_without_environments_is_one_world(stage, add_body):
    add_body("/World/box")

    scene = read_stage(stage)

    assert scene.world_paths == [""]
    np.testing.assert_array_equal(scene.world_origins, np.zeros((1, 3)))
    assert scene.path_in_world("/World/box", 0) == "/World/box"


@pytest.mark.parametrize("clone", [copy, inherit])
@pytest.mark.usefixtures("template")
def test_a_different_mass_is_an_error_that_names_the_prim(stage, clone):
    clone(stage, 1)
    clone(stage, 2)
    UsdPhysics.MassAPI.Apply(stage.OverridePrim(f"{ROOT}/env_2/box")).CreateMassAttr(3.0)

    with pytest.raises(SceneError, match=f"{ROOT}/env_2/box: "):
        read_stage(stage)


@pytest.mark.usefixtures("template")
def test_a_different_value_is_an_error_that_names_it(stage):
    copy(stage, 1)
    stage.GetPrimAtPath(f"{ROOT}/env_1/box/box").GetAttribute("size").Set(0.2)

    with pytest.raises(SceneError, match=rf"{ROOT}/env_1/box/box: size is 0.2 but 0.1"):
        read_stage(stage)


@pytest.mark.usefixtures("template")
def test_a_missing_body_is_an_error(stage):
    copy(stage, 1)
    stage.RemovePrim(f"{ROOT}/env_1/box")

    with pytest.raises(SceneError, match=f"{ROOT}/env_1/box"):
        read_stage(stage)


@pytest.mark.parametrize("clone", [copy, inherit])
@pytest.mark.usefixtures("template")
def test_differences_that_physics_does_not_see_are_allowed(stage, clone):
    clone(stage, 1)
    stage.OverridePrim(f"{ROOT}/env_1/box/box").CreateAttribute("primvars:displayColor", Sdf.ValueTypeNames.Color3f)
    stage.DefinePrim(f"{ROOT}/env_1/camera", "Camera")

    assert read_stage(stage).num_worlds == 2


@pytest.mark.usefixtures("template")
def test_a_turned_environment_is_an_error(stage):
    copy(stage, 1)
    UsdGeom.Xformable(stage.GetPrimAtPath(f"{ROOT}/env_1")).AddRotateZOp().Set(10)

    with pytest.raises(SceneError, match=f"{ROOT}/env_1: .* not turned"):
        read_stage(stage)


@pytest.mark.usefixtures("template")
def test_a_moving_body_outside_the_environments_cannot_be_shared(stage, add_body):
    copy(stage, 1)
    shared = add_body("/World/shared")

    with pytest.raises(SceneError, match="/World/shared: a moving body outside"):
        read_stage(stage)

    UsdPhysics.RigidBodyAPI(shared).CreateKinematicEnabledAttr(True)
    assert "/World/shared" in [body.path for body in read_stage(stage).bodies]


@pytest.mark.parametrize("clone", [copy, inherit])
def test_a_stage_of_128_environments_is_read_in_a_moment(stage, add_body, clone):
    UsdGeom.Xform.Define(stage, f"{ROOT}/env_0").AddTranslateOp().Set((0, 0, 0))
    for i in range(30):
        add_body(f"{ROOT}/env_0/body_{i}")
    for i in range(1, 128):
        clone(stage, i)

    start = time.perf_counter()
    scene = read_stage(stage)

    assert scene.num_worlds == 128 and len(scene.bodies) == 30
    assert time.perf_counter() - start < 2.0
