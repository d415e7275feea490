# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The nut threading environment on its engine, next to the code of the reference in Isaac Lab."""

import math

import gymnasium as gym
import pytest
import torch

from isaaclab_factory.app import launch
from isaaclab_factory.controllers import pose_error
from isaaclab_factory.controllers.rotations import pointing_down_quat
from tests.tasks.reference_env import reference_self
from tests.tasks.scripted_agents import thread_nut

NUM_ENVS = 4
HEAD = 0.010
STEPS = 200
"""Environment steps after which the script has stopped turning."""


@pytest.fixture(scope="module")
def env():
    """Four environments of the task."""
    launch(headless=True)
    from isaaclab.sim.utils import create_new_stage

    from isaaclab_factory.tasks.nut_thread_env_cfg import NutThreadEnvCfg

    create_new_stage()
    cfg = NutThreadEnvCfg()
    cfg.scene.num_envs = NUM_ENVS
    cfg.seed = 0
    env = gym.make("Isaac-Factory-NutThread-v0", cfg=cfg).unwrapped
    yield env
    env.close()


@pytest.fixture
def goal(env):
    return env.command_manager.get_term("assembly_goal")


def rest() -> torch.Tensor:
    """The action that moves nothing: the yaw rests at -1."""
    action = torch.zeros(NUM_ENVS, 6)
    action[:, 5] = -1.0
    return action


def test_observations_are_those_of_the_reference(env):
    env.reset(seed=1)
    for _ in range(5):
        env.step(torch.randn(NUM_ENVS, 6))
    expected = reference_self(env, "NutThread")._get_observations()
    for group, size in (("policy", 19), ("critic", 43)):
        assert env.obs_buf[group].shape == (NUM_ENVS, size)
        torch.testing.assert_close(env.obs_buf[group], expected[group], atol=1e-5, rtol=1e-5)


def place(env, heights: torch.Tensor, yaws: torch.Tensor) -> None:
    """Hold the nut at some heights above its target over the bolt, the hand at some yaws, without a step."""
    held, fixed, robot = (env.scene[name] for name in ("held_asset", "fixed_asset", "robot"))
    pose = fixed.data.root_pose_w.clone()
    pose[:, 2] += 0.022 + heights
    held.write_root_pose_to_sim(pose)
    joint_pos = robot.data.joint_pos.clone()
    goal = env.command_manager.get_term("assembly_goal")
    joint_pos[:, 6] += goal.hand_yaw - yaws  # the last joint points down
    robot.write_joint_state_to_sim(joint_pos, torch.zeros_like(joint_pos))
    env.common_step_counter += 1


def test_success_and_reward_are_those_of_the_reference(env, goal):
    env.reset(seed=2)
    place(env, torch.tensor([0.0007, 0.0007, 0.0009, 0.0011]), torch.tensor([-0.05, 0.05, -0.5, -0.5]))
    reward = env.reward_manager.compute(env.step_dt)
    reference = reference_self(env, "NutThread")
    successes = reference._get_curr_successes(reference.cfg_task.success_threshold, check_rot=True)
    assert successes.tolist() == [True, False, False, False]
    assert goal.success.tolist() == successes.tolist()
    assert goal.engaged.tolist() == [True, True, True, False]
    values, scales = reference._get_factory_rew_dict(successes)
    expected = sum(values[name] * scales[name] for name in values)
    torch.testing.assert_close(reward, expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("yaws", [(-2.1, -1.0, -0.01, 0.01), (1.0, 2.0, 2.9, -2.0)])
def test_yaw_counts_as_in_the_reference(env, goal, yaws):
    from isaaclab_tasks.direct.factory import factory_utils
    from isaacsim.core.utils.torch import get_euler_xyz

    env.reset(seed=3)
    place(env, torch.zeros(NUM_ENVS), torch.tensor(yaws))
    quat = reference_self(env, "NutThread").fingertip_midpoint_quat
    expected = factory_utils.wrap_yaw(get_euler_xyz(quat)[2])
    torch.testing.assert_close(goal.hand_yaw, expected, atol=1e-4, rtol=0.0)


def test_yaw_unwraps_as_in_the_reference_all_the_way_round(env, goal, monkeypatch):
    from types import SimpleNamespace

    from isaaclab_tasks.direct.factory import factory_utils
    from isaacsim.core.utils.torch import get_euler_xyz

    for yaw in torch.linspace(-math.pi + 0.01, math.pi - 0.01, 61).split(4):
        quat = pointing_down_quat(yaw)
        data = SimpleNamespace(body_link_quat_w=quat.unsqueeze(1).expand(-1, goal._body_id + 1, -1))
        monkeypatch.setattr(goal, "_robot", SimpleNamespace(data=data))
        expected = factory_utils.wrap_yaw(get_euler_xyz(quat)[2])
        torch.testing.assert_close(goal.hand_yaw, expected, atol=1e-4, rtol=0.0)


def test_target_is_that_of_the_reference_at_the_first_physics_step(env, monkeypatch):
    """Only at the first: later the reference maps the yaw that it has already mapped."""
    from isaaclab_tasks.direct.factory.factory_env import FactoryEnv

    env.reset(seed=4)
    action = env.action_manager.get_term("arm")
    errors = []
    compute = action._controller.compute

    def record(error, **state):
        errors.append(error)
        return compute(error=error, **state)

    monkeypatch.setattr(action._controller, "compute", record)
    torch.manual_seed(4)
    for _ in range(3):
        action.process_actions(torch.randn(NUM_ENVS, 6))
        reference = reference_self(env, "NutThread")
        reference.actions = action.processed_actions.clone()
        ctrl = reference.cfg.ctrl
        reference.pos_threshold = torch.tensor(ctrl.pos_action_threshold)
        reference.rot_threshold = torch.tensor(ctrl.rot_action_threshold)
        reference.last_update_timestamp = 0.0
        reference._robot = type("Robot", (), {"_data": type("Data", (), {"_sim_timestamp": 0.0})})
        targets = {}
        reference.generate_ctrl_signals = targets.update
        FactoryEnv._apply_action(reference)
        action.apply_actions()
        expected = pose_error(
            reference.fingertip_midpoint_pos,
            reference.fingertip_midpoint_quat,
            targets["ctrl_target_fingertip_midpoint_pos"],
            targets["ctrl_target_fingertip_midpoint_quat"],
        )
        torch.testing.assert_close(errors[-1], expected, atol=1e-5, rtol=1e-4)


def test_nut_starts_in_the_hand_as_in_the_reference_and_stays_there(env):
    from isaaclab.utils.math import quat_error_magnitude, quat_from_euler_xyz, quat_mul, subtract_frame_transforms

    env.reset(seed=5)
    tool = env.scene["robot"].find_bodies("panda_fingertip_centered")[0][0]

    def fingertip_in_nut() -> tuple[torch.Tensor, torch.Tensor]:
        held, hand = env.scene["held_asset"].data, env.scene["robot"].data.body_link_pose_w[:, tool]
        return subtract_frame_transforms(held.root_pos_w, held.root_quat_w, hand[:, :3], hand[:, 3:])

    pos, quat = fingertip_in_nut()
    noise = pos - torch.tensor([0.0, 0.0, HEAD])
    assert noise[:, 0].abs().max() < 1e-5
    assert (noise[:, 1:].abs() < 0.003 + 1e-5).all()
    assert (noise[:, 1:].abs().amax(dim=0) > 1e-4).all()
    # the hand points down, so its frame is turned by half a turn about the y axis of the unturned grasp
    yaw = torch.full((NUM_ENVS,), math.radians(-90.0))
    half_turn = torch.tensor([0.0, 0.0, 1.0, 0.0]).expand(NUM_ENVS, 4)
    expected = quat_mul(quat_from_euler_xyz(torch.zeros(NUM_ENVS), torch.zeros(NUM_ENVS), yaw), half_turn)
    assert quat_error_magnitude(quat, expected).max() < 1e-3
    for _ in range(15):
        env.step(rest())
    moved_pos, moved_quat = fingertip_in_nut()
    assert (moved_pos - pos).norm(dim=-1).max() < 0.001
    assert quat_error_magnitude(moved_quat, quat).max() < math.radians(1.0)


def test_reset_of_one_environment_leaves_the_others_bit_identical(env):
    env.reset(seed=6)
    for _ in range(5):
        env.step(thread_nut(env))
    before = {name: env.scene[name].root_physx_view.get_transforms().clone() for name in ("held_asset", "fixed_asset")}
    env._reset_idx(torch.tensor([2]))
    for name, value in before.items():
        after = env.scene[name].root_physx_view.get_transforms()
        assert torch.equal(after[[0, 1, 3]], value[[0, 1, 3]]), name
        assert not torch.equal(after[2], value[2]), name


def test_the_task_can_be_done_within_an_episode_and_the_nut_is_on_the_thread(env, goal):
    env.reset(seed=7)
    for _ in range(STEPS):
        env.step(thread_nut(env))
    assert goal.success.all()
    assert goal.metrics["first_success_time"].max() < 12.0
    assert (goal.metrics["seated"] > 1.1).all()
    held, fixed = env.scene["held_asset"].data, env.scene["fixed_asset"].data
    assert (held.root_pos_w - fixed.root_pos_w)[:, :2].norm(dim=-1).max() < 0.0003
