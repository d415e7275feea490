# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Which pairs of colliders must not collide: filtered pairs and collision groups."""

from __future__ import annotations

from pxr import Usd, UsdPhysics

from .description import Body, Collider
from .prims import targets, value


def read_filtered_pairs(prims: list[Usd.Prim], bodies: list[Body], colliders: list[Collider]) -> None:
    """Fill in ``filtered_paths`` from ``FilteredPairsAPI``.

    A pair may name bodies, colliders, or prims above bodies (an articulation, say), which stand for all bodies below.

    Args:
        prims: Prims of the template world in traversal order.
        bodies: All bodies.
        colliders: All colliders, those of the bodies included.
    """
    known: dict[str, Body | Collider] = {collider.path: collider for collider in colliders}
    known |= {body.path: body for body in bodies}
    for prim in prims:
        others = [path for target in targets(prim, "physics:filteredPairs") for path in _members(target, known, bodies)]
        for path in _members(str(prim.GetPath()), known, bodies) if others else ():
            item = known[path]
            item.filtered_paths = tuple(dict.fromkeys((*item.filtered_paths, *others)))


def _members(path: str, known: dict[str, Body | Collider], bodies: list[Body]) -> list[str]:
    if path in known:
        return [path]
    return [body.path for body in bodies if body.path.startswith(path + "/")]


def read_collision_groups(stage: Usd.Stage, scene: Usd.Prim | None, colliders: list[Collider]) -> dict[str, set[str]]:
    """Fill in ``collision_group`` and say which groups do not collide.

    Args:
        stage: The stage; groups may stand outside the worlds.
        scene: The ``PhysicsScene``, which may invert the meaning of the filters.
        colliders: All colliders of the template world and of the shared prims.

    Returns:
        For each group that has a collider, the groups that it does not collide with.
    """
    groups = [UsdPhysics.CollisionGroup(prim) for prim in stage.Traverse() if prim.IsA(UsdPhysics.CollisionGroup)]
    members: dict[str, UsdPhysics.CollisionGroup] = {}
    for group in groups:
        query = group.GetCollidersCollectionAPI().ComputeMembershipQuery()
        for collider in colliders:
            if query.IsPathIncluded(collider.source_path or collider.path):
                collider.collision_group = str(group.GetPath())
                members[str(group.GetPath())] = group
    inverted_scene = scene is not None and bool(value(scene, "physxScene:invertCollisionGroupFilter", False))
    filters: dict[str, set[str]] = {path: set() for path in members}
    for path, group in members.items():
        named = {str(target) for target in group.GetFilteredGroupsRel().GetTargets()} & set(members)
        inverted = inverted_scene != bool(value(group.GetPrim(), "physics:invertFilteredGroups", False))
        for other in set(members) - named if inverted else named:
            filters[path].add(other)
            filters[other].add(path)
    return filters
