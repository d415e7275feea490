# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The fenced blocks of a Markdown page.

A Python block that begins with ``# <name>.py`` is a file. A block of Python prompts is a doctest. A shell block is a
list of commands, and the text block after it shows what they print.
"""

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    language: str
    content: str
    line: int

    @property
    def file(self) -> str | None:
        """Name of the file that it is, or None."""
        match = re.match(r"# (\w+\.py)\n", self.content)
        return match[1] if match and self.language == "python" else None

    @property
    def commands(self) -> list[str]:
        """The commands of a shell block."""
        return self.content.replace("\\\n", " ").splitlines()


def read_blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    fences = re.finditer(r"^```(\w+)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    return [Block(fence[1], fence[2], text[: fence.start()].count("\n") + 1) for fence in fences]
