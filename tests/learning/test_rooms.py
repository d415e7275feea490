# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The rooms of ``learning/`` import one way: each only from itself and from those listed before it."""

import ast
import re
from pathlib import Path

import pytest

import isaaclab_factory.learning as learning

ROOT = Path(learning.__file__).parent
PACKAGE = "isaaclab_factory.learning"
HEAVY = (
    "torch",
    "isaaclab",
    "isaaclab_rl",
    "isaaclab_tasks",
    "rsl_rl",
    "rl_games",
    "skrl",
    "gymnasium.wrappers",
    "warp",
)
OF_THE_ENGINE = ("diagnostics/benchmark.py", "diagnostics/each_task.py")
"""Files that measure the CPU engine; ``tests/test_architecture.py`` says what else they may import."""


def rooms() -> list[list[str]]:
    """Returns the rooms from the bottom up; those on one line may not import each other."""
    listed = re.findall(r"^    ((?:\w+(?:/|\.py) ?)+)", learning.__doc__, re.MULTILINE)
    return [[name.rstrip("/").removesuffix(".py") for name in line.split()] for line in listed]


def modules() -> list[Path]:
    return sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")


def room_of(parts: tuple[str, ...]) -> str:
    return parts[0].removesuffix(".py")


def imports(path: Path) -> set[tuple[str, bool]]:
    """Returns the modules that a file imports, with whether that is at its top level and at run time."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        at_top = node in tree.body and id(node) not in for_types
        found |= {(name, at_top) for name in names}
    return found


def test_every_file_is_in_a_room() -> None:
    known = {room for line in rooms() for room in line}
    assert {room_of(path.relative_to(ROOT).parts) for path in modules()} == known


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_come_from_earlier_rooms(path: Path) -> None:
    level = {room: number for number, line in enumerate(rooms()) for room in line}
    own = room_of(path.relative_to(ROOT).parts)
    for name, _ in imports(path):
        if not name.startswith(f"{PACKAGE}."):
            continue
        room = room_of(tuple(name.removeprefix(f"{PACKAGE}.").split(".")))
        if room in level:
            assert room == own or level[room] < level[own], f"{own} imports {name}"


@pytest.mark.parametrize("room", ["errors", "interrupts", "cli"])
def test_nothing_heavy_is_imported_before_a_command_line_is_checked(room: str) -> None:
    paths = [path for path in modules() if room_of(path.relative_to(ROOT).parts) == room]
    assert paths
    for path in paths:
        for name, at_top in imports(path):
            assert not (at_top and name.partition(".")[0] in HEAVY), f"{path.name} imports {name}"


@pytest.mark.parametrize("library", ["rsl_rl", "rl_games", "skrl"])
def test_private_names_of_a_library_are_in_its_compat_file_only(library: str) -> None:
    for path in modules():
        if path.name == f"compat_{library}.py":
            continue
        for name, _ in imports(path):
            if name.split(".")[0] == library:
                private = [part for part in name.split(".") if part.startswith("_")]
                assert not private, f"{path.name} imports {name}"


def test_other_parts_of_the_package_are_known_by_name_only() -> None:
    for path in modules():
        if path.relative_to(ROOT).as_posix() in OF_THE_ENGINE:
            continue
        for name, _ in imports(path):
            if name.startswith("isaaclab_factory.") and not name.startswith((PACKAGE, "isaaclab_factory.__version__")):
                raise AssertionError(f"{path.relative_to(ROOT)} imports {name}")
