# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Copies of environments."""

import time

import numpy as np
import pytest
from isaacsim.core.cloner import Cloner, GridCloner
from pxr import Gf, Usd, UsdGeom, UsdPhysics


@pytest.fixture
def stage() -> Usd.Stage:
    """A stage with one environment of a robot with forty links."""
    stage = Usd.Stage.CreateInMemory()
    UsdGeom.Xform.Define(stage, "/World/envs/env_0")
    for index in range(40):
        cube = UsdGeom.Cube.Define(stage, f"/World/envs/env_0/Robot/link_{index}")
        UsdPhysics.RigidBodyAPI.Apply(cube.GetPrim())
        cube.AddTranslateOp().Set(Gf.Vec3d(0.0, 0.0, float(index)))
    return stage


def world_position(stage: Usd.Stage, path: str) -> np.ndarray:
    matrix = UsdGeom.Xformable(stage.GetPrimAtPath(path)).ComputeLocalToWorldTransform(Usd.TimeCode.Default())
    return np.array(matrix.ExtractTranslation())


@pytest.mark.parametrize("copy_from_source", [True, False])
def test_copies_stand_on_the_grid_with_all_that_is_below(stage, copy_from_source):
    cloner = GridCloner(spacing=2.0, stage=stage)
    paths = cloner.generate_paths("/World/envs/env", 5)
    origins = cloner.clone(source_prim_path=paths[0], prim_paths=paths, copy_from_source=copy_from_source)
    assert len(np.unique(origins, axis=0)) == 5
    np.testing.assert_allclose(np.ptp(origins, axis=0), [4.0, 2.0, 0.0])  # 3 rows of 2
    for path, origin in zip(paths, origins, strict=True):
        prim = stage.GetPrimAtPath(f"{path}/Robot/link_7")
        assert prim.GetTypeName() == "Cube" and prim.HasAPI(UsdPhysics.RigidBodyAPI)
        np.testing.assert_allclose(world_position(stage, f"{path}/Robot/link_7"), np.add(origin, [0.0, 0.0, 7.0]))


@pytest.mark.parametrize("copy_from_source, follows", [(True, False), (False, True)])
def test_only_inheriting_copies_follow_the_source(stage, copy_from_source, follows):
    cloner = Cloner(stage=stage)
    cloner.clone("/World/envs/env_0", ["/World/envs/env_1"], copy_from_source=copy_from_source)
    UsdGeom.Cube(stage.GetPrimAtPath("/World/envs/env_0/Robot/link_3")).GetSizeAttr().Set(5.0)
    size = UsdGeom.Cube(stage.GetPrimAtPath("/World/envs/env_1/Robot/link_3")).GetSizeAttr().Get()
    assert (size == 5.0) is follows


def test_pose_operations_of_another_precision_are_replaced(stage):
    source = stage.GetPrimAtPath("/World/envs/env_0")
    UsdGeom.Xformable(source).AddTranslateOp(UsdGeom.XformOp.PrecisionFloat).Set(Gf.Vec3f(9.0))
    GridCloner(spacing=1.0, stage=stage).clone("/World/envs/env_0", ["/World/envs/env_0"])
    np.testing.assert_allclose(world_position(stage, "/World/envs/env_0"), [0.0, 0.0, 0.0])


def test_collision_groups_of_environments_name_only_themselves_and_what_is_global(stage):
    UsdPhysics.Scene.Define(stage, "/physicsScene")
    UsdGeom.Cube.Define(stage, "/World/ground")
    cloner = GridCloner(spacing=1.0, stage=stage)
    paths = cloner.generate_paths("/World/envs/env", 3)
    cloner.clone(paths[0], paths)
    cloner.filter_collisions("/physicsScene", "/World/collisions", paths, ["/World/ground"])
    assert stage.GetPrimAtPath("/physicsScene").GetAttribute("physxScene:invertCollisionGroupFilter").Get()
    table = UsdPhysics.CollisionGroup.ComputeCollisionGroupTable(stage)
    # With the filter inverted, "disabled" pairs of the plain reading are the ones that touch.
    group = "/World/collisions/group1"
    assert not table.IsCollisionEnabled(group, group)
    assert not table.IsCollisionEnabled(group, "/World/collisions/global_group")
    assert table.IsCollisionEnabled(group, "/World/collisions/group2")
    collection = UsdPhysics.CollisionGroup(stage.GetPrimAtPath(group)).GetCollidersCollectionAPI()
    assert collection.ComputeMembershipQuery().IsPathIncluded("/World/envs/env_1/Robot/link_0")
    assert not collection.ComputeMembershipQuery().IsPathIncluded("/World/envs/env_2/Robot/link_0")


def test_a_hundred_environments_are_copied_within_seconds(stage):
    cloner = GridCloner(spacing=1.0, stage=stage)
    paths = cloner.generate_paths("/World/envs/env", 128)
    start = time.perf_counter()
    cloner.clone(paths[0], paths)
    assert time.perf_counter() - start < 3.0
    assert stage.GetPrimAtPath("/World/envs/env_127/Robot/link_39")
