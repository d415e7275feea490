# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the tables of flags in the README, from the parsers of the scripts."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from isaaclab_factory.learning import playing
from isaaclab_factory.learning.arguments import OneLineParser, training_parser
from isaaclab_factory.learning.errors import UserError, run_script

PAGE = Path(__file__).parents[1] / "README.md"

BEGIN = "<!-- flags: written by scripts/document_flags.py from the parsers -->\n"
END = "<!-- end of flags -->\n"


def main() -> None:
    """Writes the tables, or checks those that are there."""
    parser = OneLineParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if the tables are not up to date")
    parser.add_argument("--page", type=Path, default=PAGE, metavar="FILE", help="the page (default: README.md)")
    args = parser.parse_args()
    text = args.page.read_text(encoding="utf-8")
    renewed = renew(text)
    if not args.check:
        args.page.write_text(renewed, encoding="utf-8")
    elif renewed != text:
        raise UserError(f"{args.page} is not up to date: run scripts/document_flags.py")


def renew(text: str) -> str:
    """Returns a page with what stands between the two marks made anew.

    Raises:
        UserError: The marks are not there.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise UserError(f"the page has no lines {BEGIN.strip()} and {END.strip()}")
    return before + begin + tables() + end + after


def tables() -> str:
    """Returns the table of ``train.py`` and that of what ``play.py`` takes besides or means otherwise."""
    training, playing_ = groups(training_parser()), groups(playing.parser())
    known = {flag: text for entries in training.values() for flag, text in entries.items()}
    shared = [flag for entries in playing_.values() for flag, text in entries.items() if known.get(flag) == text]
    own = {title: {f: text for f, text in rows.items() if known.get(f) != text} for title, rows in playing_.items()}
    also = ", ".join(f"`{flag.strip('`').split(' ')[0].rstrip(',')}`" for flag in shared)
    return f"\n{table('train.py', training)}\n`play.py` takes {also} too, and:\n\n{table('play.py', own)}\n"


def table(script: str, entries: dict[str, dict[str, str]]) -> str:
    """Returns a table of flags and what they mean, by groups."""
    lines = [f"| `{script}` | meaning |", "| --- | --- |"]
    for title, rows in entries.items():
        if rows:
            lines += [f"| **{title}** | |", *(f"| {flag} | {text} |" for flag, text in rows.items())]
    return "\n".join(lines) + "\n"


def groups(parser: argparse.ArgumentParser) -> dict[str, dict[str, str]]:
    """Returns the flags that a parser's help shows, as Markdown, and what they mean, by the titles of its groups."""
    found: dict[str, dict[str, str]] = {}
    for group in parser._action_groups:
        shown = [action for action in group._group_actions if action.option_strings and action.dest != "help"]
        found[group.title] = {
            f"`{', '.join(action.option_strings)}{_value(action)}`": _cell(action.help % vars(action))
            for action in shown
            if action.help != argparse.SUPPRESS
        }
    return found


def _value(action: argparse.Action) -> str:
    """Returns what follows a flag."""
    if action.nargs == 0:
        return ""
    if action.choices and not action.metavar:
        return f" {{{','.join(str(choice) for choice in action.choices)}}}"
    value = action.metavar or action.dest.upper()
    return f" [{value}]" if action.nargs == "?" else f" {value}"


def _cell(text: str) -> str:
    """Returns a text for a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    sys.exit(run_script(main))
