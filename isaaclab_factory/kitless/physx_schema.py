# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""``pxr.PhysxSchema`` on a plain USD library: PhysX attributes on USD prims.

The schemas themselves are data: ``schema/generatedSchema.usda``, which USD reads as a plugin, so that attributes have
their types and fallback values and ``prim.HasAPI("PhysxRigidBodyAPI")`` holds. This module makes one class for each
of them, with the methods that USD generates for a schema (``Apply``, ``Get``, ``Create<Name>Attr``,
``Get<Name>Attr``), and teaches ``Usd.Prim`` to take these classes where it takes USD's own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pxr import Sdf, Usd

_INSTANCE = "__INSTANCE_NAME__"
_DEFINITIONS = Sdf.Layer.FindOrOpen(str(Path(__file__).parent / "schema" / "generatedSchema.usda"))


class Tokens:
    """Tokens that are values of attributes of this and of USD's own schemas."""

    sdf = "sdf"
    average = "average"
    max = "max"
    min = "min"
    multiply = "multiply"


class SchemaBase:
    """What all schemas have in common.

    Args:
        prim: A prim, or another schema object on it.
        instance: Instance name; only of schemas that can be applied several times.
    """

    schema_name = ""
    is_multiple_apply = False

    def __init__(self, prim: Usd.Prim | Any = None, instance: str | None = None):
        self._prim = prim if isinstance(prim, Usd.Prim) else Usd.Prim() if prim is None else prim.GetPrim()
        if (instance is not None) != (self.is_multiple_apply and prim is not None):
            need = "needs" if self.is_multiple_apply else "does not take"
            raise TypeError(f"{self.schema_name} {need} an instance name")
        self._instance = instance

    def __bool__(self) -> bool:
        if not self._prim.IsValid():
            return False
        return self._prim.HasAPI(self.schema_name, *self._instance_arguments())

    def _instance_arguments(self) -> tuple[str, ...]:
        return () if self._instance is None else (self._instance,)

    def _property(self, name: str) -> str:
        return name if self._instance is None else name.replace(_INSTANCE, self._instance)

    def GetPrim(self) -> Usd.Prim:
        """The prim."""
        return self._prim

    def GetPath(self) -> Sdf.Path:
        """Path of the prim."""
        return self._prim.GetPath()

    def GetName(self) -> str:
        """Instance name."""
        return self._instance or ""

    @classmethod
    def Get(cls, stage: Usd.Stage | Usd.Prim, path: Any, instance: str | None = None) -> SchemaBase:
        """The schema on a prim: ``Get(stage, path)``, or ``Get(prim, instance)`` of one applied several times."""
        if isinstance(stage, Usd.Prim):
            return cls(stage, path)
        path = Sdf.Path(str(path))
        if cls.is_multiple_apply and instance is None and path.IsPropertyPath():
            instance = path.name.rsplit(":", 1)[-1]
        return cls(stage.GetPrimAtPath(path.GetPrimPath()), instance)

    @classmethod
    def GetSchemaAttributeNames(cls, includeInherited: bool = True, instance: str | None = None) -> list[str]:
        """Names of the attributes that the schema has."""
        names = [spec.name for spec in _DEFINITIONS.GetPrimAtPath(f"/{cls.schema_name}").attributes]
        return names if instance is None else [name.replace(_INSTANCE, instance) for name in names]


class ApiSchema(SchemaBase):
    """Schemas that are applied to prims of any type."""

    @classmethod
    def Apply(cls, prim: Usd.Prim, instance: str | None = None) -> ApiSchema:
        """Apply the schema to a prim."""
        schema = cls(prim, instance)
        prim.ApplyAPI(cls.schema_name, *schema._instance_arguments())
        return schema

    @classmethod
    def CanApply(cls, prim: Usd.Prim, instance: str | None = None) -> bool:
        """Whether the schema can be applied to a prim."""
        return prim.CanApplyAPI(cls.schema_name, *(() if instance is None else (instance,)))

    @classmethod
    def GetAll(cls, prim: Usd.Prim) -> list[ApiSchema]:
        """All instances on a prim of a schema that is applied several times."""
        applied = (name.split(":", 1) for name in prim.GetAppliedSchemas())
        return [cls(prim, name[1]) for name in applied if name[0] == cls.schema_name and len(name) == 2]


class TypedSchema(SchemaBase):
    """Schemas that are the type of a prim."""

    def __bool__(self) -> bool:
        return self._prim.IsValid() and self._prim.IsA(self.schema_name)

    @classmethod
    def Define(cls, stage: Usd.Stage, path: str | Sdf.Path) -> TypedSchema:
        """Define a prim of this type."""
        return cls(stage.DefinePrim(path, cls.schema_name))


def _attribute_methods(spec: Sdf.AttributeSpec) -> tuple[Callable, Callable]:
    """``Create<Name>Attr`` and ``Get<Name>Attr`` of an attribute."""
    name, type_name, variability = spec.name, spec.typeName, spec.variability

    def create(self: SchemaBase, defaultValue: Any = None, writeSparsely: bool = False) -> Usd.Attribute:
        attribute = self._prim.CreateAttribute(self._property(name), type_name, custom=False, variability=variability)
        if defaultValue is not None and not (writeSparsely and attribute.Get() == defaultValue):
            attribute.Set(defaultValue)
        return attribute

    def get(self: SchemaBase) -> Usd.Attribute:
        return self._prim.GetAttribute(self._property(name))

    return create, get


def _relationship_methods(spec: Sdf.RelationshipSpec) -> tuple[Callable, Callable]:
    """``Create<Name>Rel`` and ``Get<Name>Rel`` of a relationship."""
    name = spec.name

    def create(self: SchemaBase) -> Usd.Relationship:
        return self._prim.CreateRelationship(self._property(name), custom=False)

    def get(self: SchemaBase) -> Usd.Relationship:
        return self._prim.GetRelationship(self._property(name))

    return create, get


def _make_class(definition: Sdf.PrimSpec) -> type[SchemaBase]:
    """Make the class of a schema from its definition."""
    kind = definition.customData.get("apiSchemaType")
    base = TypedSchema if kind is None else ApiSchema
    body: dict[str, Any] = {
        "__doc__": f"The PhysX schema {definition.name}.",
        "schema_name": definition.name,
        "is_multiple_apply": kind == "multipleApply",
    }
    for suffix, specs, make in (
        ("Attr", definition.attributes, _attribute_methods),
        ("Rel", definition.relationships, _relationship_methods),
    ):
        for spec in specs:
            name = spec.name.rsplit(":", 1)[-1]
            name = name[0].upper() + name[1:]
            body[f"Create{name}{suffix}"], body[f"Get{name}{suffix}"] = make(spec)
    return type(definition.name, (base,), body)


def _take_our_classes(method_name: str) -> None:
    """Let a method of ``Usd.Prim`` that takes a schema class take ours too."""
    original = getattr(Usd.Prim, method_name)

    def method(self: Usd.Prim, schema: Any, *args: Any) -> Any:
        if isinstance(schema, type) and issubclass(schema, SchemaBase):
            schema = schema.schema_name
        return original(self, schema, *args)

    method.__name__, method.__doc__ = method_name, original.__doc__
    setattr(Usd.Prim, method_name, method)


def _check_registered() -> None:
    if Usd.SchemaRegistry().FindAppliedAPIPrimDefinition("PhysxRigidBodyAPI") is None:
        raise RuntimeError(
            "USD was used before the PhysX schemas were registered; import isaaclab_factory before opening a USD stage"
        )


_check_registered()
globals().update({spec.name: _make_class(spec) for spec in _DEFINITIONS.rootPrims})
for _name in ("HasAPI", "ApplyAPI", "CanApplyAPI", "RemoveAPI", "IsA"):
    _take_our_classes(_name)
