# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""PhysX schemas on plain USD."""

import pytest
from pxr import PhysxSchema, Sdf, Usd, UsdGeom, UsdPhysics


@pytest.fixture
def stage() -> Usd.Stage:
    stage = Usd.Stage.CreateInMemory()
    UsdGeom.Cube.Define(stage, "/cube")
    return stage


def test_applied_schema_is_written_and_found(stage):
    prim = stage.GetPrimAtPath("/cube")
    assert not PhysxSchema.PhysxRigidBodyAPI(prim)
    assert not prim.HasAPI(PhysxSchema.PhysxRigidBodyAPI)
    schema = PhysxSchema.PhysxRigidBodyAPI.Apply(prim)
    assert schema and prim.HasAPI(PhysxSchema.PhysxRigidBodyAPI) and prim.HasAPI("PhysxRigidBodyAPI")
    assert prim.GetMetadata("apiSchemas").GetAddedOrExplicitItems() == ["PhysxRigidBodyAPI"]
    prim.RemoveAPI(PhysxSchema.PhysxRigidBodyAPI)
    assert not PhysxSchema.PhysxRigidBodyAPI(prim)


def test_attributes_have_type_fallback_and_value(stage):
    schema = PhysxSchema.PhysxArticulationAPI.Apply(stage.GetPrimAtPath("/cube"))
    attribute = schema.GetSolverPositionIterationCountAttr()
    assert attribute.Get() == 32 and not attribute.IsAuthored()
    schema.CreateSolverPositionIterationCountAttr().Set(8)
    text = stage.GetRootLayer().ExportToString()
    assert "int physxArticulation:solverPositionIterationCount = 8" in text


def test_unknown_attribute_is_an_error(stage):
    schema = PhysxSchema.PhysxArticulationAPI.Apply(stage.GetPrimAtPath("/cube"))
    with pytest.raises(AttributeError, match="CreateWingsAttr"):
        schema.CreateWingsAttr()


def test_schema_that_is_applied_several_times_keeps_its_instances_apart(stage):
    prim = stage.GetPrimAtPath("/cube")
    for instance, gearing in (("rotX", -1.0), ("rotY", 2.0)):
        mimic = PhysxSchema.PhysxMimicJointAPI.Apply(prim, instance)
        mimic.CreateGearingAttr(gearing)
        mimic.CreateReferenceJointRel().SetTargets([Sdf.Path("/joint")])
    assert prim.HasAPI(PhysxSchema.PhysxMimicJointAPI) and prim.HasAPI(PhysxSchema.PhysxMimicJointAPI, "rotY")
    assert prim.GetAttribute("physxMimicJoint:rotY:gearing").Get() == 2.0
    found = {schema.GetName(): schema.GetGearingAttr().Get() for schema in PhysxSchema.PhysxMimicJointAPI.GetAll(prim)}
    assert found == {"rotX": -1.0, "rotY": 2.0}
    assert prim.GetRelationship("physxMimicJoint:rotX:referenceJoint").GetTargets() == [Sdf.Path("/joint")]


def test_instance_name_is_needed_where_it_belongs_and_nowhere_else(stage):
    prim = stage.GetPrimAtPath("/cube")
    with pytest.raises(TypeError, match="PhysxLimitAPI needs an instance name"):
        PhysxSchema.PhysxLimitAPI.Apply(prim)
    with pytest.raises(TypeError, match="PhysxCollisionAPI does not take an instance name"):
        PhysxSchema.PhysxCollisionAPI.Apply(prim, "rotX")


def test_schema_names_all_its_attributes(stage):
    names = PhysxSchema.PhysxCollisionAPI.GetSchemaAttributeNames()
    assert {"physxCollision:contactOffset", "physxCollision:restOffset"} <= set(names)
    schema = PhysxSchema.PhysxCollisionAPI.Apply(stage.GetPrimAtPath("/cube"))
    assert all(schema.GetPrim().GetAttribute(name) for name in names)


def test_type_of_a_prim_can_be_asked_for_with_our_classes(stage):
    PhysxSchema.PhysxParticleSystem.Define(stage, "/particles")
    assert stage.GetPrimAtPath("/particles").IsA(PhysxSchema.PhysxParticleSystem)
    assert not stage.GetPrimAtPath("/cube").IsA(PhysxSchema.PhysxParticleSystem)


def test_schemas_of_usd_work_as_before(stage):
    prim = stage.GetPrimAtPath("/cube")
    prim.ApplyAPI(UsdPhysics.CollisionAPI)
    assert prim.HasAPI(UsdPhysics.CollisionAPI) and prim.IsA(UsdGeom.Cube) and not prim.HasAPI(UsdPhysics.MassAPI)
    UsdPhysics.DriveAPI.Apply(prim, "angular")
    assert prim.HasAPI(UsdPhysics.DriveAPI, "angular")
