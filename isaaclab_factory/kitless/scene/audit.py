# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Finds what is authored on physics prims and what no kit-less engine honours, so that nothing is silently ignored."""

from __future__ import annotations

from pxr import Usd

from .notes import Notes


def audit(prims: list[Usd.Prim], notes: Notes) -> None:
    """Check all prims."""
