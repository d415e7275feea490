# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Overrides, one word each on a command line, as nested mappings in an experiment file, and back."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from isaaclab_factory.learning.config.overrides import is_selector, parse_value, selected
from isaaclab_factory.learning.errors import UserError

_KEY = re.compile(r"(\+{0,2}|~)[\w-]+(\.[\w-]+)*")


def words_of(section: str, values: dict[Any, Any]) -> list[str]:
    """Returns the overrides that a section of an experiment file stands for.

    Args:
        section: ``env`` or ``agent``.
        values: Nested mappings with the values at their ends. As on the command line, a key with ``+`` may be new, and
            one with ``~`` and the value null is removed.

    Raises:
        UserError: A key or a value cannot be part of an override.
    """
    return [
        f"~{section}.{key}" if marker == "~" and value is None else f"{marker}{section}.{key}={value_text(value)}"
        for marker, key, value in _ends(values, section, "")
    ]


def _ends(values: dict[Any, Any], section: str, marker: str, parents: str = "") -> Iterator[tuple[str, str, Any]]:
    """Yields the marker, the key with dots and the value of everything below a mapping."""
    for name, value in values.items():
        if not _KEY.fullmatch(str(name)):
            raise UserError(f"{section}.{parents}{name} cannot be overridden: keys have letters, digits, _ and -")
        plain = str(name).lstrip("+~")
        before = str(name)[: -len(plain)] or marker
        if isinstance(value, dict) and value:
            yield from _ends(value, section, before, f"{parents}{plain}.")
        else:
            yield before, parents + plain, value


def value_text(value: Any) -> str:
    """Returns a plain value as it stands in an override.

    Raises:
        UserError: It is none of null, boolean, number, text, list and mapping.
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    _check_plain(value)
    if isinstance(value, str):
        plain = re.fullmatch(r"\S+", value) and parse_value(value) == value
        return value if plain else repr(value)
    return repr(value)


def _check_plain(value: Any) -> None:
    if isinstance(value, list | tuple):
        for item in value:
            _check_plain(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_plain(key)
            _check_plain(item)
    elif not isinstance(value, str | int | float | None):
        raise UserError(f"{value!r} cannot be in an override: null, booleans, numbers, texts, lists and mappings can")


def sections_of(words: Iterable[str]) -> dict[str, Any]:
    """Returns the presets and sections of an experiment file that stand for the words of a command line.

    Args:
        words: Such as ``presets=no_noise``, ``env.episode_length_s=5.0`` or ``+agent.params.network.blocks=2``. The
            last of a key counts.
    """
    words = list(words)
    sections: dict[str, Any] = {}
    for selector in dict.fromkeys(word.partition("=")[0] for word in words if is_selector(word)):
        sections[selector] = ",".join(selected(words, selector))
    for word in words:
        if is_selector(word):
            continue
        marker = re.match(r"[+~]*", word)[0]
        key, _, text = word.removeprefix(marker).partition("=")
        *parents, last = key.split(".")
        place = sections
        for name in parents:
            place = place.setdefault(name, {})
        place[marker + last] = None if marker == "~" else _marked(parse_value(text))
    # in the order in which a file is read, so that the file of a run and that of its repetition are the same
    return dict(sorted(sections.items(), key=lambda section: section[0] == "agent"))


def _marked(value: Any) -> Any:
    """Marks the keys of a mapping that is a value: they may be new where it goes. Tuples become lists."""
    if isinstance(value, tuple):
        return list(value)
    return {f"+{key}": item for key, item in value.items()} if isinstance(value, dict) else value
