# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Checks the import rules between the parts of the package."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = "isaaclab_factory"

ALLOWED = {
    "kitless": set(),
    "app": {"kitless"},
    "geometry": set(),
    "assets": {"app", "geometry"},
    "controllers": set(),
    "mdp": {"controllers"},
    "tasks": {"mdp", "assets", "geometry", "agents"},
    "testing": {"mdp", "controllers", "assets"},
    "viewing": {"app", "assets", "geometry"},
    "learning": {"app", "viewing"},
    "agents": set(),
    "pretrained": set(),
    "scripts": {"app", "learning"},
}
"""What each part may import of the others (the assets ask the app which simulator runs)."""

DEVELOPERS_SCRIPTS = {
    "isaaclab_tests.py",
    "isaaclab_test_assets.py",
    "document_terms.py",
    "compare_meshes.py",
    "make_pictures.py",
}
"""Scripts about one part of the package (its runtime without Isaac Sim, its terms, its geometry) may import it all."""

SIMULATOR = {"carb", "omni", "isaacsim", "pxr", "usdrt"}
"""Modules of Isaac Sim and USD."""

WITHOUT_SIMULATOR = ("geometry", "controllers", "mdp", "tasks", "testing", "viewing", "learning", "agents", "scripts")
"""Parts for which Isaac Lab's classes are the only interface to the simulator."""


def files_of(part: str) -> list[Path]:
    """Returns the Python files of a part."""
    if part in ("scripts", "agents"):
        return sorted(file for file in (ROOT / part).rglob("*.py") if file.name not in DEVELOPERS_SCRIPTS)
    if part == "app":
        return [ROOT / PACKAGE / "app.py"]
    return sorted((ROOT / PACKAGE / part).rglob("*.py"))


def imports_of(file: Path) -> Iterator[str]:
    """Yields the absolute names of all modules a file imports, anywhere in it."""
    package = file.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("part", ALLOWED)
def test_part_imports_only_the_parts_it_may_know(part: str) -> None:
    known = ALLOWED[part] | {part}
    faults = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in files_of(part)
        for name in imports_of(file)
        if name.startswith(f"{PACKAGE}.") and name.split(".")[1] in ALLOWED and name.split(".")[1] not in known
    ]
    assert not faults


@pytest.mark.parametrize("part", WITHOUT_SIMULATOR)
def test_part_reaches_the_simulator_through_isaac_lab_only(part: str) -> None:
    faults = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in files_of(part)
        for name in imports_of(file)
        if name.split(".")[0] in SIMULATOR
    ]
    assert not faults


def test_every_part_is_checked() -> None:
    folders = {path.name for path in (ROOT / PACKAGE).iterdir() if path.is_dir() and path.name != "__pycache__"}
    modules = {path.stem for path in (ROOT / PACKAGE).glob("*.py")} - {"__init__"}
    assert folders | modules | {"agents", "scripts"} == set(ALLOWED)


def test_the_checker_sees_relative_absolute_and_nested_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / PACKAGE / "mdp" / "terms.py"
    file.parent.mkdir(parents=True)
    file.write_text("from ..tasks import x\nimport omni.usd\ndef f():\n    from isaaclab_factory import kitless\n")
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    found = set(imports_of(file))
    assert {"isaaclab_factory.tasks", "omni.usd", "isaaclab_factory.kitless"} <= found
