# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Converts the values of arguments."""

import argparse
import math
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any


def _number(kind: Callable[[str], float], fits: Callable[[float], bool], described: str) -> Callable[[str], Any]:
    """Returns what converts an argument that must be a number of a kind.

    Args:
        kind: Converts the text, or raises ValueError.
        fits: Whether a value is allowed.
        described: What is allowed, for the message.
    """

    def convert(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not fits(value):
            raise argparse.ArgumentTypeError(f"{text!r} is not {described}")
        return value

    return convert


positive_int = _number(int, lambda value: value >= 1, "a whole number of 1 or more")
count_int = _number(int, lambda value: value >= 0, "a whole number of 0 or more")
positive_float = _number(float, lambda value: 0.0 < value < math.inf, "a number above zero")
_seed = _number(int, lambda value: -1 <= value < 2**32, "a whole number from 0 to 4294967295, or -1 for a random one")


def seed_int(text: str) -> int:
    """Converts a seed: a number that both NumPy and PyTorch accept, or -1 for a random one."""
    seed = _seed(text)
    return secrets.randbelow(2**31) if seed == -1 else seed


def folder_name(text: str) -> str:
    """Converts the name of a folder: one name, not a path."""
    if not re.fullmatch(r"[\w.+=@-][\w.+=@ -]*", text) or text.strip(".") == "":
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a folder: letters, digits and . _ + = @ - are")
    return text


def pattern(text: str) -> str:
    """Converts a name or a regular expression that names fit."""
    try:
        re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a name nor a regular expression ({error})") from error
    return text


def path_text(text: str) -> str:
    """Converts a path, or part of one, which need not exist."""
    if not text.strip():  # a shell makes that of a variable that is not set
        raise argparse.ArgumentTypeError("no path was given")
    try:
        Path(text).exists()
    except OSError as error:  # a name that is too long, a folder that may not be looked into
        raise argparse.ArgumentTypeError(f"{text!r}: {error.strerror}") from error
    return text


def device_name(text: str) -> str:
    """Converts a device name: ``cpu``, ``cuda`` or ``cuda:<number>``."""
    if not re.fullmatch(r"cpu|cuda(:\d+)?", text):
        raise argparse.ArgumentTypeError(f"{text!r} is none of cpu, cuda, cuda:<number>")
    return text


def module_name(text: str) -> str:
    """Converts the name of a Python module: ``my_task`` or ``my_package.my_task``, not a file."""
    if text.endswith(".py") or not all(part.isidentifier() for part in text.split(".")):
        raise argparse.ArgumentTypeError(f"{text!r} is no module's name such as my_task or my_package.my_task")
    return text
