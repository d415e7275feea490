# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Tokens like ``${app}`` in paths."""

import tempfile as _tempfile


class ITokens:
    """Known tokens and what they stand for."""

    def __init__(self) -> None:
        self._values = {"${temp}": _tempfile.gettempdir(), "${app}": _tempfile.gettempdir()}

    def resolve(self, text: str) -> str:
        """Replace the tokens in a text.

        Raises:
            ValueError: If an unknown token is left over.
        """
        for token, value in self._values.items():
            text = text.replace(token, value)
        if "${" in text:
            raise ValueError(f"unknown token in '{text}'; known are {', '.join(self._values)}")
        return text


_tokens = ITokens()


def get_tokens_interface() -> ITokens:
    """The tokens of this process."""
    return _tokens
