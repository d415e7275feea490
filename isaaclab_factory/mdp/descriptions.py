# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What is exported about an observation term along with a policy."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class TermDescription:
    """What somebody who computes an observation on a real robot needs to know of it.

    Attributes:
        text: First paragraph of the term's docstring.
        units: Unit of the values, "1" for none.
        axes: What each value is, in order.
        frame: Frame of the values, or None where there is none.
    """

    text: str
    units: str
    axes: tuple[str, ...]
    frame: str | None = None


def describe(units: str, axes: tuple[str, ...], frame: str | None = None) -> Callable[[Callable], Callable]:
    """Attach a :class:`TermDescription` to an observation term as its attribute ``description``.

    Isaac Lab's own IO descriptors are deprecated since 3.0.

    Args:
        units: Unit of the values, "1" for none.
        axes: What each value is, in order.
        frame: Frame of the values, or None where there is none.

    Returns:
        A decorator, which returns the same function.
    """

    def decorate(term: Callable) -> Callable:
        text = " ".join(inspect.getdoc(term).partition("\n\n")[0].split())
        term.description = TermDescription(text, units, axes, frame)
        return term

    return decorate
