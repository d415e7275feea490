# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What the commands do. Arguments are those of Kit's commands; what only concerns the editor is not accepted."""

from __future__ import annotations

from typing import Any

from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade

import omni.usd


def bind_material(
    stage: Usd.Stage,
    prim_path: str | Sdf.Path | list[str],
    material_path: str | Sdf.Path,
    strength: str = UsdShade.Tokens.weakerThanDescendants,
) -> None:
    """Bind a material to prims."""
    material = UsdShade.Material(stage.GetPrimAtPath(str(material_path)))
    for path in prim_path if isinstance(prim_path, list) else [prim_path]:
        UsdShade.MaterialBindingAPI.Apply(stage.GetPrimAtPath(str(path))).Bind(material, bindingStrength=strength)


def change_property(
    stage: Usd.Stage,
    prop_path: str | Sdf.Path,
    value: Any,
    prev: Any = None,
    timecode: Usd.TimeCode | None = None,
    type_to_create_if_not_exist: Sdf.ValueTypeName | None = None,
    is_custom: bool = False,
    **editor_options: Any,
) -> None:
    """Set an attribute, and create it where a type is given. Nothing happens if there is none, as in Kit."""
    path = Sdf.Path(str(prop_path))
    prim = stage.GetPrimAtPath(path.GetPrimPath())
    attribute = prim.GetAttribute(path.name)
    if not attribute and type_to_create_if_not_exist is not None:
        attribute = prim.CreateAttribute(path.name, type_to_create_if_not_exist, is_custom)
    if attribute:
        attribute.Set(value, timecode or Usd.TimeCode.Default())


def copy_prim(
    stage: Usd.Stage,
    path_from: str | Sdf.Path,
    path_to: str | Sdf.Path | None = None,
    duplicate_layers: bool = False,
    combine_layers: bool = False,
    exclusive_select: bool = True,
    copy_to_introducing_layer: bool = False,
) -> str:
    """Copy a prim and all below it."""
    target = str(path_to) if path_to else omni.usd.get_stage_next_free_path(stage, str(path_from), False)
    layer = stage.GetEditTarget().GetLayer()
    Sdf.CreatePrimInLayer(layer, target)
    Sdf.CopySpec(layer, Sdf.Path(str(path_from)), layer, Sdf.Path(target))
    return target


def create_default_xform(stage: Usd.Stage, prim_path: str | Sdf.Path) -> None:
    """Give a prim the operations translate, orient and scale."""
    xform = UsdGeom.Xformable(stage.GetPrimAtPath(str(prim_path)))
    xform.ClearXformOpOrder()
    xform.AddTranslateOp(UsdGeom.XformOp.PrecisionDouble).Set(Gf.Vec3d(0.0))
    xform.AddOrientOp(UsdGeom.XformOp.PrecisionDouble).Set(Gf.Quatd(1.0))
    xform.AddScaleOp(UsdGeom.XformOp.PrecisionDouble).Set(Gf.Vec3d(1.0))


def delete_prims(stage: Usd.Stage, paths: list[str | Sdf.Path], destructive: bool = True) -> None:
    """Remove prims from the stage."""
    for path in paths:
        omni.usd.announce_deletion(str(path))
        stage.RemovePrim(Sdf.Path(str(path)))


def move_prim(
    stage: Usd.Stage,
    path_from: str | Sdf.Path,
    path_to: str | Sdf.Path,
    keep_world_transform: bool = True,
    on_move_fn: Any = None,
    destructive: bool = True,
) -> None:
    """Move a prim to another path; its pose in the world stays, or its pose in its parent."""
    before = omni.usd.get_world_transform_matrix(stage.GetPrimAtPath(str(path_from)))
    editor = Usd.NamespaceEditor(stage)
    editor.MovePrimAtPath(str(path_from), str(path_to))
    if not editor.ApplyEdits():
        raise ValueError(f"cannot move '{path_from}' to '{path_to}'")
    xform = UsdGeom.Xformable(stage.GetPrimAtPath(str(path_to)))
    if keep_world_transform and xform:
        parent = xform.ComputeParentToWorldTransform(Usd.TimeCode.Default())
        _set_local_transform(xform, before * parent.GetInverse())


def _set_local_transform(xform: UsdGeom.Xformable, matrix: Gf.Matrix4d) -> None:
    """Write a transform into the operations translate, orient and scale, as the spawners author them."""
    transform = Gf.Transform(matrix)
    values = {
        "xformOp:translate": transform.GetTranslation(),
        "xformOp:orient": transform.GetRotation().GetQuat(),
        "xformOp:scale": transform.GetScale(),
    }
    ops = {op.GetName(): op for op in xform.GetOrderedXformOps()}
    if not ops:
        create_default_xform(xform.GetPrim().GetStage(), xform.GetPath())
        ops = {op.GetName(): op for op in xform.GetOrderedXformOps()}
    if set(ops) != set(values):
        xform.MakeMatrixXform().Set(matrix)
        return
    for name, op in ops.items():
        op.Set(type(op.Get())(values[name]))


def toggle_visibility(stage: Usd.Stage, selected_paths: list[str | Sdf.Path]) -> None:
    """Hide the prims that are visible and show the others."""
    for path in selected_paths:
        imageable = UsdGeom.Imageable(stage.GetPrimAtPath(str(path)))
        if imageable.ComputeVisibility() == UsdGeom.Tokens.invisible:
            imageable.MakeVisible()
        else:
            imageable.MakeInvisible()
