# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The environment that users test their terms on."""

import doctest
import math
import time

import pytest
import torch
from isaaclab.assets import RigidObjectCfg
from isaaclab.managers import EventTermCfg, RewardTermCfg, SceneEntityCfg, TerminationTermCfg
from isaaclab.sim import CuboidCfg
from isaaclab_tasks.utils import parse_env_cfg

import isaaclab_factory.testing
from isaaclab_factory import mdp
from isaaclab_factory.assets import FRANKA_CFG, GEAR_SMALL_CFG
from isaaclab_factory.learning.arguments import trainable_tasks
from isaaclab_factory.tasks.nut_thread_env_cfg import NutThreadEnvCfg
from isaaclab_factory.testing import TermEnv, term_env

UPRIGHT = torch.tensor([1.0, 0.0, 0.0, 0.0])


@pytest.fixture
def env() -> TermEnv:
    return term_env(num_envs=3)


def test_the_example_in_the_docstring_is_true():
    assert doctest.testmod(isaaclab_factory.testing).failed == 0
    assert doctest.testmod(isaaclab_factory.testing).attempted == 6


def test_a_scene_entity_resolves_to_the_names_it_gives(env):
    cfg = SceneEntityCfg("robot", joint_names="panda_joint[1-3]", body_names=["panda_hand", "panda_fingertip_centered"])
    cfg.resolve(env.scene)
    assert cfg.joint_ids == [0, 1, 2]
    assert [env.scene["robot"].body_names[i] for i in cfg.body_ids] == ["panda_hand", "panda_fingertip_centered"]
    with pytest.raises(ValueError, match=r"'bolt' does not exist.*'held_asset', 'fixed_asset'"):
        SceneEntityCfg("bolt").resolve(env.scene)


def test_a_part_is_placed_in_the_environment_frame_at_rest_in_the_given_rows_alone(env):
    part = env.scene["held_asset"]
    part.write_root_velocity_to_sim(torch.ones(3, 6))
    before = part.data.root_state_w.clone()
    half = math.sqrt(0.5)
    part.place((0.5, -0.1, 0.2), (half, 0.0, 0.0, half), env_ids=[0, 2])
    expected = torch.tensor([0.5, -0.1, 0.2]) + env.scene.env_origins
    torch.testing.assert_close(part.data.root_pos_w[[0, 2]], expected[[0, 2]])
    torch.testing.assert_close(part.data.root_quat_w[[0, 2]], torch.tensor([half, 0.0, 0.0, half]).expand(2, 4))
    assert not part.data.root_vel_w[[0, 2]].any()
    assert torch.equal(part.data.root_state_w[1], before[1])
    assert env.scene.env_origins.unique(dim=0).shape == (3, 3)


def test_each_row_can_have_a_place_of_its_own(env):
    pos = torch.rand(3, 3)
    env.scene["fixed_asset"].place(pos)
    torch.testing.assert_close(env.scene["fixed_asset"].data.root_pos_w, pos + env.scene.env_origins)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pos": (0.5, 0.1)}, r"pos must have the shape \(3,\) or \(3, 3\) for 3 environments, got \(2,\)"),
        ({"pos": torch.zeros(2, 3)}, r"pos must have the shape \(3,\) or \(3, 3\) for 3 environments, got \(2, 3\)"),
        ({"pos": (0.5, 0.1, 0.0), "quat": (0.0, 0.0, 0.0)}, r"quat must have the shape \(4,\)"),
        ({"pos": torch.zeros(3, 3), "env_ids": [1]}, r"\(3,\) or \(1, 3\) for 1 environments"),
    ],
)
def test_a_wrong_shape_is_told(env, arguments, message):
    with pytest.raises(ValueError, match=message):
        env.scene["held_asset"].place(**arguments)


def test_the_fingertip_is_brought_to_a_pose(env):
    robot = env.scene["robot"]
    before = robot.data.joint_pos.clone()
    robot.place_fingertip((0.55, 0.05, 0.15), env_ids=[1, 2])
    tip = robot.data.body_link_pose_w[:, robot.body_names.index("panda_fingertip_centered")]
    expected = torch.tensor([0.55, 0.05, 0.15]) + env.scene.env_origins
    torch.testing.assert_close(tip[1:, :3], expected[1:], atol=1e-4, rtol=0.0)
    # half a turn about x: the tool's z axis points down
    torch.testing.assert_close(tip[1:, 3:].abs(), torch.tensor([[0.0, 1.0, 0.0, 0.0]] * 2), atol=1e-4, rtol=0.0)
    assert torch.equal(robot.data.joint_pos[0], before[0])
    assert torch.equal(robot.data.joint_pos[:, 7:], before[:, 7:])
    with pytest.raises(ValueError, match=r"cannot reach this pose in environments \[0, 1, 2\]"):
        robot.place_fingertip((1.5, 0.0, 0.1))


def test_links_move_with_the_base_of_the_robot(env):
    robot = env.scene["robot"]
    before = robot.data.body_link_pos_w.clone()
    shift = torch.tensor([0.1, -0.2, 0.3])
    robot.write_root_pose_to_sim(torch.cat((robot.data.root_pos_w + shift, robot.data.root_quat_w), dim=-1))
    torch.testing.assert_close(robot.data.body_link_pos_w, before + shift)


def test_in_a_step_time_passes_and_nothing_moves(env):
    part, robot = env.scene["held_asset"], env.scene["robot"]
    part.write_root_velocity_to_sim(torch.ones(3, 6))
    robot.write_joint_velocity_to_sim(torch.ones(3, 9))
    part_state, bodies = part.data.root_state_w.clone(), robot.data.body_state_w.clone()
    for _ in range(2):
        env.step(torch.ones(3, 6))
    assert env.common_step_counter == 2
    assert env.episode_length_buf.tolist() == [2, 2, 2]
    assert torch.equal(part.data.root_state_w, part_state)
    assert torch.equal(robot.data.body_state_w, bodies)


def test_the_history_of_the_actions_is_what_was_given(env):
    first, second = torch.randn(3, 6), torch.randn(3, 6)
    env.step(first)
    env.step(second)
    assert torch.equal(env.action_manager.prev_action, first)
    env.step()
    assert torch.equal(env.action_manager.action, second)
    # the torque action's average, with 0.2 of the new one
    expected = 0.2 * (first * 0.8**2 + second * (0.8 + 1.0))
    torch.testing.assert_close(mdp.smoothed_actions(env), expected)


def test_own_terms_run_in_isaac_labs_managers():
    env = term_env(
        num_envs=2,
        rewards={"squash": RewardTermCfg(func=mdp.keypoint_squash, weight=3.0, params={"a": 50.0, "b": 2.0})},
        terminations={"time_out": TerminationTermCfg(func=mdp.time_out, time_out=True)},
        events={
            "bolt": EventTermCfg(
                func=mdp.reset_fixed_part,
                mode="reset",
                params={
                    "position_noise": (0.0, 0.0, 0.0),
                    "yaw_range": (0.5, 0.5),
                    "asset_cfg": SceneEntityCfg("fixed_asset"),
                },
            )
        },
    )
    env.scene["held_asset"].place([(0.6, 0.0, 0.05), (0.6, 0.0, 0.07)])
    _, reward, *_ = env.step()
    value = [1.0 / (math.exp(50.0 * x) + 2.0 + math.exp(-50.0 * x)) for x in (0.0, 0.02)]
    torch.testing.assert_close(reward, 3.0 * env.step_dt * torch.tensor(value), atol=1e-6, rtol=1e-5)

    env.episode_length_buf[1] = 149  # of 150
    _, _, terminated, time_outs, _ = env.step()
    assert (terminated.tolist(), time_outs.tolist()) == ([False, False], [False, True])
    assert env.episode_length_buf.tolist() == [2, 0]
    yaw = torch.tensor([1.0, 0.0, 0.0, 0.0]), torch.tensor([math.cos(0.25), 0.0, 0.0, math.sin(0.25)])
    torch.testing.assert_close(env.scene["fixed_asset"].data.root_quat_w, torch.stack(yaw))


def test_a_command_or_an_action_of_the_same_name_replaces_the_usual_one():
    cfg = NutThreadEnvCfg()
    env = term_env(
        parts={"held_asset": cfg.scene.held_asset, "small_gear": GEAR_SMALL_CFG},
        commands=cfg.commands,
        actions={"arm": cfg.actions.arm},
    )
    assert isinstance(env.command_manager.get_term("assembly_goal"), mdp.ThreadGoal)
    assert env.action_manager.get_term("arm").cfg.unidirectional_yaw
    assert set(env.scene.keys()) == {"terrain", "robot", "held_asset", "fixed_asset", "small_gear"}
    assert env.scene["held_asset"].data.default_mass.unique().item() == pytest.approx(0.03)


def test_a_part_of_unknown_dimensions_has_no_made_up_mass():
    box = RigidObjectCfg(prim_path="{ENV_REGEX_NS}/Box", spawn=CuboidCfg(size=(0.1, 0.1, 0.1)))
    box.init_state.pos = (0.3, 0.1, 0.2)
    scene = term_env(num_envs=2, parts={"box": box}).scene
    assert scene["box"].data.default_mass.isnan().all()
    torch.testing.assert_close(scene["box"].data.root_pos_w, torch.tensor([0.3, 0.1, 0.2]) + scene.env_origins)


@pytest.mark.parametrize("task", trainable_tasks())
def test_every_task_runs_on_it(task):
    env = TermEnv(parse_env_cfg(task, device="cpu", num_envs=3))
    env.reset()
    robot, held = env.scene["robot"].data, env.scene["held_asset"].data
    distance = (robot.body_link_pose_w[:, -1, :3] - held.body_com_pos_w[:, 0]).norm(dim=-1)
    assert distance.max() < 0.04  # the part starts in the hand
    observations, reward, terminated, time_outs, _ = env.step(torch.zeros(3, 6))
    assert all(group.shape[0] == 3 and group.isfinite().all() for group in observations.values())
    assert reward.shape == (3,)
    assert ((reward > 0.0) & (reward < 3.0)).all()
    assert not (terminated | time_outs).any()


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda env: env.scene["table"], KeyError, r"'table' not found.*'robot', 'held_asset', 'fixed_asset'"),
        (lambda env: env.scene.sensors["contacts"], KeyError, r"no sensor 'contacts'.*need a simulator"),
        (lambda env: env.scene["robot"].data.body_incoming_joint_wrench_b, AttributeError, "get_link_incoming_joint"),
        (lambda env: env.scene.stage, AttributeError, r"StillScene.* has no 'stage'; it has .*env_origins"),
        (lambda env: env.render(), AttributeError, r"StillSimulation.* has no 'render'; it has .*physics_dt"),
        (lambda env: env.camera, AttributeError, r"TermEnv.* has no 'camera'; it has action_manager, .*scene"),
    ],
)
def test_what_needs_a_simulator_is_not_made_up(env, ask, error, message):
    with pytest.raises(error, match=message):
        ask(env)


def test_wrong_arguments_are_told():
    with pytest.raises(ValueError, match="at least one row, got num_envs=0"):
        term_env(num_envs=0)
    with pytest.raises(TypeError, match=r"rewards must be a dict of terms or a task's group of them, got list"):
        term_env(rewards=[RewardTermCfg(func=mdp.success, weight=1.0)])
    with pytest.raises(TypeError, match="part 'nut' must be a RigidObjectCfg, got ArticulationCfg"):
        term_env(parts={"nut": FRANKA_CFG})


def test_another_robot_is_refused():
    cfg = NutThreadEnvCfg()
    cfg.scene.robot.init_state.joint_pos = {"shoulder_pan_joint": 0.0}
    with pytest.raises(ValueError, match="shoulder_pan_joint"):
        TermEnv(cfg)


def test_it_takes_milliseconds(figures):
    def best_of_five(action) -> float:
        times = []
        for _ in range(5):
            start = time.perf_counter()
            action()
            times.append(1e3 * (time.perf_counter() - start))
        return min(times)

    env = term_env()
    part = env.scene["held_asset"]
    made = best_of_five(term_env)
    called = best_of_five(lambda: mdp.keypoint_squash(env, a=50.0, b=2.0))
    placed = best_of_five(lambda: part.place((0.6, 0.0, 0.1)))
    stepped = best_of_five(env.step)
    figures(
        "Test environment of 4 rows, best of 5",
        f"made in {made:.0f} ms, a reward term called in {called:.2f} ms, a part placed in {placed:.2f} ms,"
        f" a step in {stepped:.0f} ms",
    )
    assert made < 250.0
    assert called < 2.0
    assert placed < 10.0
    assert stepped < 100.0
