# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Commands that create materials, as classes with a method ``do``."""

from __future__ import annotations

from pxr import Sdf, Usd, UsdShade


class CreateShaderPrimFromSdrCommand:
    """Creates a preview surface shader.

    Args:
        parent_path: Prim to create it under.
        identifier: Its identifier in the shader registry.
        stage_or_context: The stage.
        name: Name of the prim.
    """

    # What a UsdPreviewSurface puts out (https://openusd.org/release/spec_usdpreviewsurface.html).
    _OUTPUTS = ("surface", "displacement")

    def __init__(self, parent_path: str | Sdf.Path, identifier: str, stage_or_context: Usd.Stage, name: str = "Shader"):
        self._path = f"{parent_path}/{name}"
        self._identifier, self._stage = identifier, stage_or_context

    def do(self) -> UsdShade.Shader:
        """Create the shader."""
        shader = UsdShade.Shader.Define(self._stage, self._path)
        shader.CreateIdAttr(self._identifier)
        for output in self._OUTPUTS:
            shader.CreateOutput(output, Sdf.ValueTypeNames.Token)
        return shader


class CreateMdlMaterialPrimCommand:
    """Creates a material from an MDL file. The file is only referred to, not read.

    Args:
        mtl_url: URL of the MDL file.
        mtl_name: Material in the file.
        mtl_path: Prim to create.
        select_new_prim: Of the editor; there is no selection.
        stage: The stage.
    """

    def __init__(
        self, mtl_url: str, mtl_name: str, mtl_path: str, select_new_prim: bool = False, stage: Usd.Stage | None = None
    ):
        self._url, self._name, self._path, self._stage = mtl_url, mtl_name, mtl_path, stage

    def do(self) -> UsdShade.Material:
        """Create the material with its shader."""
        material = UsdShade.Material.Define(self._stage, self._path)
        shader = UsdShade.Shader.Define(self._stage, f"{self._path}/Shader")
        shader.SetSourceAsset(Sdf.AssetPath(self._url), "mdl")
        shader.SetSourceAssetSubIdentifier(self._name, "mdl")
        shader.CreateOutput("out", Sdf.ValueTypeNames.Token)
        for output in (material.CreateSurfaceOutput, material.CreateVolumeOutput, material.CreateDisplacementOutput):
            output("mdl").ConnectToSource(shader.ConnectableAPI(), "out")
        return material
