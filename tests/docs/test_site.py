# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The documentation site builds without a warning, its links and figures are there, and the reference is complete."""

import importlib.util
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from isaaclab_factory import mdp
from isaaclab_factory.learning.cli.tasks import own_tasks
from isaaclab_factory.learning.cli.training import training_parser
from isaaclab_factory.learning.config.load import task_presets

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(page.relative_to(DOCS).with_suffix("").as_posix() for page in DOCS.rglob("*.md"))

ADDED_BY_SPHINX = {"genindex", "py-modindex", "search"}
EXTRA = ("sphinx", "myst_parser", "furo", "sphinx_argparse_cli", "sphinx_copybutton")


def toctrees(page: Path) -> list[str]:
    """The entries of a page's toctrees, as paths from the folder of the pages."""
    blocks = re.findall(r"^```\{toctree\}\n(.*?)^```$", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    folder = page.parent.relative_to(DOCS)
    entries = [re.sub(r".*<(.*)>", r"\1", line) for line in lines if line and not line.startswith(":")]
    return [(folder / entry).as_posix() for entry in entries]


def test_every_page_is_in_one_toctree() -> None:
    entries = [entry for page in DOCS.rglob("*.md") for entry in toctrees(page)]
    assert sorted([*entries, "index"]) == PAGES


def test_every_picture_is_shown_on_a_page() -> None:
    shown = {name for page in DOCS.rglob("*.md") for name in re.findall(r"\]\(images/([^)]+)\)", page.read_text())}
    assert shown == {file.name for file in (DOCS / "images").iterdir() if file.suffix in (".svg", ".webp")}


class Page(HTMLParser):
    """What a built page refers to, and what can be referred to in it."""

    def __init__(self, file: Path):
        super().__init__()
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.loaded: set[str] = set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value for name, value in attrs if value}
        self.ids |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.add(values["href"])
        elif tag == "link" and values.get("rel") not in ("index", "search", "next", "prev", "canonical"):
            self.loaded.add(values["href"])
        elif tag in ("img", "script", "iframe", "source", "object"):
            self.loaded |= {values[name] for name in ("src", "data") if name in values}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site. Warnings are errors."""
    missing = [name for name in EXTRA if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}: make docs, or pip install -e '.[docs]'")
    folder = tmp_path_factory.mktemp("site")
    options = ["-q", "-W", "--keep-going", "-b", "html", "-d", str(folder / "doctrees")]
    command = [sys.executable, "-m", "sphinx", *options, str(DOCS), str(folder / "html")]
    result = subprocess.run(command, capture_output=True, text=True, timeout=900, cwd=folder)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder / "html"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    """The built pages by their files."""
    return {file: Page(file) for file in site.rglob("*.html")}


@pytest.mark.slow
def test_every_page_is_built(site: Path) -> None:
    built = {file.relative_to(site).with_suffix("").as_posix() for file in site.rglob("*.html")}
    assert built - ADDED_BY_SPHINX == set(PAGES)


@pytest.mark.slow
def test_internal_links_lead_to_a_file_and_an_anchor(pages: dict[Path, Page]) -> None:
    dead = []
    for file, page in pages.items():
        for link in page.links:
            if re.match(r"\w+:", link):  # another host, or mail
                continue
            name, _, anchor = link.partition("#")
            target = (file.parent / unquote(name)).resolve() if name else file
            known = pages[target].ids if target in pages else None
            if not target.exists() or (anchor and known is not None and unquote(anchor) not in known):
                dead.append(f"{file.name}: {link}")
    assert not dead


@pytest.mark.slow
def test_pictures_styles_and_scripts_are_part_of_the_site(pages: dict[Path, Page]) -> None:
    """No page needs another host."""
    for file, page in pages.items():
        assert page.loaded
        for name in page.loaded:
            assert (file.parent / unquote(name).partition("?")[0]).is_file(), f"{file.name}: {name}"


@pytest.mark.slow
def test_the_reference_has_all_terms_tasks_and_flags(site: Path) -> None:
    terms, tasks, flags = (Page(site / f"{name}.html").ids for name in ("terms", "reference/tasks", "reference/flags"))
    assert {f"isaaclab_factory.mdp.{name}" for name in mdp.__all__} <= terms
    assert {task.lower() for task in own_tasks()} <= tasks
    assert {f"train.py-{flag}" for flag in training_parser().flags()} <= flags
    text = (site / "reference/tasks.html").read_text("utf-8")
    assert all(f">{preset}<" in text for task in own_tasks() for presets in task_presets(task) for preset in presets)


@pytest.mark.slow
@pytest.mark.parametrize("package", ["controllers", "geometry", "assets", "testing", "newton_mujoco", "agents"])
def test_the_reference_has_every_public_name(package: str, site: Path) -> None:
    module = importlib.import_module(f"isaaclab_factory.{package}")
    described = {name.rpartition(".")[2] for name in Page(site / "reference" / f"{package}.html").ids}
    assert set(module.__all__) <= described
