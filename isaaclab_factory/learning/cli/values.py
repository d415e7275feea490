# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Converts the values of arguments."""

import argparse
import math
import re
import secrets
from pathlib import Path


def positive_int(text: str) -> int:
    """Converts an argument that must be a whole number above zero."""
    return _whole_number(text, lowest=1)


def count_int(text: str) -> int:
    """Converts an argument that must be a whole number, zero or more."""
    return _whole_number(text, lowest=0)


def _whole_number(text: str, lowest: int) -> int:
    try:
        value = int(text)
    except ValueError:
        value = lowest - 1
    if value < lowest:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of {lowest} or more")
    return value


def positive_float(text: str) -> float:
    """Converts an argument that must be a finite number above zero."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above zero")
    return value


def seed_int(text: str) -> int:
    """Converts a seed: a number that both NumPy and PyTorch accept, or -1 for a random one."""
    try:
        value = int(text)
    except ValueError:
        value = -2
    if value == -1:
        return secrets.randbelow(2**31)
    if not 0 <= value < 2**32:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 4294967295, or -1 for a random one")
    return value


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
