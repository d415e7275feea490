# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""MuJoCo's contacts in Newton's contact buffer, from which contact sensors read.

The threads that step take a world's contacts before they turn to the next world. Afterwards these are put into
Newton's buffer, world after world.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from newton import Contacts

from . import compat, native
from .compat import compiled
from .native import floats, ints, load
from .worlds import Worlds

_mj_forward = compat.mj_forward
_mj_contact_force = compat.mj_contactForce


class Finder(NamedTuple):
    """What MuJoCo's contacts mean to Newton.

    Attributes:
        layout: Bytes of an mjContact, and where in it ``pos``, ``frame`` and ``geom`` begin.
        geom_bodies: Body of each geom. Shape is (ngeom,).
        geom_shapes: Newton's shape of each geom. Shape is (num_worlds, ngeom).
    """

    layout: tuple[int, int, int, int]
    geom_bodies: np.ndarray
    geom_shapes: np.ndarray


class Found(NamedTuple):
    """Contacts as the threads took them, in Newton's terms, see :class:`newton.Contacts`.

    Attributes:
        counts: Contacts of each world. Shape is (num_worlds,).
        threads: Thread that took them. Shape is (num_worlds,).
        starts: Row of the first one among those that the thread took. Shape is (num_worlds,).
        totals: Contacts that each thread took. Shape is (num_threads,).
        shapes: The two shapes. Shape is (num_threads, room, 2).
        points: The points on them, in their bodies' frames [m]. Shape is (num_threads, room, 2, 3).
        normals: Normals in the world's frame. Shape is (num_threads, room, 3).
        forces: Forces [N] and torques [N m] on the first shape, in the world's frame. Shape is
            (num_threads, room, 6).
    """

    counts: np.ndarray
    threads: np.ndarray
    starts: np.ndarray
    totals: np.ndarray
    shapes: np.ndarray
    points: np.ndarray
    normals: np.ndarray
    forces: np.ndarray


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
def take(model, data, arrays, thread, world, count, finder, found):
    """Take the contacts of the world that a thread's data holds.

    Args:
        model: Address of the thread's mjModel.
        data: Address of its mjData.
        arrays: Addresses of the arrays of its mjData.
        thread: Number of this thread.
        world: The world.
        count: Number of contacts.
        finder: :class:`Finder`.
        found: :class:`Found`. Contacts are counted, not taken, where it has no room.
    """
    size, at_pos, at_frame, at_geom = finder.layout
    start = found.totals[thread]
    found.counts[world], found.threads[world], found.starts[world] = count, thread, start
    found.totals[thread] += count
    taken = min(count, max(0, found.shapes.shape[1] - start))
    if taken == 0:
        return
    force = np.empty(6)
    point = np.empty(3)
    for index in range(taken):
        row = start + index
        contact = arrays[native.CONTACT] + np.uint64(index * size)
        distance = floats(contact, 1)[0]
        pos = floats(contact + np.uint64(at_pos), 3)
        frame = floats(contact + np.uint64(at_frame), 9)
        geoms = ints(contact + np.uint64(at_geom), 2)
        found.normals[thread, row] = frame[:3]
        for side in range(2):
            found.shapes[thread, row, side] = finder.geom_shapes[world, geoms[side]]
            # MuJoCo's point lies half-way between the surfaces, along the normal
            point[:] = pos + (side - 0.5) * distance * frame[:3]
            _to_body(arrays, finder.geom_bodies[geoms[side]], point, found.points[thread, row, side])
        # MuJoCo's is the force on the second geom, Newton's on the first
        _mj_contact_force(model, data, index, force.ctypes.data)
        for i in range(3):
            x, y, z = frame[i], frame[3 + i], frame[6 + i]
            found.forces[thread, row, i] = -(x * force[0] + y * force[1] + z * force[2])
            found.forces[thread, row, 3 + i] = -(x * force[3] + y * force[4] + z * force[5])


@compiled
def _find(table, thread, first, last, finder, found):
    """Take the contacts that worlds have in their present states.

    Args:
        table: Table of worlds.
        thread: Number of this thread.
        first: First world.
        last: World after the last one.
        finder: :class:`Finder`.
        found: :class:`Found`.
    """
    arrays = table.arrays[thread]
    for world in range(first, last):
        model, data = load(table, thread, world)
        _mj_forward(model, data)
        count = ints(arrays[native.COUNTS], 1)[native.NCON]
        take(model, data, arrays, thread, world, count, finder, found)


@compiled
def _copy(found, starts, buffer):
    """Copy contacts to Newton's buffer.

    Args:
        found: :class:`Found`.
        starts: Row of each world's first contact in the buffer. Shape is (num_worlds + 1,).
        buffer: :class:`_Buffer`.
    """
    for world in range(found.counts.shape[0]):
        thread, start = found.threads[world], found.starts[world]
        for row in range(starts[world], starts[world + 1]):
            source = start + row - starts[world]
            buffer.shape0[row], buffer.shape1[row] = found.shapes[thread, source]
            buffer.point0[row] = found.points[thread, source, 0]
            buffer.point1[row] = found.points[thread, source, 1]
            buffer.normal[row] = found.normals[thread, source]
            if buffer.force.shape[0] > 0:
                buffer.force[row] = found.forces[thread, source]


class ContactReport:
    """Fills Newton's contact buffer.

    Args:
        worlds: Worlds to read.
        geom_bodies: Body of each geom. Shape is (ngeom,).
        geom_shapes: Newton's shape of each geom. Shape is (num_worlds, ngeom).
        room: Contacts of all worlds that there is room for.

    Attributes:
        finder: What the threads have to know of the contacts.
        found: What they found in the last step.
    """

    def __init__(self, worlds: Worlds, geom_bodies: np.ndarray, geom_shapes: np.ndarray, room: int):
        self._worlds = worlds
        self._room = room
        self._is_read = self._is_taken = False
        self.found = self._make_room(room)
        self.finder = Finder(worlds.contact_layout, geom_bodies, geom_shapes)

    def begin_step(self) -> Found:
        """Return where the threads put the contacts of the next step.

        There is room in the first step, then only if somebody has ever read contacts.
        """
        if self._is_taken and not self._is_read and self.found.shapes.size > 0:
            self.found = self._make_room(0)
        self._is_taken = True
        self.found.totals[:] = 0
        return self.found

    def fill(self, contacts: Contacts) -> np.ndarray:
        """Copy the contacts of the last engine step; those of the present state if they were not taken there.

        Args:
            contacts: Buffer to fill.

        Returns:
            Number of contacts of each world that found no room in the buffer. Shape is (num_worlds,).
        """
        if not self._is_taken or self.found.shapes.shape[1] < self._room:
            self.found = self._make_room(self._room)
            self._worlds.run((_find, self.finder, self.found))
            self._is_taken = True
        self._is_read = True
        counts = self.found.counts
        starts = np.zeros(len(counts) + 1, np.int64)
        np.cumsum(counts, out=starts[1:])
        kept = np.minimum(starts, min(self._room, contacts.rigid_contact_max))
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
            _copy(self.found, kept, buffer)
        return counts - np.diff(kept)

    def _make_room(self, room: int) -> Found:
        num_worlds, rows = self._worlds.num_worlds, (self._worlds.num_threads, room)
        return Found(
            counts=np.zeros(num_worlds, np.int64),
            threads=np.zeros(num_worlds, np.int64),
            starts=np.zeros(num_worlds, np.int64),
            totals=np.zeros(self._worlds.num_threads, np.int64),
            shapes=np.zeros((*rows, 2), np.int32),
            points=np.zeros((*rows, 2, 3), np.float32),
            normals=np.zeros((*rows, 3), np.float32),
            forces=np.zeros((*rows, 6), np.float32),
        )
