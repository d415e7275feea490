# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Compiled loops on disk: they are used again, but not after a change of another file that they took numbers from."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numba
import pytest

from isaaclab_factory.newton_mujoco import compat


def load(path: Path) -> ModuleType:
    """Returns a module made of a file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_loop_is_compiled_again_after_a_change_of_another_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    numbers, loops = tmp_path / "numbers_of_a_loop.py", tmp_path / "loop.py"
    numbers.write_text("OFFSET = 1\n")
    loops.write_text(
        "import numbers_of_a_loop\n"
        "from isaaclab_factory.newton_mujoco.compat import compiled\n"
        "@compiled\n"
        "def add(x):\n"
        "    return x + numbers_of_a_loop.OFFSET\n"
    )
    assert load(loops).add(10) == 11
    again = load(loops).add
    assert again(10) == 11
    assert sum(again.stats.cache_hits.values()) == 1

    monkeypatch.setattr(importlib.import_module("numbers_of_a_loop"), "OFFSET", 2)
    monkeypatch.setattr(compat, "_SOURCES", ())
    assert load(loops).add(10) == 12


def test_where_nothing_can_be_kept_a_loop_is_compiled_all_the_same() -> None:
    """Numba keeps nothing of a file that is not there, as where no folder can be written."""
    module: dict = {}
    exec(compile("def add(x):\n    return x + 1\n", "no_such_file.py", "exec"), module)
    with pytest.raises(RuntimeError, match="cannot cache function"):
        numba.njit(cache=True)(module["add"])
    assert compat.compiled(module["add"])(10) == 11
