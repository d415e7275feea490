# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The environment that users test their terms on."""

import doctest
import math
import time

import pytest
import torch
from isaaclab.assets import RigidObjectCfg
from isaaclab.managers import EventTermCfg, ManagerTermBase, RewardTermCfg, SceneEntityCfg, TerminationTermCfg
from isaaclab.sim import CuboidCfg, SimulationContext

import isaaclab_factory.testing
from isaaclab_factory import mdp
from isaaclab_factory.assets import FRANKA_CFG
from isaaclab_factory.testing import TermEnv, term_env


@pytest.fixture
def env() -> TermEnv:
    return term_env(num_envs=3)


def pos_e(env: TermEnv, name: str) -> torch.Tensor:
    """Position of an object in the environment frame. Shape is (num_envs, 3)."""
    return env.scene[name].data.root_pos_w.torch - env.scene.env_origins


def test_the_example_in_the_docstring_is_true():
    torch.set_printoptions(profile="default")  # rl_games prints fewer digits once it was imported
    results = doctest.testmod(isaaclab_factory.testing, extraglobs={"torch": torch})
    assert results.failed == 0
    assert results.attempted > 10


def test_it_needs_no_simulation(env):
    assert SimulationContext.instance() is None
    env.step()
    env.reset()
    assert SimulationContext.instance() is None


def test_a_scene_entity_resolves_to_the_names_it_gives(env):
    cfg = SceneEntityCfg("robot", joint_names="panda_joint[1-3]", body_names=["panda_hand", "panda_fingertip_centered"])
    cfg.resolve(env.scene)
    assert list(cfg.joint_ids) == [0, 1, 2]
    assert [env.scene["robot"].body_names[i] for i in cfg.body_ids] == ["panda_hand", "panda_fingertip_centered"]
    with pytest.raises(ValueError, match=r"'bolt' does not exist.*'fixed_asset', 'held_asset'"):
        SceneEntityCfg("bolt").resolve(env.scene)


def test_a_part_is_placed_in_the_environment_frame_at_rest_in_the_given_rows_only(env):
    env.place("held_asset", (0.1, 0.1, 0.1), lin_vel=(1.0, 1.0, 1.0), ang_vel=(1.0, 1.0, 1.0))
    data = env.scene["held_asset"].data
    pose, velocity = data.root_pose_w.torch[1].clone(), data.root_vel_w.torch[1].clone()
    half = math.sqrt(0.5)
    env.place("held_asset", (0.5, -0.1, 0.2), (0.0, 0.0, half, half), env_ids=[0, 2])
    expected = torch.tensor([0.5, -0.1, 0.2]).expand(2, 3)
    torch.testing.assert_close(pos_e(env, "held_asset")[[0, 2]], expected)
    torch.testing.assert_close(data.root_quat_w.torch[[0, 2]], torch.tensor([0.0, 0.0, half, half]).expand(2, 4))
    assert not data.root_vel_w.torch[[0, 2]].any()
    assert torch.equal(data.root_pose_w.torch[1], pose)
    assert torch.equal(data.root_vel_w.torch[1], velocity)
    assert env.scene.env_origins.unique(dim=0).shape == (3, 3)


def test_each_row_can_have_a_place_of_its_own(env):
    pos = torch.rand(3, 3)
    env.place("fixed_asset", pos)
    torch.testing.assert_close(pos_e(env, "fixed_asset"), pos)
    bodies = env.scene["fixed_asset"].data.body_link_pos_w.torch
    torch.testing.assert_close(bodies[:, 0] - env.scene.env_origins, pos)


def test_a_part_can_have_a_velocity(env):
    env.place("held_asset", (0.5, 0.0, 0.2), lin_vel=(0.0, 0.0, -0.3), ang_vel=[(0.0, 0.0, 1.0)] * 3)
    data = env.scene["held_asset"].data
    expected = torch.tensor([0.0, 0.0, -0.3, 0.0, 0.0, 1.0]).expand(3, 6)
    torch.testing.assert_close(data.root_com_vel_w.torch, expected)
    torch.testing.assert_close(data.body_link_vel_w.torch[:, 0], expected)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pos": (0.5, 0.1)}, r"pos must have the shape \(3,\) or \(3, 3\) for 3 environments, got \(2,\)"),
        ({"pos": torch.zeros(2, 3)}, r"pos must have the shape \(3,\) or \(3, 3\) for 3 environments, got \(2, 3\)"),
        ({"pos": (0.5, 0.1, 0.0), "quat": (0.0, 0.0, 0.0)}, r"quat must have the shape \(4,\)"),
        ({"pos": (0.5, 0.1, 0.0), "lin_vel": (0.0,) * 6}, r"lin_vel must have the shape \(3,\)"),
        ({"pos": (0.5, 0.1, 0.0), "ang_vel": 1.0}, r"ang_vel must have the shape \(3,\)"),
        ({"pos": torch.zeros(3, 3), "env_ids": [1]}, r"\(3,\) or \(1, 3\) for 1 environments"),
        ({"pos": (0.5, 0.1, 0.0), "env_ids": [1, 3]}, r"env_ids must be from 0 to 2, got \[1, 3\]"),
    ],
)
def test_a_wrong_argument_is_reported(env, arguments, message):
    with pytest.raises(ValueError, match=message):
        env.place("held_asset", **arguments)


def test_only_parts_are_placed(env):
    with pytest.raises(ValueError, match=r"place\(\) puts parts, 'robot' is a robot: use place_fingertip"):
        env.place("robot", (0.5, 0.0, 0.1))
    with pytest.raises(ValueError, match="'fixed_asset' is a fixed part, which has no velocity"):
        env.place("fixed_asset", (0.5, 0.0, 0.1), lin_vel=(0.0, 0.0, 1.0))
    with pytest.raises(KeyError, match=r"'bolt' not found.*'robot', 'fixed_asset', 'held_asset'"):
        env.place("bolt", (0.5, 0.0, 0.1))


def test_a_placed_part_counts_at_once(env):
    successes = []
    for height in (0.0505, 0.2, 0.0505):
        env.place("held_asset", (0.6, 0.0, height))
        successes.append(mdp.success(env)[0].item())
    assert successes == [1.0, 0.0, 1.0]


def test_the_fingertip_is_brought_to_a_pose(env):
    data = env.scene["robot"].data
    before = data.joint_pos.torch.clone()
    env.place_fingertip((0.55, 0.05, 0.15), env_ids=[1, 2])
    tip = data.body_link_pose_w.torch[:, data.body_names.index("panda_fingertip_centered")]
    expected = torch.tensor([0.55, 0.05, 0.15]) + env.scene.env_origins
    torch.testing.assert_close(tip[1:, :3], expected[1:], atol=1e-4, rtol=0.0)
    # half a turn about x: the tool's z axis points down
    torch.testing.assert_close(tip[1:, 3:].abs(), torch.tensor([[1.0, 0.0, 0.0, 0.0]] * 2), atol=1e-4, rtol=0.0)
    assert torch.equal(data.joint_pos.torch[0], before[0])
    assert torch.equal(data.joint_pos.torch[:, 7:], before[:, 7:])
    with pytest.raises(ValueError, match=r"cannot reach this pose in environments \[0, 1, 2\]"):
        env.place_fingertip((1.5, 0.0, 0.1))


def test_links_move_with_the_base_of_the_robot(env):
    robot = env.scene["robot"]
    before = robot.data.body_link_pos_w.torch.clone()
    pose = robot.data.root_pose_w.torch.clone()
    shift = torch.tensor([0.1, -0.2, 0.3])
    pose[:, :3] += shift
    robot.write_root_pose_to_sim_index(root_pose=pose)
    torch.testing.assert_close(robot.data.body_link_pos_w.torch, before + shift)


def test_in_a_step_time_passes_and_nothing_moves(env):
    env.place("held_asset", (0.6, 0.0, 0.2), lin_vel=(1.0, 1.0, 1.0))
    part, robot = env.scene["held_asset"].data, env.scene["robot"]
    robot.write_joint_velocity_to_sim_index(velocity=torch.ones(3, 9))
    quantities = [
        lambda: part.root_pose_w.torch,
        lambda: part.root_vel_w.torch,
        lambda: robot.data.body_link_pose_w.torch,
        lambda: robot.data.body_link_vel_w.torch,
        lambda: robot.data.joint_vel.torch,
    ]
    before, steps = [quantity().clone() for quantity in quantities], env.common_step_counter
    for _ in range(2):
        env.step(torch.ones(3, 6))
    assert env.common_step_counter == steps + 2
    assert env.episode_length_buf.tolist() == [2, 2, 2]
    assert all(torch.equal(quantity(), value) for quantity, value in zip(quantities, before, strict=True))
    assert not robot.data.body_com_acc_w.torch.any()
    assert not robot.data.joint_acc.torch.any()


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
    squash = RewardTermCfg(func=mdp.keypoint_reward, weight=3.0, params={"sharpness": 50.0, "offset": 2.0})
    turn = EventTermCfg(
        func=mdp.reset_fixed_part,
        mode="reset",
        params={
            "position_noise": (0.0, 0.0, 0.0),
            "yaw_range": (0.5, 0.5),
            "asset_cfg": SceneEntityCfg("fixed_asset"),
        },
    )
    env = term_env(
        num_envs=2,
        rewards={"squash": squash},
        terminations={"time_out": TerminationTermCfg(func=mdp.time_out, time_out=True)},
        events={"bolt": turn},
    )
    env.place("held_asset", [(0.6, 0.0, 0.05), (0.6, 0.0, 0.07)])
    _, reward, *_ = env.step()
    value = [1.0 / (math.exp(50.0 * x) + 2.0 + math.exp(-50.0 * x)) for x in (0.0, 0.02)]
    torch.testing.assert_close(reward, 3.0 * env.step_dt * torch.tensor(value), atol=1e-6, rtol=1e-5)

    env.episode_length_buf[1] = 149  # of 150
    _, _, terminated, time_outs, _ = env.step()
    assert (terminated.tolist(), time_outs.tolist()) == ([False, False], [False, True])
    assert env.episode_length_buf.tolist() == [2, 0]
    yaw = torch.tensor([0.0, 0.0, 0.0, 1.0]), torch.tensor([0.0, 0.0, math.sin(0.25), math.cos(0.25)])
    torch.testing.assert_close(env.scene["fixed_asset"].data.root_quat_w.torch, torch.stack(yaw))


class FastestFall(ManagerTermBase):
    """A term with a state: the largest downward speed of a part in an episode."""

    def __init__(self, cfg: RewardTermCfg, env: TermEnv):
        super().__init__(cfg, env)
        self.speed = torch.zeros(env.num_envs)

    def reset(self, env_ids=None):
        self.speed[slice(None) if env_ids is None else env_ids] = 0.0

    def __call__(self, env: TermEnv, asset_cfg: SceneEntityCfg) -> torch.Tensor:
        self.speed = torch.maximum(self.speed, -env.scene[asset_cfg.name].data.root_lin_vel_w.torch[:, 2])
        return self.speed


def test_a_term_with_a_state_keeps_it_until_a_reset():
    cfg = RewardTermCfg(func=FastestFall, weight=1.0, params={"asset_cfg": SceneEntityCfg("held_asset")})
    env = term_env(num_envs=2, rewards={"fall": cfg})
    rewards = []
    for speeds in ([0.5, 0.1], [0.2, 0.4]):
        env.place("held_asset", (0.6, 0.0, 0.2), lin_vel=[(0.0, 0.0, -speed) for speed in speeds])
        rewards.append(env.step()[1] / env.step_dt)
    torch.testing.assert_close(rewards, [torch.tensor([0.5, 0.1]), torch.tensor([0.5, 0.4])])

    env.reset(env_ids=torch.tensor([0]))
    env.place("held_asset", (0.6, 0.0, 0.2))
    torch.testing.assert_close(env.step()[1] / env.step_dt, torch.tensor([0.0, 0.4]))


def test_a_term_with_a_state_can_be_made_by_the_test(env):
    cfg = RewardTermCfg(func=FastestFall, weight=1.0, params={"asset_cfg": SceneEntityCfg("held_asset")})
    fall = FastestFall(cfg, env)
    env.place("held_asset", (0.6, 0.0, 0.2), lin_vel=(0.0, 0.0, -0.5))
    assert fall(env, **cfg.params).tolist() == [0.5, 0.5, 0.5]
    fall.reset()
    assert fall.speed.tolist() == [0.0, 0.0, 0.0]


def test_two_environments_do_not_touch_one_another():
    first, second = term_env(num_envs=2), term_env(num_envs=2)
    before = second.scene["robot"].data.body_link_pose_w.torch.clone()
    first.place("held_asset", (0.1, 0.2, 0.3))
    first.place_fingertip((0.55, 0.05, 0.15))
    assert torch.equal(second.scene["robot"].data.body_link_pose_w.torch, before)
    torch.testing.assert_close(pos_e(second, "held_asset"), torch.tensor([0.0, 0.4, 0.1]).expand(2, 3))


def test_a_part_of_unknown_dimensions_has_no_made_up_mass():
    box = RigidObjectCfg(prim_path="{ENV_REGEX_NS}/Box", spawn=CuboidCfg(size=(0.1, 0.1, 0.1)))
    box.init_state.pos = (0.3, 0.1, 0.2)
    env = term_env(num_envs=2, parts={"box": box})
    assert env.scene["box"].data.body_mass.torch.isnan().all()
    torch.testing.assert_close(pos_e(env, "box"), torch.tensor([0.3, 0.1, 0.2]).expand(2, 3))


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda env: env.scene["table"], KeyError, r"'table' not found.*'robot', 'fixed_asset', 'held_asset'"),
        (lambda env: env.scene.sensors["contacts"], KeyError, r"no sensor 'contacts'.*need a simulator"),
        (lambda env: env.scene.stage, AttributeError, r"StillScene.* has no 'stage'; it has .*env_origins"),
        (lambda env: env.render(), AttributeError, r"StillSimulation.* has no 'render'; it has .*get_physics_dt"),
        (lambda env: env.camera, AttributeError, r"TermEnv.* has no 'camera'; it has action_manager, .*scene"),
    ],
)
def test_what_needs_a_simulator_is_not_made_up(env, ask, error, message):
    with pytest.raises(error, match=message):
        ask(env)


def test_wrong_arguments_are_reported():
    with pytest.raises(ValueError, match="at least one row, got num_envs=0"):
        term_env(num_envs=0)
    with pytest.raises(TypeError, match=r"rewards must be a dict of terms or a task's group of them, got list"):
        term_env(rewards=[RewardTermCfg(func=mdp.success, weight=1.0)])
    with pytest.raises(TypeError, match="part 'nut' must be the configuration of a part, got a robot"):
        term_env(parts={"nut": FRANKA_CFG})


def test_it_takes_milliseconds(figures):
    def best_of_five(action) -> float:
        times = []
        for _ in range(5):
            start = time.process_time()
            action()
            times.append(1e3 * (time.process_time() - start))
        return min(times)

    env = term_env()
    made = best_of_five(term_env)
    called = best_of_five(lambda: mdp.keypoint_reward(env, sharpness=50.0, offset=2.0))
    placed = best_of_five(lambda: env.place("held_asset", (0.6, 0.0, 0.1)))
    stepped = best_of_five(env.step)
    figures(
        "Test environment of 4 rows, CPU time, best of 5",
        f"made in {made:.0f} ms, a reward term called in {called:.2f} ms, a part placed in {placed:.2f} ms,"
        f" a step in {stepped:.0f} ms",
    )
    assert made < 250.0
    assert called < 2.0
    assert placed < 10.0
    assert stepped < 150.0
