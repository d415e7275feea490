# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Short ways to ask a prim for what its author wrote."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from pxr import Usd

LARGE = 1e30
"""Numbers from here on mean "no limit": many tools write the largest float for it."""


def value(prim: Usd.Prim, name: str, default: Any) -> Any:
    """Value of an attribute, or the default where it has neither an authored value nor a schema fallback."""
    attribute = prim.GetAttribute(name)
    result = attribute.Get() if attribute else None
    return default if result is None else result


def authored(prim: Usd.Prim, name: str, default: Any) -> Any:
    """Value of an attribute, or the default where nobody authored it (a schema's fallback does not count)."""
    attribute = prim.GetAttribute(name)
    return attribute.Get() if attribute and attribute.HasAuthoredValue() else default


def finite_or_none(prim: Usd.Prim, name: str) -> float | None:
    """Value of a float attribute, None where it is absent or infinite (PhysX's way to say "choose yourself")."""
    result = authored(prim, name, None)
    return float(result) if result is not None and math.isfinite(result) else None


def targets(prim: Usd.Prim, name: str) -> list[str]:
    """Target paths of a relationship, empty where it is absent."""
    relationship = prim.GetRelationship(name)
    return [str(path) for path in relationship.GetForwardedTargets()] if relationship else []


@cache
def _split(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(names) | frozenset(name.split(":", 1)[0] for name in names)


def applied_schemas(prim: Usd.Prim) -> frozenset[str]:
    """Names of the API schemas on a prim, also of those that no plugin registered.

    A multiple-apply schema is listed twice: with its instance, as in "PhysicsDriveAPI:angular", and without.
    """
    if not prim.HasAuthoredMetadata("apiSchemas"):
        return _split(tuple(prim.GetAppliedSchemas()))
    listed = prim.GetMetadata("apiSchemas").GetAddedOrExplicitItems()
    return _split((*prim.GetAppliedSchemas(), *listed))


def instances(prim: Usd.Prim, schema: str) -> list[str]:
    """Instance names of a multiple-apply schema on a prim, sorted."""
    prefix = schema + ":"
    return sorted(name[len(prefix) :] for name in applied_schemas(prim) if name.startswith(prefix))
