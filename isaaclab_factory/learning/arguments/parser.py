# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The parser of the scripts, and what is no argument of theirs: Hydra overrides."""

import argparse
import difflib
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from isaaclab_factory.learning.arguments.completion import complete
from isaaclab_factory.learning.errors import UserError

_OVERRIDE = re.compile(r"(\+{0,2}(env|agent)\.[^=\s]+=.*)|(~agent\.[^=\s]+)", re.DOTALL)
"""Hydra's ``~env.`` is missing: Isaac Lab leaves what it takes away where it is."""

USAGE = "%(prog)s [flags] [env.KEY=VALUE ...] [agent.KEY=VALUE ...]"
"""Usage of a script that takes Hydra overrides: its flags are listed below it."""


class _Help(argparse.HelpFormatter):
    """Puts what an argument means beside it, where its name is not too long."""

    def __init__(self, prog: str) -> None:
        """Args:
        prog: Name of the script.
        """
        super().__init__(prog, max_help_position=32)

    def _format_action_invocation(self, action: argparse.Action) -> str:
        """Returns an argument's names, and what follows them once rather than behind each."""
        if not action.option_strings or action.nargs == 0:
            return super()._format_action_invocation(action)
        value = self._format_args(action, self._get_default_metavar_for_optional(action))
        return f"{', '.join(action.option_strings)} {value}"


class OneLineParser(argparse.ArgumentParser):
    """An argument parser whose complaints are one line (without the usage text), and to which ``-`` in a name is ``_``.

    It takes no beginnings of names: an override or a mistyped name must not become another argument.
    """

    def __init__(self, **kwargs: Any) -> None:
        """Args:
        **kwargs: What the base class takes.
        """
        super().__init__(**({"allow_abbrev": False, "formatter_class": _Help} | kwargs))

    def parse_known_args(
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parses what it knows, as the base class does; both ``--real-time`` and ``--real_time`` are known."""
        if self.add_help:  # one without is an auxiliary, which knows but a part of the command line
            complete(self)
        words = sys.argv[1:] if args is None else args
        return super().parse_known_args([self._as_declared(word) for word in words], namespace)

    def _as_declared(self, word: str) -> str:
        """Returns a word of a command line with its flag spelled as it was declared."""
        name, equals, value = word.partition("=")
        if not name.startswith("--") or name in self._option_string_actions:
            return word
        same = (flag for flag in self._option_string_actions if _plain(flag) == _plain(name))
        return next(same, name) + equals + value

    def closest(self, name: str) -> str | None:
        """Returns the flag that a mistyped one may have been meant to be, None if none is like it."""
        shown = [flag for action in self._actions if action.help != argparse.SUPPRESS for flag in action.option_strings]
        close = difflib.get_close_matches(name.partition("=")[0], shown, n=1, cutoff=0.7)
        return close[0] if close else None

    def error(self, message: str) -> NoReturn:
        """Raises :class:`UserError` instead of printing the usage and leaving."""
        raise UserError(f"{message} (see --help)")


def _plain(flag: str) -> str:
    return flag.replace("_", "-")


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
            raise UserError(f"unknown argument {text!r}; {_advice(parser, text)}")
    return args, rest


def _advice(parser: OneLineParser, text: str) -> str:
    """Returns what a user may have meant by something that is neither an argument nor an override."""
    if text.startswith("-"):
        close = parser.closest(text)
        return f"did you mean {close}?" if close else "--help lists the flags"
    return "overrides look like env.<key>=<value> or agent.<key>=<value>, and env.<term>=null drops a term"
