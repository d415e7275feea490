# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The prompts of the pages about parts, each as one session in a folder with the bracket that one of them reads."""

import doctest
from pathlib import Path

import pytest
import trimesh

from tests.docs.blocks import read_blocks

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("page", "prompts"), [("parts.md", 13), ("factory_parts.md", 3)])
def test_the_prompts_print_what_the_page_shows(page: str, prompts: int, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    trimesh.creation.box((40.0, 30.0, 10.0)).export("bracket.stl")
    session = "\n".join(block.content for block in read_blocks(DOCS / page) if block.language == "pycon")
    test = doctest.DocTestParser().get_doctest(session, {}, page, str(DOCS / page), 0)
    result = doctest.DocTestRunner().run(test)
    assert result.attempted == prompts
    assert result.failed == 0
