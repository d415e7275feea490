# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Hydra overrides, one word each on a command line, as nested mappings in an experiment file, and back."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from isaaclab_factory.learning.errors import UserError

_KEY = re.compile(r"(\+{0,2}|~)[\w-]+(\.[\w-]+)*")
_PLAIN = re.compile(r"[A-Za-z_][\w./:-]*")
"""Texts that Hydra takes as they are; all others are quoted."""

_KEYWORDS = frozenset({"true", "false", "null", "inf", "nan"})


def words_of(section: str, values: dict[Any, Any]) -> list[str]:
    """Returns the overrides that a section of an experiment file stands for.

    Args:
        section: ``env`` or ``agent``.
        values: Nested mappings with the values at their ends. As on the command line, a key with ``+`` before it is
            new there, one with ``++`` is new or not, and one with ``~`` is taken away, its value being null.

    Raises:
        UserError: A key or a value is none that an override can have.
    """
    return [
        f"~{section}.{key}" if prefix == "~" and value is None else f"{prefix}{section}.{key}={hydra_value(value)}"
        for prefix, key, value in _ends(values, section, "")
    ]


def _ends(values: dict[Any, Any], section: str, prefix: str, parents: str = "") -> Iterator[tuple[str, str, Any]]:
    """Yields the ``+`` before it, the key with dots and the value of everything below a mapping."""
    for name, value in values.items():
        if not _KEY.fullmatch(str(name)):
            raise UserError(f"{section}.{parents}{name} can be no override: keys are of letters, digits, _ and -")
        plain = str(name).lstrip("+~")
        before = str(name)[: -len(plain)] or prefix
        if isinstance(value, dict) and value:
            yield from _ends(value, section, before, f"{parents}{plain}.")
        else:
            yield before, parents + plain, value


def hydra_value(value: Any) -> str:
    """Returns a plain value as it stands in an override.

    Raises:
        UserError: It is none of null, boolean, number, text, list and mapping.
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) and value.lower() not in _KEYWORDS else _quoted(value)
    if isinstance(value, list):
        return f"[{','.join(map(hydra_value, value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{_dict_key(key)}:{hydra_value(item)}' for key, item in value.items())}}}"
    raise UserError(f"{value!r} can be no override: values are null, true, false, numbers, texts, lists and mappings")


def _quoted(text: str) -> str:
    """Returns a text in quotes; Hydra takes a backslash for itself unless it stands before a quote."""
    return '"' + re.sub(r'(\\*)"', r'\1\1\\"', re.sub(r"(\\+)$", r"\1\1", text)) + '"'


def _dict_key(key: Any) -> str:
    if not re.fullmatch(r"[\w-]+", str(key)):
        raise UserError(f"{key!r} can be no key in a list of an override: keys are of letters, digits, _ and -")
    return str(key)


def sections_of(words: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Returns the sections of an experiment file that stand for overrides, in their order; the last of a key counts.

    Args:
        words: Overrides such as ``env.episode_length_s=5.0`` or ``+agent.params.network.blocks=2``.

    Raises:
        UserError: One cannot be read.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    sections: dict[str, dict[str, Any]] = {}
    parser = OverridesParser.create()
    for word in words:
        try:
            override = parser.parse_override(word)
            value = override.value()
        except HydraException as error:
            raise UserError(f"cannot read the override {word}: {error}") from error
        *parents, last = override.key_or_group.split(".")
        prefix = "~" if override.is_delete() else "++" if override.is_force_add() else "+" if override.is_add() else ""
        place: dict[str, Any] = sections
        for name in parents:
            place = place.setdefault(name, {})
        place[prefix + last] = _marked(value)
    return sections


def _marked(value: Any) -> Any:
    """Marks the keys of a mapping that is a value: there need be nothing yet where it goes."""
    return {f"++{key}": item for key, item in value.items()} if isinstance(value, dict) else value
