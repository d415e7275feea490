# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""``--config``: a training in one file, which stands for a command line. Every run folder has the file that repeats it.

Its keys are the flags of ``train.py`` by their names, the selectors ``presets`` and ``physics``, and sections: ``env``
and ``agent`` for overrides, ``network`` and ``algorithm`` for hyperparameters under one name for all libraries.
"""

import argparse
import difflib
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from isaaclab_factory.learning.config.overrides import SELECTORS, sections_of, words_of
from isaaclab_factory.learning.config.settings import SETTINGS, agent_overrides, check_settings
from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.runs.files import write_text

ENTRY_POINT = "entry_point"
"""Key of ``--agent`` in the file, where ``agent`` is the section of overrides."""

FILE = "experiment.yaml"
"""The file in a run folder."""

SECTIONS = ("env", "agent", "network", "algorithm")

_NOT_KEYS = ("help", "config", *SECTIONS)
"""Arguments of the script that are no keys of the file, or have another name there."""


def expand_experiment(parser: argparse.ArgumentParser, argv: list[str], library: str | None = None) -> list[str]:
    """Replaces ``--config`` by the words that the experiment file stands for.

    Args:
        library: The library that the script trains with, None if the arguments say so.

    Returns:
        The arguments of the file, followed by those of the command line, which override them.

    Raises:
        UserError: The file cannot be read, or something in it is not allowed.
    """
    finder = type(parser)(add_help=False, allow_abbrev=False)
    finder.add_argument("--config", action="append", default=[])
    found, typed = finder.parse_known_args(argv)
    if not found.config:
        return argv
    if len(found.config) > 1:
        raise UserError(f"--config takes one file, not {len(found.config)}")
    path = Path(found.config[0])
    values = read_experiment(path)
    with _in(path):
        _check_keys(parser, values, library)
        values = {key: value for key, value in values.items() if value is not None}
        flags = [word for key, value in values.items() for word in flag_words(parser, key, value)]
    args, _ = parser.parse_known_args([*flags, *typed])
    with _in(path):
        overrides = _override_words(values, library or args.lib, args.max_iterations)
    return [*flags, *overrides, *typed]


def read_experiment(path: Path) -> dict[str, Any]:
    """Returns the content of an experiment file, without executing anything that may be in it.

    Raises:
        UserError: The file cannot be read, has another suffix, or is no mapping of texts and values.
    """
    readers = {".yaml": _read_yaml, ".yml": _read_yaml, ".json": _read_json}
    if path.suffix not in readers:
        raise UserError(f"--config takes a file that ends in {', '.join(readers)}, not {path}")
    try:
        values = readers[path.suffix](path)
    except RecursionError as error:
        raise UserError(f"cannot read {path}: it is nested too deeply") from error
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
    if not isinstance(values, dict):
        raise UserError(f"{path} is no mapping of keys and values")
    return {str(key): value for key, value in values.items()}


def _read_yaml(path: Path) -> Any:
    """Reads YAML with OmegaConf, which reads 1e-3 as a number, refuses duplicate keys, and runs no code."""
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException
    from yaml import AliasToken, MarkedYAMLError, YAMLError, scan

    text = path.read_text(encoding="utf-8")
    try:
        alias = next((token for token in scan(text) if isinstance(token, AliasToken)), None)
        if alias is not None:  # a few lines of them can expand to more than the memory holds
            raise ValueError(f"line {alias.start_mark.line + 1}: *{alias.value}: write out what it stands for")
        return OmegaConf.to_container(OmegaConf.create(text), resolve=False)
    except MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise ValueError(f"{line}{error.problem}") from error
    except (YAMLError, OmegaConfBaseException, AssertionError) as error:
        raise ValueError(str(error).strip().partition("\n")[0]) from error


def _read_json(path: Path) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        twice = next((key for key in values if [name for name, _ in pairs].count(key) > 1), None)
        if twice is not None:
            raise ValueError(f"the key {twice!r} appears twice")
        return values

    return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once)


@contextmanager
def _in(path: Path) -> Iterator[None]:
    """Adds the file to the message of an error."""
    try:
        yield
    except UserError as error:
        raise UserError(f"{path}: {error}") from error


def flags_of(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    """Returns the arguments of a script that are keys of its experiment files, by all their names."""
    flags = {}
    for action in parser._actions:
        if action.dest == "agent":
            flags[ENTRY_POINT] = action
        elif action.dest not in _NOT_KEYS:
            names = [name.lstrip("-").replace("-", "_") for name in action.option_strings]
            flags |= dict.fromkeys([action.dest, *names], action)
    return flags


def _check_keys(parser: argparse.ArgumentParser, values: dict[str, Any], library: str | None) -> None:
    """Raises UserError if a key is unknown or the file is for another library; removes the library if it is known."""
    flags = flags_of(parser)
    if library is not None:
        given = next((values.pop(name) for name in ("lib", "rl_library") if name in values), library)
        if given != library:
            raise UserError(f"lib is {given!r}, but this script trains with {library}: use train.py")
    shown = {name: action for name, action in flags.items() if name in (action.dest, ENTRY_POINT)}
    for key, value in values.items():
        if key not in flags:
            _check_known(key, [*shown, *SETTINGS[""], *SELECTORS, *SECTIONS], "")
        if key not in SECTIONS:
            continue
        if not isinstance(value, dict | None):
            hint = f"; the entry point of the hyperparameters has the key {ENTRY_POINT}" if key == "agent" else ""
            raise UserError(f"{key} is a section with keys of its own, not {value!r}{hint}")
        for name in value or () if key in SETTINGS else ():
            _check_known(str(name), SETTINGS[key], f"{key}.")


def _check_known(key: str, known: Iterable[str], section: str) -> None:
    """Raises UserError with the keys there are if this is none of them."""
    known = list(known)
    if key not in known:
        close = difflib.get_close_matches(key, known, n=1)
        hint = f" did you mean {section}{close[0]}?" if close else ""
        raise UserError(f"unknown key {section}{key};{hint} known are {', '.join(known)}")


def flag_words(parser: argparse.ArgumentParser, key: str, value: Any) -> list[str]:
    """Returns a flag as it is typed, from its key and value in an experiment file.

    Returns:
        The words: none for a key that is no flag, one per value for a flag that may be repeated.

    Raises:
        UserError: The script does not take the value.
    """
    action = flags_of(parser).get(key)
    if action is None:
        return []
    flag = action.option_strings[0]
    if action.const is True:
        if not isinstance(value, bool):
            raise UserError(f"{key} is true or false, not {value!r}")
        return [flag] if value else []
    several = isinstance(action.default, list)
    values = value if several and isinstance(value, list) else [value]
    if not all(isinstance(item, str | int | float) and not isinstance(item, bool) for item in values):
        raise UserError(f"{key} takes {'values or a list of them' if several else 'one value'}, not {value!r}")
    words = [f"{flag}={item}" for item in values]
    try:
        parser.parse_known_args(words)
    except UserError as error:
        reason = re.sub(r"^argument [^:]+: | \(see --help\)$", "", str(error))
        raise UserError(f"{key}: {reason}") from error
    return words


def _override_words(values: dict[str, Any], library: str, max_iterations: int | None) -> list[str]:
    """Returns the presets and overrides of a file. Those with the library's own keys come last, and so override."""
    sections = {"": {key: value for key, value in values.items() if key in SETTINGS[""]}} | {
        key: values[key] for key in SECTIONS if key in values
    }
    for section in SETTINGS:
        check_settings(section, sections.get(section, {}), max_iterations)
    common = [agent_overrides(section, sections.get(section, {}), library) for section in SETTINGS]
    words = [word for overrides in common for word in words_of("agent", overrides)]
    presets = [f"{selector}={values[selector]}" for selector in SELECTORS if values.get(selector) is not None]
    agent = words_of("agent", sections.get("agent", {}))
    return [*presets, *words_of("env", sections.get("env", {})), *words, *agent]


def write_experiment(
    folder: Path, parser: argparse.ArgumentParser, args: argparse.Namespace, words: list[str], **settled: Any
) -> None:
    """Writes the experiment file of a run.

    Args:
        args: What it parsed. Values that differ from their defaults are written.
        words: Presets and overrides of the run.
        **settled: Values by their keys in the file that the run has, whatever the arguments say or leave open. None
            leaves a key out.

    Raises:
        UserError: The file cannot be written.
    """
    given = given_arguments(parser, args)
    values = {key: value for key, value in (settled | given | settled).items() if value is not None}
    text = "# Repeats this run: train.py --config <this file>\n"
    text += yaml.safe_dump(values | sections_of(words), sort_keys=False, allow_unicode=True)
    write_text(folder / FILE, text)


def given_arguments(parser: argparse.ArgumentParser, args: argparse.Namespace) -> dict[str, Any]:
    """Returns the arguments that differ from their defaults, by their keys in the file."""
    given = {}
    for action in set(flags_of(parser).values()):
        value = getattr(args, action.dest)
        if value != action.default and value is not None:
            given[ENTRY_POINT if action.dest == "agent" else action.dest] = value
    return dict(sorted(given.items()))


def given_words(parser: argparse.ArgumentParser, given: dict[str, Any], leave_out: Iterable[str] = ()) -> list[str]:
    """Returns arguments, see :func:`given_arguments`, as they are typed, but for those that are to be left out."""
    wanted = {key: value for key, value in given.items() if key not in leave_out}
    return [word for key, value in wanted.items() for word in flag_words(parser, key, value)]
