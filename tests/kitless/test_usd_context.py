# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The USD context, Kit's commands and helpers for stages."""

import numpy as np
import omni.kit.commands
import omni.usd
import pytest
from isaacsim.core.simulation_manager import IsaacEvents, SimulationManager
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade


@pytest.fixture
def stage() -> Usd.Stage:
    omni.usd.get_context().new_stage()
    return omni.usd.get_context().get_stage()


def world_matrix(stage: Usd.Stage, path: str) -> np.ndarray:
    return np.array(omni.usd.get_world_transform_matrix(stage.GetPrimAtPath(path)))


def test_new_stage_is_empty_in_metres_with_z_up(stage):
    UsdGeom.Cube.Define(stage, "/cube")
    omni.usd.get_context().new_stage()
    new = omni.usd.get_context().get_stage()
    assert not new.GetPrimAtPath("/cube")
    assert UsdGeom.GetStageUpAxis(new) == "Z" and UsdGeom.GetStageMetersPerUnit(new) == 1.0


def test_stage_opens_from_a_file(tmp_path):
    file = tmp_path / "stage.usda"
    new = Usd.Stage.CreateNew(str(file))
    new.DefinePrim("/from_file")
    new.Save()
    assert omni.usd.get_context().open_stage(str(file))
    assert omni.usd.get_context().get_stage().GetPrimAtPath("/from_file")
    omni.usd.get_context().close_stage()
    assert omni.usd.get_context().get_stage() is None
    omni.usd.get_context().new_stage()


@pytest.mark.parametrize(
    "taken, wanted, free",
    [
        ([], "/World/Cube", "/World/Cube"),
        (["/World/Cube"], "/World/Cube", "/World/Cube_01"),
        (["/World/Cube", "/World/Cube_01"], "/World/Cube", "/World/Cube_02"),
        (["/World/Cube_01"], "/World/Cube_01", "/World/Cube_02"),
    ],
)
def test_next_free_path(stage, taken, wanted, free):
    for path in taken:
        stage.DefinePrim(path)
    assert omni.usd.get_stage_next_free_path(stage, wanted, True) == free


def test_deleting_a_prim_is_announced(stage):
    stage.DefinePrim("/World/a")
    deleted = []
    callback = SimulationManager.register_callback(deleted.append, event=IsaacEvents.PRIM_DELETION)
    omni.kit.commands.execute("DeletePrimsCommand", paths=["/World/a"], stage=stage)
    omni.usd.get_context().new_stage()
    SimulationManager.deregister_callback(callback)
    assert deleted == ["/World/a", "/"]


@pytest.mark.parametrize("keep", [True, False])
def test_moved_prim_keeps_its_world_pose_if_asked_to(stage, keep):
    parent = UsdGeom.Xform.Define(stage, "/parent")
    parent.AddTranslateOp().Set(Gf.Vec3d(1.0, 2.0, 3.0))
    parent.AddRotateZOp().Set(30.0)
    child = UsdGeom.Cube.Define(stage, "/child")
    child.AddTranslateOp().Set(Gf.Vec3d(5.0, 0.0, 0.0))
    before = world_matrix(stage, "/child")
    omni.kit.commands.execute("MovePrimCommand", path_from="/child", path_to="/parent/child", keep_world_transform=keep)
    assert not stage.GetPrimAtPath("/child")
    after = world_matrix(stage, "/parent/child")
    np.testing.assert_allclose(after, before if keep else before @ world_matrix(stage, "/parent"), atol=1e-12)


def test_material_is_bound_and_property_changed(stage):
    UsdGeom.Cube.Define(stage, "/cube")
    UsdShade.Material.Define(stage, "/material")
    omni.kit.commands.execute(
        "BindMaterialCommand", prim_path="/cube", material_path="/material", strength="strongerThanDescendants"
    )
    bound, relationship = UsdShade.MaterialBindingAPI(stage.GetPrimAtPath("/cube")).ComputeBoundMaterial()
    assert bound.GetPath() == "/material"
    assert UsdShade.MaterialBindingAPI.GetMaterialBindingStrength(relationship) == "strongerThanDescendants"
    omni.kit.commands.execute(
        "ChangeProperty", prop_path="/cube.mine", value=2.5, type_to_create_if_not_exist=Sdf.ValueTypeNames.Double
    )
    assert stage.GetAttributeAtPath("/cube.mine").Get() == 2.5


def test_visibility_is_toggled(stage):
    cube = UsdGeom.Imageable(UsdGeom.Cube.Define(stage, "/cube"))
    for expected in ("invisible", "inherited"):
        omni.kit.commands.execute("ToggleVisibilitySelectedPrims", selected_paths=["/cube"])
        assert cube.ComputeVisibility() == expected


def test_relative_paths_of_a_copied_layer_lead_to_the_same_file(tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / "copies").mkdir()
    source = Usd.Stage.CreateNew(str(tmp_path / "assets" / "source.usda"))
    source.DefinePrim("/a").GetReferences().AddReference("./part.usda", "/part")
    source.Save()
    target = Sdf.Layer.CreateNew(str(tmp_path / "copies" / "target.usda"))
    target.TransferContent(source.GetRootLayer())
    omni.usd.resolve_paths(source.GetRootLayer().identifier, target.identifier)
    [reference] = target.GetPrimAtPath("/a").referenceList.prependedItems
    assert target.ComputeAbsolutePath(reference.assetPath) == str(tmp_path / "assets" / "part.usda")


def test_prims_of_references_are_ancestral(stage, tmp_path):
    other = Usd.Stage.CreateNew(str(tmp_path / "other.usda"))
    other.SetDefaultPrim(other.DefinePrim("/root", "Xform"))
    other.DefinePrim("/root/child", "Xform")
    other.Save()
    stage.DefinePrim("/a", "Xform").GetReferences().AddReference(str(tmp_path / "other.usda"))
    assert not omni.usd.check_ancestral(stage.GetPrimAtPath("/a"))
    assert omni.usd.check_ancestral(stage.GetPrimAtPath("/a/child"))


def test_viewport_camera_looks_at_its_target(stage):
    from isaacsim.core.utils.viewports import set_camera_view

    set_camera_view(eye=(3.0, 1.0, 2.0), target=(0.0, 0.0, 0.5), camera_prim_path="/camera")
    matrix = world_matrix(stage, "/camera")
    np.testing.assert_allclose(matrix[3, :3], [3.0, 1.0, 2.0])
    direction = np.array([-3.0, -1.0, -1.5])
    np.testing.assert_allclose(-matrix[2, :3], direction / np.linalg.norm(direction), atol=1e-12)
