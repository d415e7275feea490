# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The numbers of the task are those of the reference in Isaac Lab."""

import math

import pytest

from isaaclab_factory.tasks.gear_mesh_env_cfg import GearMeshEnvCfg, GearMeshPlayEnvCfg


@pytest.fixture(scope="module")
def reference():
    """The configuration of Isaac Lab's direct workflow task."""
    from isaaclab_tasks.direct.factory.factory_env_cfg import FactoryTaskGearMeshCfg

    return FactoryTaskGearMeshCfg()


@pytest.fixture
def cfg() -> GearMeshEnvCfg:
    return GearMeshEnvCfg()


def test_time_and_size(cfg, reference):
    assert cfg.decimation == reference.decimation
    assert cfg.episode_length_s == reference.episode_length_s
    assert cfg.sim.dt == reference.sim.dt
    assert cfg.scene.num_envs == reference.scene.num_envs


def test_start_of_an_episode(cfg, reference):
    task = reference.task
    assert list(cfg.events.fixed_part.params["position_noise"]) == task.fixed_asset_init_pos_noise
    yaw = math.radians(task.fixed_asset_init_orn_deg)
    yaw_range = (yaw, yaw + math.radians(task.fixed_asset_init_orn_range_deg))
    assert cfg.events.fixed_part.params["yaw_range"] == pytest.approx(yaw_range)

    hand = cfg.events.hand.params
    assert list(hand["position"]) == task.hand_init_pos
    assert list(hand["position_noise"]) == task.hand_init_pos_noise
    assert [math.pi, 0.0, hand["yaw"]] == pytest.approx(task.hand_init_orn, abs=1e-4)
    assert [0.0, 0.0, hand["yaw_noise"]] == task.hand_init_orn_noise
    assert hand["gripper_joint_pos"] == task.held_asset_cfg.diameter / 2.0 - 1e-5


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


def test_friction(cfg, reference):
    task = reference.task
    assert cfg.events.robot_friction.params["friction"] == task.robot_cfg.friction
    assert cfg.events.held_asset_friction.params["friction"] == task.held_asset_cfg.friction
    assert cfg.events.fixed_asset_friction.params["friction"] == task.fixed_asset_cfg.friction


def test_goal(cfg, reference):
    task, goal = reference.task, cfg.commands.assembly_goal
    fixed = task.fixed_asset_cfg
    shaft = fixed.medium_gear_base_offset
    assert goal.tip_offset == pytest.approx((shaft[0], 0.0, fixed.height + fixed.base_height))
    assert list(goal.target_offset) == list(goal.held_base_offset) == shaft
    assert goal.num_keypoints == task.num_keypoints
    assert goal.keypoint_length == task.keypoint_scale
    assert goal.success_height == pytest.approx(task.success_threshold * fixed.height)
    assert goal.engaged_height == pytest.approx(task.engage_threshold * fixed.height)


def test_rewards_count_with_the_value_of_the_reference(cfg, reference):
    step_dt = cfg.decimation * cfg.sim.dt
    for name in ("baseline", "coarse", "fine"):
        term = getattr(cfg.rewards, f"keypoint_{name}")
        assert [term.params["a"], term.params["b"]] == getattr(reference.task, f"keypoint_coef_{name}")
        assert term.weight * step_dt == pytest.approx(1.0)
    assert cfg.rewards.lateral_alignment.weight == 0.0


def test_play_only_makes_the_scene_small(cfg):
    ours, play = cfg.to_dict(), GearMeshPlayEnvCfg().to_dict()
    assert play["scene"].pop("num_envs") < ours["scene"].pop("num_envs")
    assert play == ours
