# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The asset configurations against the reference's, and on a stage."""

from dataclasses import replace
from types import SimpleNamespace

import isaaclab.sim as sim_utils
import numpy as np
import pytest
from isaaclab.assets import ArticulationCfg, RigidObjectCfg
from isaaclab.sim.utils import use_stage
from isaaclab_newton.physics import FeatherstoneSolverCfg, MJWarpSolverCfg
from isaaclab_newton.sim.schemas import MujocoRigidBodyCfg, NewtonArticulationCfg
from isaaclab_physx.physics import PhysxCfg
from isaaclab_physx.sim.schemas import PhysxArticulationCfg, PhysxRigidBodyCfg
from isaaclab_tasks.contrib.factory.factory_env_cfg import (
    FactoryTaskGearMeshCfg,
    FactoryTaskNutThreadCfg,
    FactoryTaskPegInsertCfg,
)
from pxr import Gf, Usd, UsdGeom, UsdPhysics

from isaaclab_factory.assets import (
    BOLT_M16_CFG,
    FRANKA_CFG,
    GEAR_BASE_CFG,
    GEAR_LARGE_CFG,
    GEAR_MEDIUM_CFG,
    GEAR_SMALL_CFG,
    GROUND_CFG,
    HOLE_8MM_CFG,
    HOLE_8MM_TIGHT_CFG,
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
    table_cfg,
)
from isaaclab_factory.geometry import (
    GEAR_BASE,
    GEAR_SMALL,
    HOLE_8MM,
    HOLE_8MM_TIGHT,
    PEG_8MM,
    Peg,
    Table,
)

REFERENCE = FactoryTaskPegInsertCfg()
GEAR_MESH = FactoryTaskGearMeshCfg()
NUT_THREAD = FactoryTaskNutThreadCfg()


def authored(cfg) -> dict:
    return {name: value for name, value in cfg.to_dict().items() if value is not None}


@pytest.fixture
def stage():
    """A stage of its own, current while the test runs."""
    stage = Usd.Stage.CreateInMemory()
    with use_stage(stage):
        yield stage


def test_peg_and_hole_have_the_sizes_and_masses_of_the_reference():
    peg, hole = PEG_8MM_CFG.spawn.part, HOLE_8MM_CFG.spawn.part
    held, fixed = REFERENCE.task.held_asset_cfg, REFERENCE.task.fixed_asset_cfg
    assert (peg.diameter, peg.length, peg.mass, peg.friction) == (held.diameter, held.height, held.mass, held.friction)
    assert (hole.height, hole.mass, hole.friction) == (fixed.height, fixed.mass, fixed.friction)
    # the reference's diameter is the paper's; nothing there reads it, and its file has another hole
    tight = HOLE_8MM_TIGHT_CFG.spawn.part
    assert (tight.diameter, tight.height, tight.mass) == (fixed.diameter, fixed.height, fixed.mass)


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


def fragment(fragments, kind):
    """The one fragment of a kind in a list."""
    (found,) = [fragment for fragment in fragments if isinstance(fragment, kind)]
    return found


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (FRANKA_CFG, REFERENCE.scene.robot),
        (PEG_8MM_CFG, REFERENCE.task.held_asset),
        (HOLE_8MM_CFG, REFERENCE.task.fixed_asset),
        (GEAR_BASE_CFG, GEAR_MESH.task.fixed_asset),
        (GEAR_MEDIUM_CFG, GEAR_MESH.task.held_asset),
        (NUT_M16_CFG, NUT_THREAD.task.held_asset),
        (BOLT_M16_CFG, NUT_THREAD.task.fixed_asset),
    ],
)
def test_physics_properties_and_start_poses_are_those_of_the_reference(ours, theirs):
    properties = fragment(ours.spawn.rigid_props, PhysxRigidBodyCfg)
    assert authored(properties) == authored(theirs.spawn.rigid_props)
    gravity = fragment(ours.spawn.rigid_props, MujocoRigidBodyCfg)
    assert gravity.gravcomp == float(theirs.spawn.rigid_props.disable_gravity)
    (collision,) = ours.spawn.collision_props
    assert authored(collision) == authored(theirs.spawn.collision_props)
    assert ours.init_state.pos == theirs.init_state.pos
    assert ours.init_state.rot == theirs.init_state.rot
    assert ours.spawn.activate_contact_sensors


@pytest.mark.parametrize("name", ["small", "large"])
def test_flanking_gears_have_the_physics_of_the_reference_and_start_on_the_base(name):
    ours = {"small": GEAR_SMALL_CFG, "large": GEAR_LARGE_CFG}[name]
    theirs = getattr(GEAR_MESH.task, f"{name}_gear_cfg")
    assert ours.prim_path.rpartition("/")[2] == theirs.prim_path.rpartition("/")[2]
    assert authored(fragment(ours.spawn.rigid_props, PhysxRigidBodyCfg)) == authored(theirs.spawn.rigid_props)
    assert fragment(ours.spawn.rigid_props, MujocoRigidBodyCfg).gravcomp == 0.0
    assert ours.init_state.pos == GEAR_BASE_CFG.init_state.pos


def test_franka_actuators_are_those_of_the_reference_but_for_the_finger_armature():
    theirs = REFERENCE.scene.robot
    assert FRANKA_CFG.actuators.keys() == theirs.actuators.keys()
    for name, actuator in FRANKA_CFG.actuators.items():
        expected = authored(theirs.actuators[name])
        if name == "panda_hand":
            del expected["armature"]
        assert authored(actuator) == expected
    for kind in (PhysxArticulationCfg, NewtonArticulationCfg):
        ours = fragment(FRANKA_CFG.spawn.articulation_props, kind)
        assert authored(ours) == authored(fragment(theirs.spawn.articulation_props, kind))


def test_franka_starts_in_the_reference_pose_with_both_fingers_open():
    expected = dict(REFERENCE.scene.robot.init_state.joint_pos)
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
        HOLE_8MM_TIGHT_CFG,
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


def colliders_below(prim) -> list[str]:
    """Names of the colliders of a part."""
    stage = prim.GetStage()
    inside = (p for p in stage.Traverse() if p.GetPath().HasPrefix(prim.GetPath()))
    return [p.GetName() for p in inside if p.HasAPI(UsdPhysics.CollisionAPI)]


@pytest.mark.parametrize(
    ("physics", "expected"),
    [(PhysxCfg(), "mesh"), (MJWarpSolverCfg(), "piece_000"), (FeatherstoneSolverCfg(), "piece_000")],
)
def test_spawner_takes_the_colliders_of_the_physics_in_use(physics, expected, stage, monkeypatch):
    # PhysX cannot start here, so the context knows no more of its manager than the name in upstream's configuration
    name = str(physics.class_type).rpartition(":")[2]
    context = SimpleNamespace(physics_manager=type(name, (), {}))
    monkeypatch.setattr(sim_utils.SimulationContext, "instance", classmethod(lambda cls: context))
    for cfg in (PEG_8MM_CFG, HOLE_8MM_CFG):
        prim = cfg.spawn.func("/World/Part", cfg.spawn)
        assert colliders_below(prim)[0] == expected
        stage.RemovePrim("/World/Part")


def test_variants_of_the_configuration_override_the_choice(stage):
    spawn = PEG_8MM_CFG.spawn.replace(variants={"colliders": "sdf"})
    assert colliders_below(spawn.func("/World/Peg", spawn)) == ["mesh"]


def test_spawner_options_reach_the_body_and_its_colliders(stage):
    prim = PEG_8MM_CFG.spawn.func("/World/Peg", PEG_8MM_CFG.spawn)
    assert prim.GetAttribute("physxRigidBody:disableGravity").Get() is True
    assert prim.GetAttribute("mjc:gravcomp").Get() == 1.0
    piece = prim.GetPrimAtPath("convex/piece_000")
    assert piece.GetAttribute("physxCollision:contactOffset").Get() == pytest.approx(0.005)
    # Newton's own gap overrides what it would take from PhysX's contact offset
    assert piece.GetAttribute("newton:contactGap").Get() == 0.0


def test_another_peg_is_one_line(stage):
    spawn = peg_cfg(Peg(diameter=0.0119, length=0.05)).spawn
    prim = spawn.func("/World/Peg", spawn)
    points = np.array(UsdGeom.Mesh(prim.GetChild("mesh")).GetPointsAttr().Get())
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
    assert values["spawn"]["part"]["diameter"] == 0.009
    values["spawn"]["part"]["diameter"] = 0.0085
    cfg.from_dict(values)
    assert cfg.spawn.part == replace(HOLE_8MM, diameter=0.0085)
    assert hole_cfg().spawn.part == HOLE_8MM


def test_assets_are_generated_unless_nvidias_are_chosen(monkeypatch):
    assert resolve_source() == "generated"
    assert isinstance(franka_cfg().spawn, GeneratedUsdFileCfg)
    assert resolve_source("nucleus") == "nucleus"
    monkeypatch.setenv("ISAACLAB_FACTORY_ASSETS", "nucleus")
    assert resolve_source() == "nucleus"
    assert resolve_source("generated") == "generated"


def test_nvidias_assets_are_the_references_files():
    robot = franka_cfg("nucleus")
    assert robot.spawn.usd_path == REFERENCE.scene.robot.spawn.usd_path
    assert robot.actuators["panda_hand"].armature == 0.0
    peg, theirs = peg_cfg(source="nucleus"), REFERENCE.task.held_asset
    assert isinstance(peg, RigidObjectCfg)
    assert peg.spawn.usd_path == theirs.spawn.usd_path
    assert peg.spawn.articulation_props.articulation_enabled is False
    assert peg.spawn.mass_props.mass == theirs.spawn.mass_props.mass
    hole = hole_cfg(source="nucleus")
    assert isinstance(hole, ArticulationCfg)
    assert hole.spawn.usd_path == REFERENCE.task.fixed_asset.spawn.usd_path
    assert gear_cfg(source="nucleus").spawn.usd_path == GEAR_MESH.task.held_asset.spawn.usd_path
    table, theirs = table_cfg(source="nucleus"), REFERENCE.scene.table
    assert table.spawn.usd_path == theirs.spawn.usd_path
    assert (table.init_state.pos, table.init_state.rot) == (theirs.init_state.pos, theirs.init_state.rot)


@pytest.mark.parametrize(
    ("make", "model", "name"),
    [
        (peg_cfg, replace(PEG_8MM, length=0.04), "Peg"),
        (hole_cfg, HOLE_8MM_TIGHT, "Hole"),
        (table_cfg, Table(height=0.9), "Table"),
    ],
)
def test_part_that_nvidia_has_no_file_of_is_generated(make, model, name, monkeypatch):
    with pytest.raises(ValueError, match=f"NVIDIA's assets have no {name} like this one; choose 'generated'"):
        make(model, source="nucleus")
    monkeypatch.setenv("ISAACLAB_FACTORY_ASSETS", "nucleus")
    assert isinstance(make(model).spawn, GeneratedUsdFileCfg)


def test_dimensions_of_a_part_are_known_from_either_source():
    assert part_of(peg_cfg(source="nucleus")) == part_of(peg_cfg()) == PEG_8MM
    assert part_of(small_gear_cfg()) == GEAR_SMALL
    assert part_of(peg_cfg(replace(PEG_8MM, length=0.04))).length == 0.04


def test_override_of_a_configured_part_leaves_the_part_itself_alone():
    peg = replace(PEG_8MM)
    cfg, other = peg_cfg(peg), peg_cfg(peg)
    cfg.from_dict({"spawn": {"part": {"length": 0.04}}})
    assert part_of(cfg).length == 0.04
    assert peg.length == part_of(other).length == 0.05


def test_part_of_unknown_dimensions_is_rejected():
    cfg = PEG_8MM_CFG.replace(spawn=sim_utils.UsdFileCfg(usd_path="peg.usd"))
    with pytest.raises(ValueError, match=r"dimensions of .*HeldAsset.* PartUsdFileCfg, got UsdFileCfg"):
        part_of(cfg)


def test_unknown_source_is_rejected(monkeypatch):
    with pytest.raises(ValueError, match="'downloaded'; choose one of generated, nucleus"):
        franka_cfg("downloaded")
    monkeypatch.setenv("ISAACLAB_FACTORY_ASSETS", "nowhere")
    with pytest.raises(ValueError, match="'nowhere'"):
        franka_cfg()
