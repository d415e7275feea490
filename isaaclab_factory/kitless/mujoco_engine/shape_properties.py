# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Materials and offsets of the colliders of lists of bodies, in the order of the bodies and of their colliders."""

from __future__ import annotations

import logging

import torch

from .materials import Materials

logger = logging.getLogger("isaaclab_factory.kitless")

FIELDS = ("material_properties", "contact_offsets", "rest_offsets")


class ShapeProperties:
    """Colliders of a list of elements that have one or more bodies each.

    Args:
        materials: Materials of the batch.
        worlds: World of each element. Shape is (count,).
        bodies: MuJoCo body ids of each element. Shape is (count, bodies).
        paths: Prim path of each element, for messages.

    Raises:
        ValueError: If the elements do not have the same number of colliders.
    """

    def __init__(self, materials: Materials, worlds: torch.Tensor, bodies: torch.Tensor, paths: list[str]):
        model = materials.sim.model
        self._materials = materials
        geoms = [
            [geom for body in row for geom in range(model.body_geomadr[body], _end_of_geoms(model, body))]
            for row in bodies.numpy()
        ]
        sizes = {len(row) for row in geoms}
        # elements of one view may differ, as in omni.physics.tensors: shorter ones are padded with their last collider
        self.max_shapes = max(sizes, default=0)
        if len(sizes) > 1:
            logger.info("bodies with %s colliders share a view, first: %s", sorted(sizes), paths[0])
        padded = [row + row[-1:] * (self.max_shapes - len(row)) if row else [0] * self.max_shapes for row in geoms]
        self._geoms = torch.tensor(padded, dtype=torch.long).view(len(geoms), self.max_shapes)
        self._valid = torch.tensor([[i < len(row) for i in range(self.max_shapes)] for row in geoms], dtype=torch.bool)
        self._worlds = worlds[:, None].expand_as(self._geoms)

    @staticmethod
    def knows(field: str) -> bool:
        """Whether a field is one of colliders."""
        return field in FIELDS

    def read(self, field: str, out: torch.Tensor) -> None:
        """Fill out with a field. Shape is (count, max_shapes, ...)."""
        if self.max_shapes:
            out.copy_(self._table(field)[self._worlds, self._geoms])

    def write(self, field: str, data: torch.Tensor, indices: torch.Tensor) -> None:
        """Set a field of some elements; data holds all elements."""
        if not self.max_shapes:
            return
        valid = self._valid[indices].flatten()
        worlds = self._worlds[indices].flatten()[valid]
        geoms = self._geoms[indices].flatten()[valid]
        values = data[indices].flatten(0, 1)[valid]
        if field == "material_properties":
            self._materials.write(worlds, geoms, values)
            return
        if field == "rest_offsets" and (values != 0).any():
            logger.warning("rest offsets are stored but not honoured by the MuJoCo engine")
        self._table(field)[worlds, geoms] = values

    def _table(self, field: str) -> torch.Tensor:
        if field == "material_properties":
            return self._materials.values
        return self._materials.contact_offsets if field == "contact_offsets" else self._materials.rest_offsets


def _end_of_geoms(model, body: int) -> int:
    return model.body_geomadr[body] + model.body_geomnum[body]
