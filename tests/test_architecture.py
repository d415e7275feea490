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
    "geometry": set(),
    "assets": {"geometry"},
    "controllers": set(),
    "newton_mujoco": set(),
    "mdp": {"controllers"},
    "tasks": {"mdp", "assets", "geometry", "newton_mujoco", "agents"},
    "testing": {"mdp", "controllers", "assets"},
    "learning": set(),
    "agents": set(),
    "scripts": {"learning"},
}
"""What each part may import of the others. Learning knows the tasks by their gym ids only."""

DEVELOPERS_SCRIPTS = {
    "compare_meshes.py",
    "isaaclab_tests.py",
    "isaaclab_tests_plugin.py",
    "isaaclab_test_assets.py",
    "compare_engines.py",
}
"""Scripts about one part of the package may import all of it."""

OF_THE_ENGINE = {"learning/diagnostics/benchmark.py", "learning/diagnostics/each_task.py"}
"""Files that measure the CPU engine, and may import it."""

MODULES = {
    "pxr": {"assets"},
    "newton": {"newton_mujoco"},
    "mujoco": {"newton_mujoco"},
    "warp": {"newton_mujoco", "controllers"},
    "isaacsim": set(),
    "omni": set(),
    "carb": set(),
}
"""The parts that may import a simulator's modules. To all others Isaac Lab's classes are the only interface."""


def files_of(part: str) -> list[Path]:
    """Returns the Python files of a part."""
    if part in ("scripts", "agents"):
        return sorted(file for file in (ROOT / part).rglob("*.py") if file.name not in DEVELOPERS_SCRIPTS)
    return sorted((ROOT / PACKAGE / part).rglob("*.py"))


def known_to(file: Path, part: str) -> set[str]:
    """Returns the parts that a file may import."""
    own = ALLOWED[part] | {part}
    measures_engine = file.relative_to(ROOT).as_posix() in {f"{PACKAGE}/{name}" for name in OF_THE_ENGINE}
    return own | {"newton_mujoco"} if measures_engine else own


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
    faults = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in files_of(part)
        for name in imports_of(file)
        if name.startswith(f"{PACKAGE}.") and name.split(".")[1] in ALLOWED.keys() - known_to(file, part)
    ]
    assert not faults


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_simulator_is_imported_only_where_it_may_be(module: str) -> None:
    faults = [
        f"{file.relative_to(ROOT)}: {name}"
        for part in ALLOWED.keys() - MODULES[module]
        for file in files_of(part)
        for name in imports_of(file)
        if name.split(".")[0] == module
    ]
    assert not faults


def test_every_part_is_checked() -> None:
    without_code = {"__pycache__", "pretrained"}
    folders = {path.name for path in (ROOT / PACKAGE).iterdir() if path.is_dir()} - without_code
    modules = {path.stem for path in (ROOT / PACKAGE).glob("*.py")} - {"__init__"}
    assert folders | modules | {"agents", "scripts"} == set(ALLOWED)


def test_the_checker_sees_relative_absolute_and_nested_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / PACKAGE / "mdp" / "terms.py"
    file.parent.mkdir(parents=True)
    file.write_text("from ..tasks import x\nimport omni.usd\ndef f():\n    from isaaclab_factory import assets\n")
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    found = set(imports_of(file))
    assert {"isaaclab_factory.tasks", "omni.usd", "isaaclab_factory.assets"} <= found
