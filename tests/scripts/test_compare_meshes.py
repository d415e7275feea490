# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The comparison of meshes measures known distances."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import trimesh

from isaaclab_factory.learning.cli.script import run_script


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = Path(__file__).parents[2] / "scripts" / "compare_meshes.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def run(script: ModuleType, monkeypatch: pytest.MonkeyPatch):
    """Runs the script and returns its exit code."""

    def run(*args: object) -> int:
        monkeypatch.setattr("sys.argv", ["compare_meshes.py", *map(str, args)])
        return run_script(script.main)

    return run


def figures_of(row: str) -> list[list[float]]:
    return [[float(value) for value in column.split(" / ")] for column in row.split("|")[3:5]]


def test_known_shifts_are_measured_and_known_offsets_undone(
    script: ModuleType, run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    part = script.ORIGINALS["PEG_8MM"].part
    moved = script.Original("moved*.obj", part, (0.00025, 0.0, 0.0))
    monkeypatch.setattr(script, "ORIGINALS", {"LIFTED": script.Original("lifted*.obj", part), "MOVED": moved})
    (tmp_path / "below").mkdir()
    script.surface(part).apply_translation((0.0, 0.0, 1e-5)).export(tmp_path / "lifted.obj", digits=12)
    script.surface(part).apply_translation((-0.00025, 0.0, 0.0)).export(tmp_path / "below" / "moved_2x.obj", digits=12)
    assert run(tmp_path, "--points", 300) == 0
    lifted_row, moved_row = capsys.readouterr().out.splitlines()[4:]
    for median, _, largest in figures_of(lifted_row):
        assert (median, largest) == (0.0, 10.0)  # the walls slide along themselves, the ends are 10 um away
    assert figures_of(moved_row) == [[0.0] * 3] * 2


def test_a_larger_sphere_lies_as_far_away_as_its_radius_is_larger(script: ModuleType) -> None:
    inner, outer = (trimesh.creation.icosphere(5, radius) for radius in (0.005, 0.0051))
    assert script.distances(inner, outer, 1000, 0) == pytest.approx(1e-4, abs=3e-6)
    assert script.distances(outer, inner, 1000, 0) == pytest.approx(1e-4, abs=3e-6)


def test_distances_are_those_from_all_triangles(script: ModuleType) -> None:
    mesh = trimesh.creation.box((0.02, 0.01, 0.003))
    points = np.random.default_rng(0).uniform(-0.02, 0.02, (200, 3))
    outside = np.linalg.norm(np.maximum(np.abs(points) - mesh.extents / 2, 0.0), axis=1)
    inside = np.min(mesh.extents / 2 - np.abs(points), axis=1).clip(min=0.0)
    assert script.distances_to(mesh, points) == pytest.approx(outside + inside, abs=1e-9)


def test_mistakes_are_reported_in_one_line(run, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert run(tmp_path / "none") == 2
    assert capsys.readouterr().err == f"error: there is no folder {tmp_path / 'none'}\n"
    (tmp_path / "cube.obj").touch()
    assert run(tmp_path) == 2
    assert capsys.readouterr().err.startswith(f"error: {tmp_path} has none of factory_round_peg_8mm_loose*.obj, ")
    (tmp_path / "factory_gear_small.obj").write_text("nothing\n", encoding="utf-8")
    assert run(tmp_path) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert run(tmp_path, "--points", 0) == 2
    assert "--points" in capsys.readouterr().err
