# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Presets and overrides of a command line: ``presets=no_noise``, ``env.scene.num_envs=64``, ``agent.seed=3``.

The syntax is Isaac Lab's, which resolves presets. Values are set here, because Isaac Lab checks neither that a key
exists nor that its value has the right type, and sets no entries of lists. An experiment file has overrides as nested
mappings, its sections.
"""

import ast
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from isaaclab_factory.learning.errors import UserError

SELECTORS = ("physics", "renderer", "presets")
"""Keys that choose presets rather than set values."""

_WORDS = {"true": True, "false": False, "null": None, "none": None, "inf": float("inf"), "nan": float("nan")}

_KEY = re.compile(r"(\+{0,2}|~)[\w-]+(\.[\w-]+)*")


def is_selector(word: str) -> bool:
    """Returns whether a word chooses presets, such as ``physics=newton_mujoco``."""
    return word.partition("=")[0] in SELECTORS


def selected(words: Iterable[str], selector: str) -> list[str]:
    """Returns the names that words choose with one of :data:`SELECTORS`."""
    chosen = (word.partition("=")[2] for word in words if word.partition("=")[0] == selector)
    return [name.strip() for names in chosen for name in names.split(",") if name.strip()]


def parse_value(text: str) -> Any:
    """Returns the value of an override: a Python literal, ``true``, ``false``, ``null``, or else the text itself."""
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def apply_override(configs: Mapping[str, Any], word: str) -> None:
    """Sets one value.

    Args:
        configs: The configurations, ``env`` and ``agent``: objects, dictionaries or lists of them.
        word: ``<key>=<value>`` for a key that exists, ``+<key>=<value>`` for one that may be new, also in a dictionary
            that is null so far, ``~<key>`` to remove an entry of a dictionary.

    Raises:
        UserError: There is no such key, or the value has another type than the one that it replaces.
    """
    marker = re.match(r"[+~]*", word)[0]
    key, _, text = word.lstrip("+~").partition("=")
    *path, leaf = key.split(".")
    owner: Any = configs
    place = ""
    for name in path:
        parent, owner = owner, _known_entry(owner, name, place, word)
        if owner is None and marker.startswith("+") and isinstance(parent, dict):
            owner = parent[name] = {}
        place = f"{place}.{name}".lstrip(".")
    if marker == "~":
        _remove(owner, leaf, place, word)
        return
    value = parse_value(text)
    if marker and isinstance(owner, dict):
        owner[leaf] = value
        return
    set_entry(owner, leaf, _fitting(_known_entry(owner, leaf, place, word), value, key))


def _remove(owner: Any, name: str, place: str, word: str) -> None:
    if not isinstance(owner, dict):
        raise UserError(f"cannot apply {word}: this configuration keeps all its keys; give it another value")
    _known_entry(owner, name, place, word)
    del owner[name]


def _known_entry(owner: Any, name: str, place: str, word: str) -> Any:
    """Returns an entry of a configuration; raises UserError with the names there are if it has none of that name."""
    names = _names(owner)
    if name in names:
        return entry(owner, name)
    if not names:
        what = "null" if owner is None else repr(owner)
        raise UserError(f"cannot apply {word}: {place} is {what} and has no keys")
    close = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {close[0]}? it has" if close else "it has"
    raise UserError(f"cannot apply {word}: {place or 'the command line'} has no {name!r}; {hint} {', '.join(names)}")


def _names(owner: Any) -> list[str]:
    """Returns the keys of a configuration, none of a plain value."""
    if isinstance(owner, Mapping):
        return [str(name) for name in owner]
    if isinstance(owner, list):
        return [str(index) for index in range(len(owner))]
    return [name for name in vars(owner) if not name.startswith("_")] if hasattr(owner, "__dataclass_fields__") else []


def entry(owner: Any, name: str) -> Any:
    """Returns an entry of a dictionary, a list or an object; raises the exception that it raises for a wrong name."""
    if isinstance(owner, Mapping):
        return owner[name]
    return owner[int(name)] if isinstance(owner, list) else getattr(owner, name)


def set_entry(owner: Any, name: str, value: Any) -> None:
    """Sets an entry of a dictionary, a list or an object."""
    if isinstance(owner, list):
        owner[int(name)] = value
    elif isinstance(owner, dict):
        owner[name] = value
    else:
        setattr(owner, name, value)


def _fitting(default: Any, value: Any, key: str) -> Any:
    """Returns a value in the type of the one that it replaces.

    Raises:
        UserError: It has another type.
    """
    if value is None or default is None:
        return value
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise UserError(f"{key} takes true or false, not {value!r}")
    elif isinstance(default, int | float):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UserError(f"{key} takes a number such as {default}, not {value!r}")
    elif isinstance(default, list | tuple):
        if not isinstance(value, list | tuple):
            example = f" such as {default}" if all(isinstance(item, str | int | float) for item in default) else ""
            raise UserError(f"{key} takes a list{example}, not {value!r}")
        return type(default)(value)
    elif isinstance(default, dict) and not isinstance(value, dict):
        raise UserError(f"{key} is a section with keys of its own, not {value!r}")
    elif hasattr(default, "__dataclass_fields__"):
        raise UserError(f"{key} is a section with the keys {', '.join(_names(default))}; only null replaces it")
    elif callable(default) and isinstance(value, str):
        return _resolved(value, key)
    return value


def _resolved(text: str, key: str) -> Any:
    """Returns the function or class that a text names as ``module:name``."""
    from isaaclab.utils.string import string_to_callable

    try:
        return string_to_callable(text)
    except (ValueError, AttributeError, ImportError) as error:
        raise UserError(f"{key} takes a function or class as <module>:<name>, not {text!r} ({error})") from error


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
