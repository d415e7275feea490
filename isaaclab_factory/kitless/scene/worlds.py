# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Which prims of a stage are the parallel worlds (Isaac Lab environments), and that they are copies of the first."""

from __future__ import annotations

import re

import numpy as np
from pxr import Usd, UsdGeom

from .notes import SceneError
from .prims import applied_schemas

_WORLD_NAME = re.compile(r"env_(\d+)$")
_PHYSICAL = ("physics:", "physx", "drive:", "limit:", "state:", "xformOp", "kitless:", "material:binding:physics")
_GEOMETRY = {"size", "radius", "height", "axis", "points", "faceVertexCounts", "faceVertexIndices", "orientation"}


def find_worlds(stage: Usd.Stage) -> list[Usd.Prim]:
    """Prims named env_0, env_1, ... under one parent, in the order of their numbers; empty where there are none.

    The parent is the first prim, level by level from the stage's root, that has a child named env_0.
    """
    level = [stage.GetPseudoRoot()]
    while level:
        for parent in level:
            if parent.GetChild("env_0"):
                worlds = [child for child in parent.GetChildren() if _WORLD_NAME.match(child.GetName())]
                return sorted(worlds, key=lambda child: int(_WORLD_NAME.match(child.GetName())[1]))
        level = [child for parent in level for child in parent.GetChildren()]
    return []


def world_origins(worlds: list[Usd.Prim], xforms: UsdGeom.XformCache) -> np.ndarray:
    """Positions of the worlds (m). Shape is (num_worlds, 3).

    Raises:
        SceneError: If a world is turned or scaled.
    """
    matrices = np.array([np.array(xforms.GetLocalToWorldTransform(world)) for world in worlds])
    turned = np.abs(matrices[:, :3, :3] - np.eye(3)).max(axis=(1, 2)) > 1e-6
    if turned.any():
        raise SceneError(f"{worlds[turned.argmax()].GetPath()}: an environment may be moved, not turned or scaled")
    return matrices[:, 3, :3].copy()


def check_copies(worlds: list[Usd.Prim]) -> None:
    """Check that every world is a copy of the first in all that physics depends on.

    Worlds made by Isaac Lab's cloner carry the same text in every layer, or inherit the first world, which is quick to
    see. Only where the text differs are the composed prims compared.

    Raises:
        SceneError: If a world holds other prims, schemas or values than the first.
    """
    template = worlds[0]
    expected = _layer_texts(template, template)
    fingerprint: dict[str, tuple] | None = None
    for world in worlds[1:]:
        if _inherits(world, template) and not any(_layer_texts(world, template)):
            continue
        if _layer_texts(world, template) == expected:
            continue
        fingerprint = fingerprint if fingerprint is not None else _fingerprint(template)
        _compare(world, _fingerprint(world), template, fingerprint)


def _inherits(world: Usd.Prim, template: Usd.Prim) -> bool:
    """True where a world has an inherits arc to the template."""
    return template.GetPath() in world.GetInherits().GetAllDirectInherits()


def _layer_texts(world: Usd.Prim, template: Usd.Prim) -> list[str]:
    """What each layer says below a world, as if the world had the template's path; empty where none says anything."""
    own, first = str(world.GetPath()), str(template.GetPath())
    texts = []
    for layer in world.GetStage().GetLayerStack():
        spec = layer.GetPrimAtPath(world.GetPath())
        children = spec.nameChildren if spec else ()
        texts.append("".join(child.GetAsText() for child in children).replace(f"<{own}/", f"<{first}/"))
    return texts if any(texts) else []


def _fingerprint(world: Usd.Prim) -> dict[str, tuple]:
    """Type, schemas and physical values of every prim below a world by its path relative to the world."""
    start = len(str(world.GetPath()))
    prims = Usd.PrimRange(world, Usd.TraverseInstanceProxies())
    return {str(prim.GetPath())[start:]: _features(prim, start) for prim in prims if prim != world}


def _features(prim: Usd.Prim, start: int) -> tuple:
    """What physics reads of a prim. Paths are given relative to the world, whose path has ``start`` characters."""
    schemas = frozenset(name for name in applied_schemas(prim) if name.startswith(("Physics", "Physx")))
    values = {}
    for prop in prim.GetAuthoredProperties():
        name = prop.GetName()
        if not name.startswith(_PHYSICAL) and name not in _GEOMETRY:
            continue
        if isinstance(prop, Usd.Relationship):
            prefix = str(prim.GetPath())[:start]
            values[name] = [str(path).removeprefix(prefix) for path in prop.GetTargets()]
        else:
            values[name] = prop.Get()
    return str(prim.GetTypeName()), schemas, values


def _compare(world: Usd.Prim, found: dict[str, tuple], template: Usd.Prim, expected: dict[str, tuple]) -> None:
    """Raise an error that names the first physical difference between a world and the template."""
    first = template.GetPath()
    for path in expected.keys() ^ found.keys():
        kind, schemas, _ = expected.get(path) or found.get(path)
        if schemas or kind.startswith("Physics"):
            missing = world if path in expected else template
            raise SceneError(f"{missing.GetPath()}{path}: missing, but every environment must be a copy of {first}")
    for path in expected.keys() & found.keys():
        (kind, schemas, values), (other_kind, other_schemas, other_values) = expected[path], found[path]
        if kind != other_kind or schemas != other_schemas:
            raise SceneError(f"{world.GetPath()}{path}: its type or schemas differ from those in {first}")
        for name in values.keys() | other_values.keys():
            if values.get(name) != other_values.get(name):
                raise SceneError(
                    f"{world.GetPath()}{path}: {name} is {_short(other_values.get(name))} but "
                    f"{_short(values.get(name))} in {first}; environments must be copies of each other"
                )


def _short(found: object) -> str:
    text = str(found)
    return text if len(text) < 80 else text[:77] + "..."
