# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The fenced blocks of a Markdown page.

A Python block that begins with ``# <name>.py`` is a file, a block of Python prompts is a doctest, and a shell block is
typed word for word. A text block is what the commands before it print, in which ``...`` is anything.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt


@dataclass
class Block:
    """A fenced block."""

    language: str
    content: str
    line: int
    output: str | None = None
    """Of a shell block: the text block that follows it."""

    @property
    def file(self) -> str | None:
        """Name of the file that it is."""
        match = re.match(r"# (\w+\.py)\n", self.content)
        return match[1] if match and self.language == "python" else None

    @property
    def commands(self) -> list[str]:
        """The commands of a shell block."""
        return self.content.replace("\\\n", " ").splitlines()


def read_blocks(page: Path) -> list[Block]:
    """Returns the fenced blocks of a page; a text block is the output of the shell block before it."""
    blocks = []
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8")):
        if token.type != "fence":
            continue
        if token.info == "text":
            blocks[-1].output = token.content
        else:
            blocks.append(Block(token.info, token.content, token.map[0] + 1))
    return blocks
