# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Mesh files as parts in MuJoCo: one stands on the table, one lets a peg through."""

from __future__ import annotations

from pathlib import Path

import mujoco
import numpy as np
import pytest
import trimesh
from pxr import Usd

from isaaclab_factory.assets import held_part_cfg, part_of, usd_file
from isaaclab_factory.geometry import Hole, MeshPart, Peg, Table
from tests.assets.newton_scene import TIME_STEP, import_stage, new_stage, place, to_mujoco


def settle(stage: Usd.Stage, seconds: float) -> dict[str, np.ndarray]:
    """Runs a scene on a table for some time (s) and gives the poses of the bodies, position and wxyz, by name."""
    place(stage, "Table", Table())
    model = to_mujoco(import_stage(stage))
    data = mujoco.MjData(model)
    mujoco.mj_step(model, data, round(seconds / TIME_STEP))
    names = [model.body(index).name for index in range(1, model.nbody)]
    return {name: np.concatenate([data.body(name).xpos, data.body(name).xquat]) for name in names}


@pytest.fixture
def ring(tmp_path) -> Path:
    """A ring of 40 mm, 15 mm high, with a hole of 20 mm, in millimetres, its centre on the origin."""
    trimesh.creation.annulus(10.0, 20.0, 15.0, sections=12).export(tmp_path / "ring.stl")
    return tmp_path / "ring.stl"


@pytest.fixture
def plate(tmp_path) -> Path:
    """A plate of 50 x 50 x 10 mm with a hole of 14 mm, in millimetres."""
    surface = Hole(diameter=0.014, height=0.010, block_width=0.050, mesh_sides=16).mesh()
    trimesh.Trimesh(1000.0 * surface.vertices, surface.faces).export(tmp_path / "plate.obj")
    return tmp_path / "plate.obj"


@pytest.fixture
def box(tmp_path) -> Path:
    """A box, which is decomposed at once."""
    trimesh.creation.box((0.03, 0.02, 0.01)).export(tmp_path / "box.stl")
    return tmp_path / "box.stl"


@pytest.mark.slow
def test_mesh_stands_on_the_table(ring):
    stage = new_stage()
    place(stage, "AsIs", MeshPart(ring, scale=0.001), pos=(0.5, 0.1, 0.0095))
    place(stage, "Base", MeshPart(ring, scale=0.001, origin="base"), pos=(0.5, -0.1, 0.002))
    poses = settle(stage, 1.0)
    assert poses["_World_AsIs"][:3] == pytest.approx([0.5, 0.1, 0.0075], abs=2e-5)
    assert poses["_World_Base"][:3] == pytest.approx([0.5, -0.1, 0.0], abs=2e-5)
    for pose in poses.values():
        assert abs(pose[3]) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(("diameter", "falls"), [(0.010, True), (0.018, False)])
def test_peg_falls_through_a_hole_that_is_wide_enough(plate, diameter, falls):
    stage = new_stage()
    place(stage, "Plate", MeshPart(plate, scale=0.001), fixed=True, pos=(0.5, 0.1, 0.050))
    place(stage, "Peg", Peg(diameter, 0.030), pos=(0.5, 0.1, 0.061))
    pose = settle(stage, 0.5)["_World_Peg"]
    # through the plate, the peg stands or lies on the table; else it stands on the plate
    if falls:
        assert -1e-4 < pose[2] < 0.031
    else:
        assert pose[:3] == pytest.approx([0.5, 0.1, 0.060], abs=5e-5)


def test_edited_file_is_another_part(box):
    part = MeshPart(box)
    first = usd_file(part)
    assert usd_file(part) == first
    trimesh.creation.box((0.03, 0.02, 0.02)).export(box)
    assert usd_file(part) != first


def test_pieces_are_computed_once(box, monkeypatch):
    file = usd_file(MeshPart(box))
    monkeypatch.setattr(MeshPart, "convex_pieces", lambda self: pytest.fail("decomposed although it is in the cache"))
    assert usd_file(MeshPart(box)) == file


def test_path_and_scale_can_be_overridden(box, plate):
    cfg = held_part_cfg(MeshPart(box))
    cfg.from_dict({"spawn": {"part": {"path": str(plate), "scale": 0.0005}}})
    assert part_of(cfg) == MeshPart(plate, scale=0.0005)


def test_missing_file_of_an_override_is_rejected(box):
    cfg = held_part_cfg(MeshPart(box))
    cfg.from_dict({"spawn": {"part": {"path": "missing.stl"}}})
    with pytest.raises(ValueError, match=r"there is no file 'missing\.stl'"):
        cfg.spawn.func("/World/Part", cfg.spawn)
