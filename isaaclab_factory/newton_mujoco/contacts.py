# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""MuJoCo's contacts in Newton's contact buffer, from which contact sensors read."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from newton import Contacts

from . import compat, native
from .compat import compiled
from .native import floats, ints
from .worlds import Worlds

_mj_contact_force = compat.mj_contactForce


class _Buffer(NamedTuple):
    """Arrays of Newton's contact buffer, one row per contact, see :class:`newton.Contacts`."""

    shape0: np.ndarray
    shape1: np.ndarray
    point0: np.ndarray
    point1: np.ndarray
    normal: np.ndarray
    force: np.ndarray


@compiled
def _to_body(arrays, body, point, out):
    """Write a point of the world's frame in a body's frame."""
    position = floats(arrays[native.XPOS] + np.uint64(24 * body), 3)
    rotation = floats(arrays[native.XMAT] + np.uint64(72 * body), 9)
    for i in range(3):
        out[i] = 0.0
        for j in range(3):
            out[i] += rotation[3 * j + i] * (point[j] - position[j])


@compiled
def _copy_contacts(table, thread, first, last, layout, pointers, starts, geom_bodies, geom_shapes, buffer):
    """Copy the contacts of worlds to Newton's buffer.

    Args:
        table: Table of worlds.
        thread: Number of this thread.
        first: First world.
        last: World after the last one.
        layout: Bytes of an mjContact, and where in it ``pos``, ``frame`` and ``geom`` begin.
        pointers: Address of each world's first contact. Shape is (num_worlds,).
        starts: Row of each world's first contact in the buffer. Shape is (num_worlds + 1,).
        geom_bodies: Body of each geom. Shape is (ngeom,).
        geom_shapes: Newton's shape of each geom. Shape is (num_worlds, ngeom).
        buffer: :class:`_Buffer`.
    """
    size, at_pos, at_frame, at_geom = layout
    force = np.empty(6)
    point = np.empty(3)
    for world in range(first, last):
        arrays = table.arrays[world]
        for row in range(starts[world], starts[world + 1]):
            index = row - starts[world]
            contact = pointers[world] + np.uint64(index * size)
            distance = floats(contact, 1)[0]
            pos = floats(contact + np.uint64(at_pos), 3)
            frame = floats(contact + np.uint64(at_frame), 9)
            geoms = ints(contact + np.uint64(at_geom), 2)
            buffer.shape0[row] = geom_shapes[world, geoms[0]]
            buffer.shape1[row] = geom_shapes[world, geoms[1]]
            buffer.normal[row] = frame[:3]
            # MuJoCo's point lies half-way between the surfaces, along the normal
            point[:] = pos - 0.5 * distance * frame[:3]
            _to_body(arrays, geom_bodies[geoms[0]], point, buffer.point0[row])
            point[:] = pos + 0.5 * distance * frame[:3]
            _to_body(arrays, geom_bodies[geoms[1]], point, buffer.point1[row])
            if buffer.force.shape[0] > 0:
                # MuJoCo's is the force on the second geom, Newton's on the first
                _mj_contact_force(table.models[thread], table.datas[world], index, force.ctypes.data)
                for i in range(3):
                    x, y, z = frame[i], frame[3 + i], frame[6 + i]
                    buffer.force[row, i] = -(x * force[0] + y * force[1] + z * force[2])
                    buffer.force[row, 3 + i] = -(x * force[3] + y * force[4] + z * force[5])


class ContactReport:
    """Fills Newton's contact buffer.

    Args:
        worlds: Worlds to read.
        geom_bodies: Body of each geom. Shape is (ngeom,).
        geom_shapes: Newton's shape of each geom. Shape is (num_worlds, ngeom).
    """

    def __init__(self, worlds: Worlds, geom_bodies: np.ndarray, geom_shapes: np.ndarray):
        self._worlds = worlds
        self._geom_bodies = geom_bodies
        self._geom_shapes = geom_shapes
        self._layout: tuple[int, int, int, int] | None = None
        self._pointers = np.zeros(worlds.num_worlds, np.uint64)

    def fill(self, contacts: Contacts, silent: np.ndarray) -> np.ndarray:
        """Copy the contacts of the last engine step.

        Args:
            contacts: Buffer to fill.
            silent: Worlds whose contacts are left out. Shape is (num_worlds,).

        Returns:
            Number of contacts of each world that found no room in the buffer. Shape is (num_worlds,).
        """
        counts = np.array([data.ncon for data in self._worlds.datas])
        counts[silent] = 0
        for world in np.flatnonzero((counts > 0) & (self._pointers == 0)):
            self._locate(world)
        starts = np.zeros(len(counts) + 1, np.int64)
        np.cumsum(counts, out=starts[1:])
        kept = np.minimum(starts, contacts.rigid_contact_max)
        contacts.rigid_contact_count.fill_(int(kept[-1]))
        contacts.n_contacts = contacts.rigid_contact_count
        if kept[-1] > 0:
            buffer = _Buffer(
                shape0=contacts.rigid_contact_shape0.numpy(),
                shape1=contacts.rigid_contact_shape1.numpy(),
                point0=contacts.rigid_contact_point0.numpy(),
                point1=contacts.rigid_contact_point1.numpy(),
                normal=contacts.rigid_contact_normal.numpy(),
                force=np.zeros((0, 6), np.float32) if contacts.force is None else contacts.force.numpy(),
            )
            self._worlds.run(
                (_copy_contacts, self._layout, self._pointers, kept, self._geom_bodies, self._geom_shapes, buffer)
            )
        return counts - np.diff(kept)

    def _locate(self, world: int) -> None:
        """Find where a world keeps its contacts: always at the same place, the start of its arena."""
        contact = self._worlds.datas[world].contact
        start = compat.array_address(contact.dist)
        self._pointers[world] = start
        offsets = [compat.array_address(array) - start for array in (contact.pos, contact.frame, contact.geom)]
        self._layout = (contact.dist.strides[0], *offsets)
