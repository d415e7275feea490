# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Converts the values of arguments."""

import argparse
import re


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


def seed_int(text: str) -> int:
    """Converts a seed: what both NumPy and PyTorch take."""
    try:
        value = int(text)
    except ValueError:
        value = -1
    if not 0 <= value < 2**32:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 4294967295")
    return value


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
