# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The numbers of the task are those of the reference in Isaac Lab."""

import math

import pytest

from isaaclab_factory.tasks.nut_thread_env_cfg import NutThreadEnvCfg, NutThreadPlayEnvCfg


@pytest.fixture(scope="module")
def reference():
    """The configuration of Isaac Lab's direct workflow task."""
    from isaaclab_tasks.direct.factory.factory_env_cfg import FactoryTaskNutThreadCfg

    return FactoryTaskNutThreadCfg()


@pytest.fixture
def cfg() -> NutThreadEnvCfg:
    return NutThreadEnvCfg()


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

    hand, held = cfg.events.hand.params, cfg.events.held_part.params
    assert list(hand["position"]) == task.hand_init_pos
    assert list(hand["position_noise"]) == task.hand_init_pos_noise
    assert [math.pi, 0.0, hand["yaw"]] == pytest.approx(task.hand_init_orn, abs=1e-4)
    assert [0.0, 0.0, hand["yaw_noise"]] == task.hand_init_orn_noise
    assert hand["gripper_joint_pos"] == task.held_asset_cfg.diameter / 2.0 - 1e-5
    assert list(held["grasp_offset"]) == [0.0, 0.0, task.fixed_asset_cfg.base_height]
    assert list(held["position_noise"]) == task.held_asset_pos_noise
    assert math.degrees(held["grasp_yaw"]) == pytest.approx(task.held_asset_rot_init)


def test_yaw_turns_one_way(cfg, reference):
    assert cfg.actions.arm.unidirectional_yaw is reference.task.unidirectional_rot is True


def test_another_nut_and_bolt_make_a_consistent_task():
    from isaaclab_factory.geometry import MetricBolt, MetricNut
    from isaaclab_factory.tasks.assembly import nut_on_bolt

    cfg = NutThreadEnvCfg(assembly=nut_on_bolt(MetricNut("M20"), MetricBolt("M20", 0.03)))
    goal = cfg.commands.assembly_goal
    # ISO: pitch 2.5 mm, head 12.5 mm high, 30 mm across flats
    assert goal.thread_pitch == 0.0025
    assert goal.tip_offset == pytest.approx((0.0, 0.0, 0.0425))
    assert goal.target_offset == pytest.approx((0.0, 0.0, 0.0425 - 0.00375))
    assert goal.held_base_offset == cfg.events.held_part.params["grasp_offset"] == (0.0, 0.0, 0.0125)
    assert (goal.success_height, goal.engaged_height) == pytest.approx((0.0009375, 0.00125))
    assert cfg.events.hand.params["gripper_joint_pos"] == 0.015 - 1e-5


def test_friction(cfg, reference):
    task = reference.task
    assert cfg.events.robot_friction.params["friction"] == task.robot_cfg.friction
    assert cfg.events.held_asset_friction.params["friction"] == task.held_asset_cfg.friction
    assert cfg.events.fixed_asset_friction.params["friction"] == task.fixed_asset_cfg.friction


def test_goal(cfg, reference):
    task, goal = reference.task, cfg.commands.assembly_goal
    fixed = task.fixed_asset_cfg
    assert goal.tip_offset == pytest.approx((0.0, 0.0, fixed.base_height + fixed.height))
    assert goal.num_keypoints == task.num_keypoints
    assert goal.keypoint_length == task.keypoint_scale
    assert goal.thread_pitch == fixed.thread_pitch
    assert goal.success_height == pytest.approx(task.success_threshold * fixed.thread_pitch)
    assert goal.engaged_height == pytest.approx(task.engage_threshold * fixed.thread_pitch)
    assert goal.success_yaw == task.ee_success_yaw


def test_rewards_count_with_the_value_of_the_reference(cfg, reference):
    step_dt = cfg.decimation * cfg.sim.dt
    for name in ("baseline", "coarse", "fine"):
        term = getattr(cfg.rewards, f"keypoint_{name}")
        assert [term.params["a"], term.params["b"]] == getattr(reference.task, f"keypoint_coef_{name}")
        assert term.weight * step_dt == pytest.approx(1.0)
    assert cfg.rewards.lateral_alignment.weight == 0.0


def test_play_only_makes_the_scene_small(cfg):
    ours, play = cfg.to_dict(), NutThreadPlayEnvCfg().to_dict()
    assert play["scene"].pop("num_envs") < ours["scene"].pop("num_envs")
    assert play == ours
