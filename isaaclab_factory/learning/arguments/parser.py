# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The parser of the scripts, and what is no argument of theirs: Hydra overrides."""

import argparse
import re
from typing import NoReturn

from isaaclab_factory.learning.errors import UserError

_OVERRIDE = re.compile(r"\+{0,2}(env|agent)\.[^=\s]+=.*", re.DOTALL)
"""Hydra's ``~`` is missing: Isaac Lab leaves what it takes away where it is."""


class OneLineParser(argparse.ArgumentParser):
    """An argument parser whose complaints are one line (without the usage text)."""

    def error(self, message: str) -> NoReturn:
        """Raises :class:`UserError` instead of printing the usage and leaving."""
        raise UserError(f"{message} (see --help)")


def split_overrides(parser: OneLineParser, argv: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Parses a command line.

    Args:
        parser: The script's parser.
        argv: The arguments after the script's name.

    Returns:
        The parsed arguments and the Hydra overrides among the rest.

    Raises:
        UserError: Something is neither an argument of the script nor a Hydra override.
    """
    args, rest = parser.parse_known_args(argv)
    for text in rest:
        if not _OVERRIDE.fullmatch(text):
            raise UserError(
                f"unknown argument {text!r}; overrides look like env.<key>=<value> or agent.<key>=<value>, and"
                " env.<term>=null drops a term"
            )
    return args, rest
