# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Mesh files as parts in Isaac Lab on MuJoCo: one stands on the table, one lets a peg through."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trimesh

from isaaclab_factory.app import launch

launch(headless=True)

import isaaclab.sim as sim_utils  # noqa: E402
import omni.usd  # noqa: E402
from isaaclab.assets import RigidObjectCfg  # noqa: E402
from isaaclab.scene import InteractiveScene, InteractiveSceneCfg  # noqa: E402
from isaaclab.utils import configclass  # noqa: E402

from isaaclab_factory.assets import (  # noqa: E402
    fixed_part_cfg,
    held_part_cfg,
    loose_part_cfg,
    part_of,
    table_cfg,
    usd_file,
)
from isaaclab_factory.geometry import Hole, MeshPart, Peg  # noqa: E402

DT = 1.0 / 120.0


@configclass
class SceneCfg(InteractiveSceneCfg):
    """A table and what a test adds."""

    table = table_cfg()


@pytest.fixture
def settle():
    """Runs a scene with some parts on the table for a time (s) and gives their poses by name."""
    omni.usd.get_context().new_stage()
    simulation = sim_utils.SimulationContext(sim_utils.SimulationCfg(device="cpu", dt=DT))

    def run(seconds: float, **parts: RigidObjectCfg) -> dict[str, np.ndarray]:
        cfg = SceneCfg(num_envs=1, env_spacing=2.0)
        for name, part in parts.items():
            setattr(cfg, name, part)
        scene = InteractiveScene(cfg)
        simulation.reset()
        for _ in range(round(seconds / DT)):
            simulation.step(render=False)
        scene.update(DT)
        return {name: scene[name].data.root_pose_w[0].numpy() for name in parts}

    yield run
    simulation.clear_all_callbacks()
    simulation.clear_instance()


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


def placed(cfg: RigidObjectCfg, height: float) -> RigidObjectCfg:
    return cfg.replace(init_state=RigidObjectCfg.InitialStateCfg(pos=(0.5, 0.1, height)))


@pytest.mark.slow
def test_mesh_stands_on_the_table(settle, ring):
    as_is = loose_part_cfg(MeshPart(ring, scale=0.001), "AsIs")
    base = loose_part_cfg(MeshPart(ring, scale=0.001, origin="base"), "Base")
    base.init_state.pos = (0.5, -0.1, 0.002)
    poses = settle(1.0, as_is=placed(as_is, 0.0095), base=base)
    assert poses["as_is"][:3] == pytest.approx([0.5, 0.1, 0.0075], abs=2e-5)
    assert poses["base"][:3] == pytest.approx([0.5, -0.1, 0.0], abs=2e-5)
    for pose in poses.values():
        assert abs(pose[3]) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(("diameter", "falls"), [(0.010, True), (0.018, False)])
def test_peg_falls_through_a_hole_that_is_wide_enough(settle, plate, diameter, falls):
    plate_cfg = placed(fixed_part_cfg(MeshPart(plate, scale=0.001)), 0.050)
    peg_cfg = placed(loose_part_cfg(Peg(diameter, 0.030), "Peg"), 0.061)
    pose = settle(0.5, plate=plate_cfg, peg=peg_cfg)["peg"]
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


def test_pieces_are_sought_once(box, monkeypatch):
    file = usd_file(MeshPart(box))
    monkeypatch.setattr(MeshPart, "convex_pieces", lambda self: pytest.fail("decomposed although it is in the cache"))
    assert usd_file(MeshPart(box)) == file


def test_path_and_scale_can_be_overridden(box, plate):
    cfg = held_part_cfg(MeshPart(box))
    cfg.from_dict({"spawn": {"part": {"path": str(plate), "scale": 0.0005}}})
    assert part_of(cfg) == MeshPart(plate, scale=0.0005)


def test_file_that_an_override_names_wrongly_is_told(box):
    cfg = held_part_cfg(MeshPart(box))
    cfg.from_dict({"spawn": {"part": {"path": "missing.stl"}}})
    with pytest.raises(ValueError, match=r"there is no file 'missing\.stl'"):
        cfg.spawn.func("/World/Part", cfg.spawn)
