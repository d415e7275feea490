# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Says which keys there are where an override names one that is not there: Hydra says only that it is not."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any


def missing_key(overrides: Iterable[str], values: Mapping[str, Any]) -> str | None:
    """Returns what is wrong with the first override whose key is not there, None if all are.

    Args:
        overrides: Hydra overrides such as ``env.episode_length_s=5.0``. What adds a key, with ``+``, is not looked at.
        values: The configurations, ``env`` and ``agent``, as nested mappings and lists.
    """
    for override in overrides:
        if override.startswith("+"):
            continue
        node, place = values, ""
        for name in override.removeprefix("~").partition("=")[0].split("."):
            names = _names(node)
            if name not in names:
                return f"cannot apply {override}: {_told(node, place, name, names)}"
            node = node[name] if isinstance(node, Mapping) else node[int(name)]
            place = f"{place}.{name}".lstrip(".")
    return None


def _names(node: Any) -> list[str]:
    """Returns what a key may go on with below a value."""
    if isinstance(node, Mapping):
        return [str(name) for name in node]
    return [str(index) for index in range(len(node))] if isinstance(node, list) else []


def _told(node: Any, place: str, name: str, names: list[str]) -> str:
    if not names:
        return f"{place} is {'null' if node is None else repr(node)}, and nothing is below it; +{place}.{name} adds"
    close = difflib.get_close_matches(name, names, n=1)
    hint = f"; did you mean {close[0]}?" if close else ";"
    return f"{place} has no {name!r}{hint} there are {', '.join(names)}"
