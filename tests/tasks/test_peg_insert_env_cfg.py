# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What is PegInsert's alone: the place of the peg in the hand, other pegs and holes."""

import pytest

from isaaclab_factory.tasks.peg_insert_env_cfg import PegInsertEnvCfg, PegInsertPlayEnvCfg


@pytest.fixture(scope="module")
def reference():
    """The configuration of Isaac Lab's direct workflow task."""
    from isaaclab_tasks.direct.factory.factory_env_cfg import FactoryTaskPegInsertCfg

    return FactoryTaskPegInsertCfg()


@pytest.fixture
def cfg() -> PegInsertEnvCfg:
    return PegInsertEnvCfg()


def test_place_of_the_peg_in_the_hand(cfg, reference):
    held, task = cfg.events.held_part.params, reference.task
    assert list(held["position_noise"]) == task.held_asset_pos_noise
    grasp_height = task.held_asset_cfg.height - task.robot_cfg.franka_fingerpad_length
    assert held["grasp_offset"] == pytest.approx((0.0, 0.0, grasp_height))
    assert cfg.commands.assembly_goal.tip_offset[0] == 0.0


def test_another_peg_and_hole_make_a_consistent_task():
    from isaaclab_factory.geometry import Hole, Peg
    from isaaclab_factory.tasks.assembly import peg_in_hole

    peg, hole = Peg(diameter=0.012, length=0.06), Hole(diameter=0.0121, height=0.03, block_width=0.03)
    cfg = PegInsertPlayEnvCfg(assembly=peg_in_hole(peg, hole))
    assert (cfg.scene.held_asset.spawn.part, cfg.scene.fixed_asset.spawn.part) == (peg, hole)
    goal = cfg.commands.assembly_goal
    assert goal.tip_offset == (0.0, 0.0, 0.03)
    assert (goal.success_height, goal.engaged_height) == pytest.approx((0.0012, 0.027))
    assert cfg.events.hand.params["gripper_joint_pos"] == 0.006 - 1e-5
    assert cfg.events.held_part.params["grasp_offset"] == pytest.approx((0.0, 0.0, 0.06 - 0.017608))
