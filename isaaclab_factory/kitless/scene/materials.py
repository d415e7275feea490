# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Contact materials bound to collision prims."""

from __future__ import annotations

from pxr import Usd, UsdPhysics, UsdShade

from .description import Material
from .notes import SceneError
from .prims import value

_COMBINE_MODES = ("average", "min", "multiply", "max")


class MaterialReader:
    """Finds the physics material of a prim.

    A prim without one gets the material that is bound to the physics scene (Isaac Lab binds its default there), and
    without that PhysX's default.
    """

    def __init__(self, scene: Usd.Prim | None) -> None:
        """
        Args:
            scene: The ``PhysicsScene`` prim, None where the stage has none.
        """
        self._known: dict[str, tuple[Material, float]] = {}
        self._default = (Material(), 0.0)
        if scene is not None:
            self._default = self.of(scene)

    def of(self, prim: Usd.Prim) -> tuple[Material, float]:
        """Material of a prim and its density (kg/m3), 0 where not authored."""
        bound, _ = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial(materialPurpose="physics")
        if not bound or not bound.GetPrim().HasAPI(UsdPhysics.MaterialAPI):
            return self._default
        path = str(bound.GetPath())
        if path not in self._known:
            self._known[path] = _read(bound.GetPrim())
        return self._known[path]


def _read(prim: Usd.Prim) -> tuple[Material, float]:
    material = Material(
        static_friction=float(value(prim, "physics:staticFriction", 0.0)),
        dynamic_friction=float(value(prim, "physics:dynamicFriction", 0.0)),
        restitution=float(value(prim, "physics:restitution", 0.0)),
        friction_combine_mode=_combine_mode(prim, "physxMaterial:frictionCombineMode"),
        restitution_combine_mode=_combine_mode(prim, "physxMaterial:restitutionCombineMode"),
    )
    return material, float(value(prim, "physics:density", 0.0))


def _combine_mode(prim: Usd.Prim, name: str) -> str:
    mode = str(value(prim, name, "average"))
    if mode not in _COMBINE_MODES:
        raise SceneError(f"{prim.GetPath()}: {name} is '{mode}'; allowed are {', '.join(_COMBINE_MODES)}")
    return mode
