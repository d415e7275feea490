# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The prompts of the page about parts, as one session in a folder with the bracket that it reads."""

import doctest
from pathlib import Path

import trimesh

from tests.docs.blocks import read_blocks

PAGE = Path(__file__).parents[2] / "docs" / "parts.md"


def test_the_prompts_print_what_the_page_shows(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    trimesh.creation.box((40.0, 30.0, 10.0)).export("bracket.stl")
    session = "\n".join(block.content for block in read_blocks(PAGE) if block.language == "pycon")
    test = doctest.DocTestParser().get_doctest(session, {}, PAGE.name, str(PAGE), 0)
    result = doctest.DocTestRunner().run(test)
    assert result.attempted > 10
    assert result.failed == 0
