# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What the views of articulations and rigid bodies have in common."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import torch

from ..engine import BodyGroup, Field

logger = logging.getLogger("isaaclab_factory.kitless")


class FieldView:
    """A view of a group whose fields are read by ``get_<field>`` and written by ``set_<field>``.

    A getter fills and hands out the same tensor at every call, as omni.physics.tensors does.

    Args:
        group: The group of the engine.
        prim_paths: Prim path of each element.
        sizes: Numbers that the names in the shape of a field stand for.
        device: Device of the state tensors.
    """

    FIELDS: ClassVar[dict[str, Field]] = {}

    def __init__(self, group: BodyGroup, prim_paths: list[str], sizes: dict[str, int], device: str):
        self._group = group
        self._sizes = sizes
        self._device = device
        self._buffers: dict[str, torch.Tensor] = {}
        self._backend = group
        self.count = group.count
        self.prim_paths = prim_paths
        self.max_shapes = group.max_shapes

    def check(self) -> bool:
        """Whether the view is valid."""
        return True

    def field_shape(self, name: str) -> tuple[int, ...]:
        """Shape of a field's tensor."""
        sizes = [self._sizes[size] if isinstance(size, str) else size for size in self.FIELDS[name].shape]
        return self.count, *sizes

    def _get(self, name: str) -> torch.Tensor:
        buffer = self._buffers.get(name)
        if buffer is None:
            field = self.FIELDS[name]
            device = "cpu" if field.on_cpu else self._device
            buffer = self._buffers[name] = torch.zeros(self.field_shape(name), dtype=field.dtype, device=device)
        self._group.read(name, buffer)
        return buffer

    def _set(self, name: str, data: torch.Tensor, indices: Any) -> bool:
        field = self.FIELDS[name]
        device = "cpu" if field.on_cpu else self._device
        data = torch.as_tensor(data, device=device).reshape(self.field_shape(name))
        indices = self._indices(indices, device)
        if field.on_cpu and ((indices < 0) | (indices >= self.count)).any():
            logger.warning("set_%s: indices outside the view's %d elements are left out", name, self.count)
            indices = indices[(indices >= 0) & (indices < self.count)]
        self._group.write(name, data, indices)
        return True

    def _indices(self, indices: Any, device: str) -> torch.Tensor:
        """Element indices as int64; None stands for all."""
        if indices is None:
            return torch.arange(self.count, device=device)
        return torch.as_tensor(indices, device=device).to(torch.long).reshape(-1)

    def _apply_wrench(
        self,
        force_data: torch.Tensor | None,
        torque_data: torch.Tensor | None,
        position_data: torch.Tensor | None,
        indices: Any,
        is_global: bool,
        bodies: int,
    ) -> bool:
        def shaped(data: torch.Tensor | None) -> torch.Tensor | None:
            return None if data is None else data.to(self._device).reshape(self.count, bodies, 3)

        self._group.apply_wrench(
            shaped(force_data),
            shaped(torque_data),
            shaped(position_data),
            self._indices(indices, self._device),
            is_global,
        )
        return True


def with_fields(fields: dict[str, Field]) -> Callable[[type[FieldView]], type[FieldView]]:
    """Class decorator that adds a getter, and a setter where it can be written, for every field of a table."""

    def add(cls: type[FieldView]) -> type[FieldView]:
        cls.FIELDS = fields
        for name, field in fields.items():
            setattr(cls, f"get_{name}", _getter(name, field))
            if field.writable:
                setattr(cls, f"set_{name}", _setter(name, field))
        return cls

    return add


def _getter(name: str, field: Field) -> Callable[[FieldView], torch.Tensor]:
    def get(self: FieldView) -> torch.Tensor:
        return self._get(name)

    get.__name__ = f"get_{name}"
    get.__doc__ = f"The field ``{name}``. Shape is (count, {_shape_text(field.shape)})."
    return get


def _setter(name: str, field: Field) -> Callable[[FieldView, torch.Tensor, Any], bool]:
    def set_(self: FieldView, data: torch.Tensor, indices: Any = None) -> bool:
        return self._set(name, data, indices)

    set_.__name__ = f"set_{name}"
    set_.__doc__ = (
        f"Write the field ``{name}`` of the elements ``indices`` (None: all) from data of all elements."
        f" Shape is (count, {_shape_text(field.shape)})."
    )
    return set_


def _shape_text(shape: Sequence[int | str]) -> str:
    return ", ".join(str(size) for size in shape)
