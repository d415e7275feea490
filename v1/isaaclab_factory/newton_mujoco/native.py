# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Compiled loops over worlds. They hold no Python lock, so several threads run them at once.

A world's arrays are given as a row of addresses into its ``MjData``, in the order of :data:`FIELDS`.
"""

from __future__ import annotations

import numba
import numpy as np
from numba import types

from . import compat

FIELDS = ("qpos", "qvel", "ctrl", "qfrc_applied", "xfrc_applied")
"""Arrays of MjData whose addresses the loops get."""

QPOS, QVEL, CTRL, QFRC_APPLIED, XFRC_APPLIED = range(len(FIELDS))

mj_step = compat.mj_step


@numba.extending.intrinsic
def _pointer(typing_context, address):
    """Turn an integer address into a pointer to float64."""

    def codegen(context, builder, signature, args):
        return builder.inttoptr(args[0], context.get_value_type(signature.return_type))

    return types.CPointer(types.float64)(address), codegen


@numba.njit(nogil=True, cache=True)
def _read(address, out):
    """Copy float64 numbers at an address to a float32 row."""
    source = numba.carray(_pointer(address), out.shape[0])
    for i in range(out.shape[0]):
        out[i] = source[i]


@numba.njit(nogil=True, cache=True)
def _write(address, values):
    """Copy a float32 row to float64 numbers at an address."""
    target = numba.carray(_pointer(address), values.shape[0])
    for i in range(values.shape[0]):
        target[i] = values[i]


@numba.njit(nogil=True, cache=True)
def step(model, datas, fields, first, last, num_steps, qpos, qvel, ctrl, qfrc_applied, xfrc_applied):
    """Step worlds ``first`` to ``last`` (exclusive): controls and state in, ``num_steps`` engine steps, state out.

    Args:
        model: Address of the mjModel.
        datas: Addresses of the mjDatas. Shape is (num_worlds,).
        fields: Addresses of the arrays of :data:`FIELDS`. Shape is (num_worlds, len(FIELDS)).
        first: First world.
        last: World after the last one.
        num_steps: Engine steps.
        qpos: Positions, read and written. Shape is (num_worlds, nq).
        qvel: Velocities, read and written. Shape is (num_worlds, nv).
        ctrl: Actuator inputs. Shape is (num_worlds, nu).
        qfrc_applied: Applied generalised forces. Shape is (num_worlds, nv).
        xfrc_applied: Applied Cartesian forces and torques. Shape is (num_worlds, 6 * nbody).
    """
    for w in range(first, last):
        _write(fields[w, QPOS], qpos[w])
        _write(fields[w, QVEL], qvel[w])
        _write(fields[w, CTRL], ctrl[w])
        _write(fields[w, QFRC_APPLIED], qfrc_applied[w])
        _write(fields[w, XFRC_APPLIED], xfrc_applied[w])
        for _ in range(num_steps):
            mj_step(model, datas[w])
        _read(fields[w, QPOS], qpos[w])
        _read(fields[w, QVEL], qvel[w])


def as_rows(array) -> np.ndarray:
    """View a Warp array of the CPU as rows of float32, one row per world."""
    values = array.numpy()
    return values.reshape(values.shape[0], -1)
