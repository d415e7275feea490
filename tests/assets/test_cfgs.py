# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The asset configurations against the reference's, and on a stage."""

from dataclasses import replace

import isaaclab.sim as sim_utils
import numpy as np
import pytest
from isaaclab.sim.utils import create_new_stage_in_memory, use_stage
from isaaclab_tasks.direct.factory.factory_env_cfg import (
    FactoryTaskGearMeshCfg,
    FactoryTaskNutThreadCfg,
    FactoryTaskPegInsertCfg,
)
from pxr import Gf, UsdGeom, UsdPhysics

from isaaclab_factory.assets import (
    BOLT_M16_CFG,
    FRANKA_CFG,
    GEAR_BASE_CFG,
    GEAR_LARGE_CFG,
    GEAR_MEDIUM_CFG,
    GEAR_SMALL_CFG,
    GROUND_CFG,
    HOLE_8MM_CFG,
    NUT_M16_CFG,
    PEG_8MM_CFG,
    TABLE_CFG,
    GeneratedUsdFileCfg,
    franka_cfg,
    gear_cfg,
    hole_cfg,
    part_of,
    peg_cfg,
    resolve_source,
    small_gear_cfg,
)
from isaaclab_factory.assets import source as source_module
from isaaclab_factory.geometry import GEAR_BASE, GEAR_MEDIUM, GEAR_SMALL, HOLE_8MM, PEG_8MM, Peg

REFERENCE = FactoryTaskPegInsertCfg()
GEAR_MESH = FactoryTaskGearMeshCfg()
NUT_THREAD = FactoryTaskNutThreadCfg()


def authored(cfg) -> dict:
    return {name: value for name, value in cfg.to_dict().items() if value is not None}


@pytest.fixture
def isaac_sim(monkeypatch):
    """As on a machine with Isaac Sim and its asset server."""
    monkeypatch.setattr(source_module, "prepare_runtime", lambda _: "isaacsim")
    monkeypatch.setattr(source_module, "NUCLEUS_ASSET_ROOT_DIR", "https://server/Assets")


@pytest.fixture
def stage():
    """A stage of its own, current while the test runs."""
    stage = create_new_stage_in_memory()
    with use_stage(stage):
        yield stage


def test_peg_and_hole_have_the_sizes_and_masses_of_the_reference():
    peg, hole = PEG_8MM_CFG.spawn.part, HOLE_8MM_CFG.spawn.part
    held, fixed = REFERENCE.task.held_asset_cfg, REFERENCE.task.fixed_asset_cfg
    assert (peg.diameter, peg.length, peg.mass, peg.friction) == (held.diameter, held.height, held.mass, held.friction)
    assert (hole.diameter, hole.height, hole.mass) == (fixed.diameter, fixed.height, fixed.mass)
    assert hole.friction == fixed.friction


def test_nut_and_bolt_have_the_sizes_and_masses_of_the_reference():
    nut, bolt = NUT_M16_CFG.spawn.part, BOLT_M16_CFG.spawn.part
    held, fixed = NUT_THREAD.task.held_asset_cfg, NUT_THREAD.task.fixed_asset_cfg
    assert (nut.sizes.width_across_flats, nut.height, nut.mass, nut.friction) == (
        held.diameter,
        held.height,
        held.mass,
        held.friction,
    )
    assert (bolt.length, bolt.base_height, bolt.pitch) == (fixed.height, fixed.base_height, fixed.thread_pitch)
    assert (bolt.mass, bolt.friction) == (fixed.mass, fixed.friction)


def test_gears_and_base_have_the_sizes_and_masses_of_the_reference():
    base, fixed = GEAR_BASE_CFG.spawn.part, GEAR_MESH.task.fixed_asset_cfg
    assert (base.shaft_height, base.base_height, base.mass) == (fixed.height, fixed.base_height, fixed.mass)
    gears = {"small": GEAR_SMALL_CFG, "medium": GEAR_MEDIUM_CFG, "large": GEAR_LARGE_CFG}
    for index, (name, cfg) in enumerate(gears.items()):
        place = getattr(fixed, f"{name}_gear_base_offset")
        assert [cfg.spawn.part.axis_x, 0.0, cfg.spawn.part.base_z - base.base_height] == place
        assert base.shaft_x[index] == place[0]
    medium, held = GEAR_MEDIUM_CFG.spawn.part, GEAR_MESH.task.held_asset_cfg
    assert (medium.hub_diameter, medium.mass, medium.friction) == (held.diameter, held.mass, held.friction)
    assert GEAR_SMALL_CFG.spawn.part.mass == GEAR_MESH.task.small_gear_cfg.spawn.mass_props.mass
    assert GEAR_LARGE_CFG.spawn.part.mass == GEAR_MESH.task.large_gear_cfg.spawn.mass_props.mass


@pytest.mark.parametrize(
    ("ours", "theirs", "departures"),
    [
        (FRANKA_CFG, REFERENCE.robot, {}),
        (PEG_8MM_CFG, REFERENCE.task.held_asset, {}),
        # The reference's block is held by a joint in its file; ours is kinematic, for which gravity means nothing.
        (HOLE_8MM_CFG, REFERENCE.task.fixed_asset, {"kinematic_enabled": True, "disable_gravity": None}),
        (GEAR_BASE_CFG, GEAR_MESH.task.fixed_asset, {"kinematic_enabled": True, "disable_gravity": None}),
        (GEAR_MEDIUM_CFG, GEAR_MESH.task.held_asset, {}),
        (NUT_M16_CFG, NUT_THREAD.task.held_asset, {}),
        (BOLT_M16_CFG, NUT_THREAD.task.fixed_asset, {"kinematic_enabled": True, "disable_gravity": None}),
    ],
)
def test_physics_properties_and_start_poses_are_those_of_the_reference(ours, theirs, departures):
    expected = {**theirs.spawn.rigid_props.to_dict(), **departures}
    assert ours.spawn.rigid_props.to_dict() == expected
    assert ours.spawn.collision_props.to_dict() == theirs.spawn.collision_props.to_dict()
    assert ours.init_state.pos == theirs.init_state.pos
    assert ours.init_state.rot == theirs.init_state.rot
    assert ours.spawn.activate_contact_sensors


@pytest.mark.parametrize("name", ["small", "large"])
def test_flanking_gears_have_the_physics_of_the_reference_and_start_on_the_base(name):
    ours = {"small": GEAR_SMALL_CFG, "large": GEAR_LARGE_CFG}[name]
    theirs = getattr(GEAR_MESH.task, f"{name}_gear_cfg")
    assert ours.prim_path.rpartition("/")[2] == theirs.prim_path.rpartition("/")[2]
    assert ours.spawn.rigid_props.to_dict() == theirs.spawn.rigid_props.to_dict()
    assert ours.spawn.collision_props.to_dict() == theirs.spawn.collision_props.to_dict()
    assert ours.init_state.pos == GEAR_BASE_CFG.init_state.pos


def test_franka_actuators_are_those_of_the_reference_but_for_the_finger_armature():
    assert FRANKA_CFG.actuators.keys() == REFERENCE.robot.actuators.keys()
    for name, actuator in FRANKA_CFG.actuators.items():
        expected = authored(REFERENCE.robot.actuators[name])
        if name == "panda_hand":
            del expected["armature"]
        assert authored(actuator) == expected
    assert FRANKA_CFG.spawn.articulation_props.to_dict() == REFERENCE.robot.spawn.articulation_props.to_dict()


def test_franka_starts_in_the_reference_pose_with_both_fingers_open():
    expected = dict(REFERENCE.robot.init_state.joint_pos)
    del expected["panda_finger_joint2"]
    ours = dict(FRANKA_CFG.init_state.joint_pos)
    assert ours.pop("panda_finger_joint.*") == 0.04
    assert ours == expected


@pytest.mark.parametrize(
    "cfg",
    [
        FRANKA_CFG,
        PEG_8MM_CFG,
        HOLE_8MM_CFG,
        GEAR_MEDIUM_CFG,
        GEAR_SMALL_CFG,
        GEAR_BASE_CFG,
        NUT_M16_CFG,
        BOLT_M16_CFG,
        TABLE_CFG,
        GROUND_CFG,
    ],
)
def test_spawning_writes_the_file_and_puts_it_on_the_stage(cfg, stage, asset_cache):
    assert not asset_cache.exists()
    prim = cfg.spawn.func("/World/Asset", cfg.spawn, translation=(1.0, 2.0, 3.0))
    assert prim.IsValid()
    assert len(list(asset_cache.iterdir())) == 1
    assert UsdGeom.XformCache().GetLocalToWorldTransform(prim).ExtractTranslation() == Gf.Vec3d(1, 2, 3)
    colliders = [p for p in stage.Traverse() if p.HasAPI(UsdPhysics.CollisionAPI)]
    assert colliders


def test_spawner_options_reach_the_prim_but_not_the_convex_pieces(stage):
    prim = HOLE_8MM_CFG.spawn.func("/World/Hole", HOLE_8MM_CFG.spawn)
    assert UsdPhysics.RigidBodyAPI(prim).GetKinematicEnabledAttr().Get() is True
    collider = prim.GetChild("collision")
    assert collider.GetAttribute("physxCollision:contactOffset").Get() == pytest.approx(0.005)
    for path in collider.GetRelationship("kitless:convexPieces").GetTargets():
        assert str(path).startswith("/World/Hole/")
        assert UsdPhysics.CollisionAPI(stage.GetPrimAtPath(path)).GetCollisionEnabledAttr().Get() is False


def test_another_peg_is_one_line(stage):
    spawn = peg_cfg(Peg(diameter=0.0119, length=0.05)).spawn
    prim = spawn.func("/World/Peg", spawn)
    points = np.array(UsdGeom.Mesh(prim.GetChild("collision")).GetPointsAttr().Get())
    assert np.ptp(points[:, 0]) == pytest.approx(0.0119)


def test_gear_base_survives_the_way_through_a_dictionary():
    cfg = GEAR_BASE_CFG.copy()
    values = cfg.to_dict()
    values["spawn"]["part"]["shaft_x"] = (0.05, 0.02, -0.03)
    cfg.from_dict(values)
    assert cfg.spawn.part == replace(GEAR_BASE, shaft_x=(0.05, 0.02, -0.03))


def test_sizes_survive_the_way_through_a_dictionary():
    cfg = hole_cfg()
    values = cfg.to_dict()
    assert values["spawn"]["part"]["diameter"] == 0.0081
    values["spawn"]["part"]["diameter"] = 0.0085
    cfg.from_dict(values)
    assert cfg.spawn.part == replace(HOLE_8MM, diameter=0.0085)
    assert hole_cfg().spawn.part == HOLE_8MM


def test_without_isaac_sim_assets_are_generated():
    assert resolve_source() == "generated"
    assert isinstance(franka_cfg().spawn, GeneratedUsdFileCfg)
    with pytest.raises(ValueError, match="need Isaac Sim"):
        peg_cfg(source="nucleus")


def test_with_isaac_sim_they_are_nvidias_unless_chosen_otherwise(isaac_sim, monkeypatch):
    assert resolve_source() == "nucleus"
    assert franka_cfg().spawn.usd_path == REFERENCE.robot.spawn.usd_path
    assert franka_cfg().actuators["panda_hand"].armature == 0.0
    peg = peg_cfg()
    assert peg.spawn.usd_path == REFERENCE.task.held_asset.spawn.usd_path
    assert peg.spawn.articulation_props.articulation_enabled is False
    assert peg.spawn.mass_props.mass == REFERENCE.task.held_asset.spawn.mass_props.mass
    assert gear_cfg().spawn.usd_path == GEAR_MESH.task.held_asset.spawn.usd_path
    assert isinstance(gear_cfg(replace(GEAR_MEDIUM, teeth=36)).spawn, GeneratedUsdFileCfg)
    assert isinstance(peg_cfg(source="generated").spawn, GeneratedUsdFileCfg)
    monkeypatch.setenv("ISAACLAB_FACTORY_ASSETS", "generated")
    assert isinstance(peg_cfg().spawn, GeneratedUsdFileCfg)


def test_part_of_ones_own_size_is_generated_even_on_isaac_sim(isaac_sim):
    assert isinstance(peg_cfg(replace(PEG_8MM, length=0.04)).spawn, GeneratedUsdFileCfg)
    with pytest.raises(ValueError, match="have no Peg of other parameters"):
        peg_cfg(replace(PEG_8MM, length=0.04), source="nucleus")


def test_dimensions_of_a_part_are_known_from_either_source(isaac_sim):
    assert part_of(peg_cfg()) == part_of(peg_cfg(source="generated")) == PEG_8MM
    assert part_of(small_gear_cfg()) == GEAR_SMALL
    assert part_of(peg_cfg(replace(PEG_8MM, length=0.04))).length == 0.04


def test_override_of_a_configured_part_leaves_the_part_itself_alone():
    peg = replace(PEG_8MM)
    cfg, other = peg_cfg(peg), peg_cfg(peg)
    cfg.from_dict({"spawn": {"part": {"length": 0.04}}})
    assert part_of(cfg).length == 0.04
    assert peg.length == part_of(other).length == 0.05


def test_part_of_unknown_dimensions_is_told():
    cfg = PEG_8MM_CFG.replace(spawn=sim_utils.UsdFileCfg(usd_path="peg.usd"))
    with pytest.raises(ValueError, match=r"dimensions of .*HeldAsset.* PartUsdFileCfg, got UsdFileCfg"):
        part_of(cfg)


def test_unknown_source_is_told(monkeypatch):
    with pytest.raises(ValueError, match="'downloaded'; choose one of auto, generated, nucleus"):
        franka_cfg("downloaded")
    monkeypatch.setenv("ISAACLAB_FACTORY_ASSETS", "nowhere")
    with pytest.raises(ValueError, match="'nowhere'"):
        franka_cfg()
