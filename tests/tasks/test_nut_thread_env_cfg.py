# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What is NutThread's alone: the place of the nut in the hand, the yaw of a success, other nuts and bolts."""

import math

import pytest

from isaaclab_factory.tasks.nut_thread_env_cfg import NutThreadEnvCfg


@pytest.fixture(scope="module")
def reference():
    """The configuration of Isaac Lab's direct workflow task."""
    from isaaclab_tasks.direct.factory.factory_env_cfg import FactoryTaskNutThreadCfg

    return FactoryTaskNutThreadCfg()


@pytest.fixture
def cfg() -> NutThreadEnvCfg:
    return NutThreadEnvCfg()


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


def test_place_of_the_nut_in_the_hand(cfg, reference):
    held, task = cfg.events.held_part.params, reference.task
    assert list(held["grasp_offset"]) == [0.0, 0.0, task.fixed_asset_cfg.base_height]
    assert list(held["position_noise"]) == task.held_asset_pos_noise
    assert math.degrees(held["grasp_yaw"]) == pytest.approx(task.held_asset_rot_init)


def test_success_asks_for_the_yaw_of_the_reference(cfg, reference):
    goal, task = cfg.commands.assembly_goal, reference.task
    assert goal.success_yaw == task.ee_success_yaw
    assert goal.thread_pitch == task.fixed_asset_cfg.thread_pitch
    assert goal.tip_offset[0] == 0.0
