# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What is GearMesh's alone: the place of the gear in the hand, the shaft, the other gears, other gears and bases."""

import pytest

from isaaclab_factory.tasks.gear_mesh_env_cfg import GearMeshEnvCfg


@pytest.fixture(scope="module")
def reference():
    """The configuration of Isaac Lab's direct workflow task."""
    from isaaclab_tasks.direct.factory.factory_env_cfg import FactoryTaskGearMeshCfg

    return FactoryTaskGearMeshCfg()


@pytest.fixture
def cfg() -> GearMeshEnvCfg:
    return GearMeshEnvCfg()


def test_gear_in_the_hand_has_the_range_of_the_reference_which_only_lowers_it(cfg, reference):
    task = reference.task
    held = cfg.events.held_part.params
    shaft = task.fixed_asset_cfg.medium_gear_base_offset
    grasp_height = shaft[2] + task.held_asset_cfg.height / 2.0 * 1.1
    assert held["grasp_offset"][:2] == pytest.approx(shaft[:2])
    assert list(held["position_noise"][:2]) == task.held_asset_pos_noise[:2]
    highest = held["grasp_offset"][2] - held["position_noise"][2]
    lowest = held["grasp_offset"][2] + held["position_noise"][2]
    assert (highest, lowest) == pytest.approx((grasp_height, grasp_height + task.held_asset_pos_noise[2]))


def test_other_gears_follow_the_base(cfg):
    order = list(vars(cfg.events))
    for name in ("small_gear", "large_gear"):
        params = getattr(cfg.events, name).params
        assert (params["asset_cfg"].name, params["fixed_cfg"].name) == (name, "fixed_asset")
        assert order.index(name) > order.index("fixed_part")


def test_another_gear_and_base_make_a_consistent_task():
    from isaaclab_factory.geometry import Gear, GearBase
    from isaaclab_factory.tasks.assembly import gear_on_shaft

    # in its own frame the axis of this gear is at x = 1 mm and its underside at z = 2 mm
    gear = Gear(0.001, 40, 0.012, 0.010, hub_diameter=0.024, hub_height=0.010, axis_x=0.001, base_z=0.002)
    base = GearBase(0.0099, 0.03, (0.051, 0.0), width=0.12, depth=0.06, base_height=0.006)
    cfg = GearMeshEnvCfg(assembly=gear_on_shaft(gear, base, shaft=0))
    goal, held = cfg.commands.assembly_goal, cfg.events.held_part.params
    assert goal.tip_offset == pytest.approx((0.051, 0.0, 0.036))
    assert goal.target_offset == pytest.approx((0.051, 0.0, 0.004))
    assert goal.held_base_offset == pytest.approx((0.001, 0.0, 0.0))
    assert (goal.success_height, goal.engaged_height) == pytest.approx((0.0015, 0.027))
    assert cfg.events.hand.params["gripper_joint_pos"] == 0.012 - 1e-5
    # the disc ends at 14 mm; the fingers begin 1.5 mm above it at least
    assert held["grasp_offset"] == pytest.approx((0.001, 0.0, 0.014 + 0.003))
    assert held["grasp_offset"][2] - held["position_noise"][2] == pytest.approx(0.0155)


def test_target_is_the_foot_of_the_shaft(cfg, reference):
    goal, shaft = cfg.commands.assembly_goal, reference.task.fixed_asset_cfg.medium_gear_base_offset
    assert goal.tip_offset[0] == pytest.approx(shaft[0])
    assert list(goal.target_offset) == list(goal.held_base_offset) == shaft
