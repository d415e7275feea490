# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The parser of the scripts, and the tokens it leaves to Isaac Lab: presets and configuration overrides."""

import argparse
import difflib
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from isaaclab_factory.learning.cli.completion import complete
from isaaclab_factory.learning.errors import UserError

_OVERRIDE = re.compile(
    r"(\+{0,2}(env|agent)(\.[^=\s]+)?=.*)|(~agent\.[^=\s]+)|((physics|renderer|presets)=.*)", re.DOTALL
)

_USAGE = "%(prog)s [flags] [physics=NAME] [presets=NAME,...] [env.KEY=VALUE ...] [agent.KEY=VALUE ...]"

_EPILOG = (
    "presets=NAME,... chooses variants of the task, physics=NAME its physics engine (list_envs.py shows both)."
    " env.KEY=VALUE and agent.KEY=VALUE change configuration values, such as env.scene.env_spacing=3.0; the keys are"
    " those of params/env.yaml and params/agent.yaml in a run folder. env.rewards.success=null drops a term."
)


class _Help(argparse.HelpFormatter):
    """Shows the value of a flag once, and puts the description beside flags that are not too long."""

    def __init__(self, prog: str, **kwargs: Any) -> None:
        super().__init__(prog, max_help_position=32, **kwargs)

    def _format_action_invocation(self, action: argparse.Action) -> str:
        if not action.option_strings or action.nargs == 0:
            return super()._format_action_invocation(action)
        value = self._format_args(action, self._get_default_metavar_for_optional(action))
        return f"{', '.join(action.option_strings)} {value}"


class OneLineParser(argparse.ArgumentParser):
    """An argument parser that reports errors in one line and treats ``-`` and ``_`` in flags alike.

    It accepts no abbreviations: an override or a mistyped flag must not become another argument.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"allow_abbrev": False, "formatter_class": _Help} | kwargs))

    def parse_known_args(
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parses what it knows, as the base class does, with ``--real-time`` and ``--real_time`` as the same flag."""
        if self.add_help:  # a parser without help reads only a part of the command line
            complete(self)
        words = sys.argv[1:] if args is None else args
        return super().parse_known_args([self._as_declared(word) for word in words], namespace)

    def flags(self) -> list[str]:
        """Returns all flags that the help shows."""
        shown = (action for action in self._actions if action.help != argparse.SUPPRESS)
        return [flag for action in shown for flag in action.option_strings]

    def _as_declared(self, word: str) -> str:
        """Returns a word of the command line with its flag spelled as it was declared."""
        name, equals, value = word.partition("=")
        if not name.startswith("--") or name in self._option_string_actions:
            return word
        same = (flag for flag in self._option_string_actions if flag.replace("_", "-") == name.replace("_", "-"))
        return next(same, name) + equals + value

    def error(self, message: str) -> NoReturn:
        """Raises :class:`UserError` instead of printing the usage and exiting."""
        raise UserError(f"{message} (see --help)")


def task_parser(description: str) -> OneLineParser:
    """Returns a parser for scripts that take presets and overrides too, which :func:`split_overrides` returns."""
    return OneLineParser(description=description, usage=_USAGE, epilog=_EPILOG)


def split_overrides(parser: OneLineParser, argv: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Parses a command line.

    Returns:
        The parsed arguments, and the presets and overrides among the rest.

    Raises:
        UserError: Something is neither an argument of the script nor a preset or an override.
    """
    args, rest = parser.parse_known_args(argv)
    for text in rest:
        if not _OVERRIDE.fullmatch(text):
            raise UserError(f"unknown argument {text!r}; {_advice(parser, text)}")
    return args, rest


def _advice(parser: OneLineParser, text: str) -> str:
    """Returns what the user may have meant."""
    if text.startswith("-"):
        close = difflib.get_close_matches(text.partition("=")[0], parser.flags(), n=1, cutoff=0.7)
        return f"did you mean {close[0]}?" if close else "--help lists the flags"
    return "overrides look like env.<key>=<value> or agent.<key>=<value>, presets like presets=<name> or physics=<name>"
