# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Copies prims, environments above all, on the layer of the stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pxr import Gf, Sdf, Usd, UsdGeom, UsdPhysics, Vt

from isaacsim.core.utils.stage import get_current_stage

_IDENTITY = (1.0, 0.0, 0.0, 0.0)


class Cloner:
    """Copies prims.

    Args:
        stage: The stage; the current one by default.
    """

    def __init__(self, stage: Usd.Stage | None = None):
        self._stage = get_current_stage() if stage is None else stage
        self._base_env_path: str | None = None

    def define_base_env(self, base_env_path: str) -> None:
        """Define the prim that holds the copies."""
        UsdGeom.Scope.Define(self._stage, base_env_path)
        self._base_env_path = base_env_path

    def generate_paths(self, root_path: str, num_paths: int) -> list[str]:
        """Paths of the copies: root_path_0, root_path_1, ..."""
        return [f"{root_path}_{index}" for index in range(num_paths)]

    def clone(
        self,
        source_prim_path: str,
        prim_paths: Sequence[str],
        positions: np.ndarray | None = None,
        orientations: np.ndarray | None = None,
        replicate_physics: bool = False,
        base_env_path: str | None = None,
        root_path: str | None = None,
        copy_from_source: bool = False,
        unregister_physics_replication: bool = False,
        enable_env_ids: bool = False,
        clone_in_fabric: bool = False,
    ) -> None:
        """Copy a prim and all below it.

        Args:
            source_prim_path: The prim.
            prim_paths: Paths of the copies; the source may be among them.
            positions: Position of each copy in its parent's frame (m); as the source by default. Shape is (N, 3).
            orientations: Orientation of each copy, (w, x, y, z). Shape is (N, 4).
            replicate_physics: Of PhysX: whether to read one copy only. The engine decides that itself.
            base_env_path: Of physics replication.
            root_path: Of physics replication.
            copy_from_source: Whether the copies are independent of the source; if not, they inherit from it.
            unregister_physics_replication: Of physics replication.
            enable_env_ids: Of PhysX on a GPU: keeps copies from touching each other. Worlds of an engine never do.
            clone_in_fabric: Of Fabric, which is off.
        """
        layer = self._stage.GetEditTarget().GetLayer()
        source = Sdf.Path(source_prim_path)
        with Sdf.ChangeBlock():
            for index, path in enumerate(prim_paths):
                if path != source_prim_path:
                    spec = Sdf.CreatePrimInLayer(layer, path)
                    if copy_from_source:
                        Sdf.CopySpec(layer, source, layer, spec.path)
                    else:
                        _inherit(spec, layer.GetPrimAtPath(source))
                if positions is not None:
                    orientation = _IDENTITY if orientations is None else orientations[index]
                    _place(layer.GetPrimAtPath(path), positions[index], orientation)

    def replicate_physics(
        self, source_prim_path: str, prim_paths: Sequence[str], base_env_path: str, root_path: str, **kwargs: Any
    ) -> None:
        """Tell PhysX that prims are copies, so that it reads only one. The engine finds that out itself."""

    def filter_collisions(
        self,
        physicsscene_path: str,
        collision_root_path: str,
        prim_paths: Sequence[str],
        global_paths: Sequence[str] = (),
    ) -> None:
        """Let prims touch what is below them and what is global, but not each other.

        Args:
            physicsscene_path: The physics scene.
            collision_root_path: Prim to author the collision groups under.
            prim_paths: The prims.
            global_paths: What all of them may touch.
        """
        scene = self._stage.GetPrimAtPath(physicsscene_path)
        # With the filter inverted, groups touch only the groups that they name.
        scene.CreateAttribute("physxScene:invertCollisionGroupFilter", Sdf.ValueTypeNames.Bool, False).Set(True)
        layer = self._stage.GetEditTarget().GetLayer()
        root = Sdf.Path(collision_root_path)
        global_group = root.AppendChild("global_group")
        groups = [root.AppendChild(f"group{index}") for index in range(len(prim_paths))]
        with Sdf.ChangeBlock():
            _define(layer, root, "Scope")
            for group, path in zip(groups, prim_paths, strict=True):
                _define_group(layer, group, [path], [group, global_group] if global_paths else [group])
            if global_paths:
                _define_group(layer, global_group, global_paths, [global_group, *groups])


def _inherit(spec: Sdf.PrimSpec, source: Sdf.PrimSpec) -> None:
    """Make a prim inherit from another one."""
    spec.specifier = Sdf.SpecifierDef
    spec.typeName = source.typeName
    spec.inheritPathList.Prepend(source.path)


def _place(spec: Sdf.PrimSpec, position: Sequence[float], orientation: Sequence[float]) -> None:
    """Set the pose of a prim with the operations translate, orient and scale."""
    types = Sdf.ValueTypeNames
    w, x, y, z = (float(value) for value in orientation)
    operations = {
        "xformOp:translate": (types.Double3, Gf.Vec3d(*(float(value) for value in position))),
        "xformOp:orient": (types.Quatd, Gf.Quatd(w, x, y, z)),
        "xformOp:scale": (types.Double3, Gf.Vec3d(1.0)),
    }
    for name, (type_name, value) in operations.items():
        _attribute(spec, name, type_name).default = value
    order = _attribute(spec, "xformOpOrder", types.TokenArray, Sdf.VariabilityUniform)
    order.default = Vt.TokenArray(list(operations))


def _attribute(
    spec: Sdf.PrimSpec,
    name: str,
    type_name: Sdf.ValueTypeName,
    variability: Sdf.Variability = Sdf.VariabilityVarying,
) -> Sdf.AttributeSpec:
    """An attribute of this type; one of another type is replaced."""
    old = spec.attributes.get(name)
    if old is not None and old.typeName == type_name:
        return old
    if old is not None:
        spec.RemoveProperty(old)
    return Sdf.AttributeSpec(spec, name, type_name, variability)


def _define(layer: Sdf.Layer, path: Sdf.Path, type_name: str) -> Sdf.PrimSpec:
    spec = Sdf.CreatePrimInLayer(layer, path)
    spec.specifier, spec.typeName = Sdf.SpecifierDef, type_name
    return spec


def _define_group(layer: Sdf.Layer, path: Sdf.Path, members: Sequence[str], partners: Sequence[Sdf.Path]) -> None:
    """Author a collision group (``UsdPhysics.CollisionGroup``)."""
    spec = _define(layer, path, "PhysicsCollisionGroup")
    spec.SetInfo("apiSchemas", Sdf.TokenListOp.Create(prependedItems=["CollectionAPI:colliders"]))
    rule = _attribute(spec, "collection:colliders:expansionRule", Sdf.ValueTypeNames.Token, Sdf.VariabilityUniform)
    rule.default = Usd.Tokens.expandPrims
    includes = Sdf.RelationshipSpec(spec, "collection:colliders:includes", custom=False)
    includes.targetPathList.explicitItems = [Sdf.Path(member) for member in members]
    filtered = Sdf.RelationshipSpec(spec, UsdPhysics.Tokens.physicsFilteredGroups, custom=False)
    filtered.targetPathList.explicitItems = list(partners)
