# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Prim path patterns as ``omni.physics.tensors`` understands them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WILDCARDS = {"*": "[^/]*", "?": "[^/]"}
_KEPT = "()|[]"


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Regular expression for a pattern.

    ``*`` and ``?`` stand for any characters within one component of the path, ``(a|b)`` for one of several names and
    ``[abc]`` for one of several characters.
    """
    parts = [_WILDCARDS.get(char, char if char in _KEPT else re.escape(char)) for char in pattern]
    return re.compile("".join(parts))


def match_paths(pattern: str, paths: Iterable[str]) -> list[str]:
    """Paths that match a pattern as a whole, in the order given."""
    expression = compile_pattern(pattern.rstrip("/"))
    return [path for path in paths if expression.fullmatch(path)]


def match_all(patterns: str | Iterable[str], paths: Iterable[str], what: str) -> list[str]:
    """Paths that match one or several patterns: all of the first pattern, then all of the second, ...

    Raises:
        ValueError: If a pattern matches nothing.
    """
    patterns = [patterns] if isinstance(patterns, str) else list(patterns)
    paths, found = list(paths), []
    for pattern in patterns:
        matches = match_paths(pattern, paths)
        if not matches:
            raise ValueError(f"no {what} matches the pattern '{pattern}'")
        found += matches
    return found
