# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Ground of the compiled loops over worlds: memory behind addresses, and the table of worlds that every loop gets.

The loops hold no Python lock, so several threads run them at once. Each works on its own range of worlds with its
own model and data: :func:`load` makes them those of a world, :func:`store` keeps what became of it.
"""

from __future__ import annotations

from typing import NamedTuple

import mujoco
import numba
import numpy as np
from numba import types

from . import compat
from .compat import compiled

ARRAYS = (
    "qpos",
    "qvel",
    "act",
    "ctrl",
    "qfrc_applied",
    "xfrc_applied",
    "mocap_pos",
    "mocap_quat",
    "qacc_warmstart",
    "xpos",
    "xquat",
    "xmat",
    "xipos",
    "subtree_com",
    "cvel",
    "cacc",
    "cfrc_int",
    "qfrc_actuator",
    "solver_niter",
)
"""Arrays of MjData that the loops reach through :attr:`Table.arrays`, in this order."""

(
    QPOS,
    QVEL,
    ACT,
    CTRL,
    QFRC_APPLIED,
    XFRC_APPLIED,
    MOCAP_POS,
    MOCAP_QUAT,
    QACC_WARMSTART,
    XPOS,
    XQUAT,
    XMAT,
    XIPOS,
    SUBTREE_COM,
    CVEL,
    CACC,
    CFRC_INT,
    QFRC_ACTUATOR,
    SOLVER_NITER,
    WARNING,
    CONTACT,
    COUNTS,
) = range(len(ARRAYS) + 3)
"""Columns of :attr:`Table.arrays`. The last three are no plain arrays, see :mod:`compat`."""

NCON, NEFC = 0, 4
"""Numbers of contacts and of constraints among the counts."""

_INTEGRATION = int(mujoco.mjtState.mjSTATE_INTEGRATION)
_mj_set_state = compat.mj_setState
_mj_get_state = compat.mj_getState


class Table(NamedTuple):
    """Addresses of all worlds, as the compiled loops get them.

    Attributes:
        states: Integration state of each world, see :class:`worlds.Worlds`. Shape is (num_worlds, state_size).
        models: Address of each thread's mjModel. Shape is (num_threads,).
        datas: Address of each thread's mjData. Shape is (num_threads,).
        arrays: Addresses of the arrays of each thread's mjData. Shape is (num_threads, len(ARRAYS) + 3).
        targets: Addresses, in each thread's model, of the fields that differ between worlds. Shape is
            (num_threads, num_fields).
        sources: Addresses of these fields' values, world by world. Shape is (num_fields,).
        sizes: Number of values per world. Shape is (num_fields,).
    """

    states: np.ndarray
    models: np.ndarray
    datas: np.ndarray
    arrays: np.ndarray
    targets: np.ndarray
    sources: np.ndarray
    sizes: np.ndarray


@numba.extending.intrinsic
def _float64_pointer(typing_context, address):
    def codegen(context, builder, signature, args):
        return builder.inttoptr(args[0], context.get_value_type(signature.return_type))

    return types.CPointer(types.float64)(address), codegen


@numba.extending.intrinsic
def _int32_pointer(typing_context, address):
    def codegen(context, builder, signature, args):
        return builder.inttoptr(args[0], context.get_value_type(signature.return_type))

    return types.CPointer(types.int32)(address), codegen


@compiled
def floats(address, size):
    """View ``size`` float64 numbers at an address."""
    return numba.carray(_float64_pointer(address), size)


@compiled
def ints(address, size):
    """View ``size`` int32 numbers at an address."""
    return numba.carray(_int32_pointer(address), size)


@compiled
def read(address, out):
    """Copy the float64 numbers at an address to a row of another float type."""
    source = floats(address, out.shape[0])
    for i in range(out.shape[0]):
        out[i] = source[i]


@compiled
def write(address, values):
    """Copy a row of numbers to float64 numbers at an address."""
    target = floats(address, values.shape[0])
    for i in range(values.shape[0]):
        target[i] = values[i]


@compiled
def fill(address, size, value):
    """Set ``size`` float64 numbers at an address."""
    target = floats(address, size)
    for i in range(size):
        target[i] = value


@compiled
def load(table, thread, world):
    """Make a thread's model and data those of one world, and return their addresses.

    The data has the world's state only: nothing that MuJoCo computes from it is of this world yet.
    """
    for k in range(table.sizes.shape[0]):
        size = table.sizes[k]
        write(table.targets[thread, k], floats(table.sources[k] + np.uint64(8 * world * size), size))
    model, data = table.models[thread], table.datas[thread]
    _mj_set_state(model, data, table.states[world].ctypes.data, _INTEGRATION)
    return model, data


@compiled
def store(table, thread, world):
    """Keep the state of a thread's data as that of a world."""
    _mj_get_state(table.models[thread], table.datas[thread], table.states[world].ctypes.data, _INTEGRATION)


def as_rows(array) -> np.ndarray:
    """View a Warp array of the CPU as one row of numbers per world."""
    values = array.numpy()
    return values.reshape(values.shape[0], int(np.prod(values.shape[1:])))
