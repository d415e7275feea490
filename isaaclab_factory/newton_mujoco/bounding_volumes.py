# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Bounding volumes of geoms and bodies, for models whose geoms or inertial frames moved after they were compiled.

MuJoCo rejects pairs of geoms by volumes that its compiler computes once: a box and a sphere per geom, and per body a
tree of boxes in the body's inertial frame. Newton moves both after that: static geoms stand at each environment's
origin, centres of mass are corrected and randomised. With stale volumes contacts are missed, so they are computed
again here, by the compiler's rules.
"""

from __future__ import annotations

from dataclasses import dataclass

import mujoco
import numpy as np

_GEOM = mujoco.mjtGeom


@dataclass
class Geometry:
    """What the volumes follow from. All arrays have shape (num_worlds, count, ...), or 1 in place of num_worlds.

    Attributes:
        body_ipos: Centres of mass in the bodies' frames [m].
        body_iquat: Orientations of the inertial frames, wxyz.
        geom_pos: Positions of the geoms in the bodies' frames [m].
        geom_quat: Their orientations, wxyz.
        geom_size: Sizes of the geoms [m].
        geom_reach: Distance from which geoms make contacts, margin and gap together [m].
    """

    body_ipos: np.ndarray
    body_iquat: np.ndarray
    geom_pos: np.ndarray
    geom_quat: np.ndarray
    geom_size: np.ndarray
    geom_reach: np.ndarray


class BoundingVolumes:
    """Computes the bounding volumes of a model's geoms and bodies.

    Args:
        model: Compiled model: the kinds of geoms and the topology of the trees are its.
    """

    def __init__(self, model: mujoco.MjModel):
        self._model = model

    def compute(self, geometry: Geometry) -> list[tuple[str, int, np.ndarray]]:
        """Compute all volumes.

        Args:
            geometry: Present geometry of all worlds.

        Returns:
            Per part of a field: its name in MjModel, the index of its first value there, and the values with shape
            (num_worlds, size), or (1, size) where all worlds have the same.
        """
        model = self._model
        boxes, radii = self._primitives(geometry.geom_size)
        fields = [("geom_aabb", 0, _flat(boxes)), ("geom_rbound", 0, _flat(radii))]
        for body in range(model.nbody):
            first, count = int(model.body_geomadr[body]), int(model.body_geomnum[body])
            if count == 0:
                continue
            geoms = slice(first, first + count)
            fields.append(("body_margin", body, geometry.geom_reach[:, geoms].max(axis=1, keepdims=True)))
            if model.body_bvhnum[body] > 0:
                tree = self._tree(body, geoms, geometry, boxes)
                fields.append(("bvh_aabb", 6 * int(model.body_bvhadr[body]), _flat(tree)))
        return fields

    def _primitives(self, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return boxes (num_worlds, ngeom, 6) and radii (num_worlds, ngeom) of the geoms in their own frames.

        Only those of primitives follow from their size; the others' are the compiler's.
        """
        model, kind = self._model, self._model.geom_type
        boxes = np.broadcast_to(model.geom_aabb, (len(size), model.ngeom, 6)).copy()
        radii = np.broadcast_to(model.geom_rbound, (len(size), model.ngeom)).copy()
        x, y, z = size[..., 0], size[..., 1], size[..., 2]
        rules = {
            _GEOM.mjGEOM_SPHERE: ((x, x, x), x),
            _GEOM.mjGEOM_CAPSULE: ((x, x, x + y), x + y),
            _GEOM.mjGEOM_CYLINDER: ((x, x, y), np.hypot(x, y)),
            _GEOM.mjGEOM_ELLIPSOID: ((x, y, z), size.max(axis=-1)),
            _GEOM.mjGEOM_BOX: ((x, y, z), np.linalg.norm(size, axis=-1)),
        }
        for geom_type, (half, radius) in rules.items():
            chosen = kind == geom_type
            boxes[:, chosen, 3:] = np.stack(half, axis=-1)[:, chosen]
            radii[:, chosen] = radius[:, chosen]
        return boxes, radii

    def _tree(self, body: int, geoms: slice, geometry: Geometry, boxes: np.ndarray) -> np.ndarray:
        """Return the boxes of a body's tree in its inertial frame, shape (num_worlds or 1, number of nodes, 6)."""
        model = self._model
        # Worlds are mostly alike in all but a few bodies: then one computation serves them all.
        centre_pos, centre_quat, pos, quat, box = _alike(
            geometry.body_ipos[:, body : body + 1],
            geometry.body_iquat[:, body : body + 1],
            geometry.geom_pos[:, geoms],
            geometry.geom_quat[:, geoms],
            boxes[:, geoms],
        )
        to_centre = np.swapaxes(_matrices(centre_quat), -1, -2)
        rotation = to_centre @ _matrices(quat)
        centre = (to_centre @ (pos - centre_pos)[..., None] + rotation @ box[..., :3, None])[..., 0]
        half = (np.abs(rotation) @ box[..., 3:, None])[..., 0]
        leaves = np.concatenate((centre, half), axis=-1)

        first, count = int(model.body_bvhadr[body]), int(model.body_bvhnum[body])
        tree = np.empty((leaves.shape[0], count, 6))
        # children come after their parents, so backwards all children are there when a parent needs them
        for node in reversed(range(count)):
            geom = int(model.bvh_nodeid[first + node])
            if geom >= 0:
                tree[:, node] = leaves[:, geom - geoms.start]
            else:
                children = tree[:, model.bvh_child[first + node]]
                low = (children[..., :3] - children[..., 3:]).min(axis=1)
                high = (children[..., :3] + children[..., 3:]).max(axis=1)
                tree[:, node] = np.concatenate((0.5 * (low + high), 0.5 * (high - low)), axis=-1)
        return tree


def _flat(values: np.ndarray) -> np.ndarray:
    """One row per world, and only one if all worlds have the same."""
    (values,) = _alike(values)
    return values.reshape(values.shape[0], -1)


def _alike(*arrays: np.ndarray) -> list[np.ndarray]:
    """Reduce the first dimension to 1 if all arrays are the same in all worlds; else make it the same for all."""
    arrays = [a[:1] if (a == a[:1]).all() else a for a in arrays]
    num_worlds = max(a.shape[0] for a in arrays)
    return [np.broadcast_to(a, (num_worlds, *a.shape[1:])) for a in arrays]


def _matrices(quat: np.ndarray) -> np.ndarray:
    """Rotation matrices (..., 3, 3) of unit quaternions (..., 4), wxyz."""
    w, x, y, z = np.moveaxis(quat, -1, 0)
    rows = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
        (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
        (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
    )
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)
