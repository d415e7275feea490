# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What the dimensions of a part must be before anything is computed from them. Every error is one line."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np

LARGEST_SIZE = 1.0
"""Largest length of a part (m); what is longer is most likely in another unit."""

MOST_PIECES = 1024
"""Largest number of sides, teeth or pieces; more would take minutes and gigabytes."""


def require_number(owner: object, **values: float) -> None:
    """Raise a ValueError that names the first value which is not a finite number."""
    for name, value in values.items():
        if not isinstance(value, Real) or isinstance(value, bool) or not np.isfinite(value):
            raise ValueError(f"{_name(owner)}: {name} must be a finite number, got {value!r}.")


def require_not_negative(owner: object, **values: float) -> None:
    """Raise a ValueError that names the first value which is not a finite number of at least 0."""
    require_number(owner, **values)
    for name, value in values.items():
        if value < 0.0:
            raise ValueError(f"{_name(owner)}: {name} must not be negative, got {value!r}.")


def require_positive(owner: object, **values: float) -> None:
    """Raise a ValueError that names the first value which is not a positive finite number."""
    for name, value in values.items():
        if not isinstance(value, Real) or isinstance(value, bool) or not (np.isfinite(value) and value > 0.0):
            raise ValueError(f"{_name(owner)}: {name} must be a positive number of SI units, got {value!r}.")


def require_length(owner: object, **values: float) -> None:
    """Raise a ValueError that names the first value which is not positive or longer than any part (m)."""
    require_positive(owner, **values)
    for name, value in values.items():
        if value > LARGEST_SIZE:
            raise ValueError(f"{_name(owner)}: {name} must be at most {LARGEST_SIZE} m, got {value!r}; is it in mm?")


def require_whole(owner: object, least: int, step: int = 1, most: int = MOST_PIECES, **values: int) -> None:
    """Raise a ValueError that names the first value which is no multiple of the step from the least to the most."""
    kind = "a whole number" if step == 1 else f"a multiple of {step}"
    for name, value in values.items():
        is_whole = isinstance(value, Integral) and not isinstance(value, bool)
        if not is_whole or not least <= value <= most or value % step:
            raise ValueError(
                f"{_name(owner)}: {name} must be at least {least}, at most {most} and {kind}, got {value!r}."
            )


def require_kind(owner: object, other: object, kind: type) -> None:
    """Raise a TypeError where something is not of the kind that the owner goes with."""
    if not isinstance(other, kind):
        raise TypeError(f"A {_name(owner)} goes with a {kind.__name__}, got a {type(other).__name__}.")


def _name(owner: object) -> str:
    return owner.__name__ if isinstance(owner, type) else type(owner).__name__
