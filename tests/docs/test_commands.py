# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The commands on the pages parse, their overrides fit the task, and links lead somewhere."""

import re
import shlex
from pathlib import Path

import pytest

from isaaclab_factory.learning import session
from isaaclab_factory.learning.cli.parser import split_overrides
from isaaclab_factory.learning.cli.tasks import check_agent
from isaaclab_factory.learning.cli.training import training_parser
from isaaclab_factory.learning.config.load import load_configs
from isaaclab_factory.learning.demonstrations.record_command import recording_parser
from isaaclab_factory.learning.evaluation.command import evaluation_parser
from isaaclab_factory.learning.play import play_parser
from isaaclab_factory.learning.policies.export import export_parser
from tests.docs.blocks import read_blocks

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PARSERS = {
    "train.py": training_parser,
    "evaluate.py": evaluation_parser,
    "play.py": play_parser,
    "export.py": export_parser,
    "record_demos.py": recording_parser,
}
OWN_TESTS = ("plugins.md", "tutorial.md", "experiments.md", "own_task.md", "own_reward.md")
"""Pages whose commands need the files on the page."""


def commands() -> list[str]:
    """Returns the commands without shell variables that run a script with one of the parsers, from all other pages."""
    blocks = [block for page in PAGES if page.name not in OWN_TESTS for block in read_blocks(page)]
    found = [command.partition(" #")[0] for block in blocks if block.language == "bash" for command in block.commands]
    of_parsers = re.compile(rf"[^$]*scripts/({'|'.join(PARSERS)}) [^$]*")
    return sorted({command for command in found if of_parsers.fullmatch(command)})


@pytest.mark.parametrize("command", commands())
def test_a_command_parses_and_its_overrides_fit(command: str) -> None:
    _, script, after = re.split(r"(\w+\.py)", command, maxsplit=1)
    words = shlex.split(after)
    args, overrides = split_overrides(PARSERS[script](), words)
    session.find_task(args)
    if script == "train.py":
        load_configs(args.task, check_agent(args.task, args.lib, args.agent), overrides)


def anchors(page: Path) -> set[str]:
    """Returns the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_a_file_and_a_heading(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if link.startswith("http"):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_scripts_that_a_page_names_exist(page: Path) -> None:
    for name in set(re.findall(r"\b((?:tests/)?scripts/\w+\.py)", page.read_text(encoding="utf-8"))):
        assert (ROOT / name).is_file(), name
