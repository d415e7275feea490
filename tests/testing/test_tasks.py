# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The tasks' own configurations, whole or in parts, run on the test environment."""

import pytest
import torch

from isaaclab_factory import mdp
from isaaclab_factory.assets import GEAR_SMALL_CFG
from isaaclab_factory.tasks.peg_insert_env_cfg import PegInsertEnvCfg
from isaaclab_factory.testing import TermEnv, term_env
from tests.tasks.task_env import EXAMPLES, FACTORY, FORGE, load_cfg, variants


@pytest.mark.slow
@pytest.mark.parametrize(("task", "preset"), variants((*FACTORY, *EXAMPLES, *FORGE)))
def test_every_task_runs_on_it(task, preset):
    cfg = load_cfg(task, preset)
    cfg.scene.num_envs = 3
    env = TermEnv(cfg)
    env.reset()
    robot, held = env.scene["robot"].data, env.scene["held_asset"].data
    distance = (robot.body_link_pose_w.torch[:, -1, :3] - held.body_com_pos_w.torch[:, 0]).norm(dim=-1)
    assert distance.max() < 0.04  # the part starts in the hand
    observations, reward, terminated, time_outs, _ = env.step(torch.zeros(3, env.action_manager.total_action_dim))
    assert all(group.shape[0] == 3 and group.isfinite().all() for group in observations.values())
    assert reward.shape == (3,)
    assert ((reward > 0.0) & (reward < 3.0)).all()
    assert not (terminated | time_outs).any()


def test_open_presets_get_their_default():
    cfg = PegInsertEnvCfg()
    cfg.scene.num_envs = 2
    env = TermEnv(cfg)
    assert env.reward_manager.active_terms == TermEnv(load_cfg("PegInsert")).reward_manager.active_terms
    assert "held_asset" in env.scene.rigid_objects
    assert "fixed_asset" in env.scene.articulations


def test_a_command_or_an_action_of_the_same_name_replaces_the_usual_one():
    cfg = load_cfg("NutThread")
    env = term_env(
        parts={"held_asset": cfg.scene.held_asset, "small_gear": GEAR_SMALL_CFG},
        commands=cfg.commands,
        actions={"arm": cfg.actions.arm},
    )
    assert isinstance(env.command_manager.get_term("assembly_goal"), mdp.ThreadGoal)
    assert env.action_manager.get_term("arm").cfg.unidirectional_yaw
    assert set(env.scene.keys()) == {"terrain", "robot", "held_asset", "fixed_asset", "small_gear"}
    assert env.scene["held_asset"].data.body_mass.torch.unique().item() == pytest.approx(0.03)


def test_another_robot_is_refused():
    cfg = load_cfg("PegInsert")
    cfg.scene.robot.init_state.joint_pos = {"shoulder_pan_joint": 0.0}
    with pytest.raises(ValueError, match="shoulder_pan_joint"):
        TermEnv(cfg)
