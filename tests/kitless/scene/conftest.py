# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Stages in memory for the tests of the reader."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pxr import Gf, Usd, UsdGeom, UsdPhysics

from isaaclab_factory import kitless

kitless.prepare()  # registers the PhysX schemas, which has to be done before a stage is opened


@pytest.fixture
def stage() -> Usd.Stage:
    """An empty stage in metres, z up."""
    stage = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.z)
    UsdPhysics.Scene.Define(stage, "/physicsScene")
    return stage


@pytest.fixture
def add_body(stage: Usd.Stage) -> Callable[..., Usd.Prim]:
    """Adds a rigid body with a box of 0.1 m edges below it."""

    def add(path: str, pos: tuple[float, float, float] = (0.0, 0.0, 0.0), mass: float | None = None) -> Usd.Prim:
        body = UsdGeom.Xform.Define(stage, path)
        body.AddTranslateOp().Set(Gf.Vec3d(*pos))
        UsdPhysics.RigidBodyAPI.Apply(body.GetPrim())
        if mass is not None:
            UsdPhysics.MassAPI.Apply(body.GetPrim()).CreateMassAttr(mass)
        box = UsdGeom.Cube.Define(stage, f"{path}/box")
        box.CreateSizeAttr(0.1)
        UsdPhysics.CollisionAPI.Apply(box.GetPrim())
        return body.GetPrim()

    return add


@pytest.fixture
def add_joint(stage: Usd.Stage) -> Callable[..., Usd.Prim]:
    """Adds a joint of a kind ("Fixed", "Revolute", "Prismatic", ...) between two bodies, "" for the world."""

    def add(path: str, kind: str, parent: str, child: str) -> Usd.Prim:
        joint = UsdPhysics.Joint(stage.DefinePrim(path, f"Physics{kind}Joint"))
        if parent:
            joint.CreateBody0Rel().SetTargets([parent])
        if child:
            joint.CreateBody1Rel().SetTargets([child])
        return joint.GetPrim()

    return add
