# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Takes words out of a command line that are not to be typed again."""

from collections.abc import Iterable, Mapping


def without_options(words: Iterable[str], options: Mapping[str, int]) -> list[str]:
    """Returns the words of a command line without some options and their values, and without some overrides.

    Args:
        words: The command line.
        options: Number of values by option, such as ``{"--seed": 1}`` for ``--seed 3`` and ``--seed=3``; keys of
            overrides have none of their own.
    """
    kept, rest = [], iter(words)
    for word in rest:
        name, equals, _ = word.partition("=")
        if name not in options:
            kept.append(word)
        elif not equals:
            for _ in range(options[name]):
                next(rest, None)
    return kept
