# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The example tasks on their engine, and what makes them solvable."""

import importlib
import inspect
from collections.abc import Iterator

import gymnasium as gym
import numpy as np
import pytest
import torch

from isaaclab_factory.app import running_engine
from tests.tasks.task_env import open_env

NUM_ENVS = 4


@pytest.fixture(scope="module", params=["SquarePegInsert", "NutThreadM8"])
def env(request) -> Iterator[gym.Env]:
    """Four environments of an example."""
    with open_env(request.param, NUM_ENVS, seed=0) as env:
        yield env


def part_in_hand(env) -> tuple[torch.Tensor, torch.Tensor]:
    """Position (num_envs, 3) in m and orientation (num_envs, 4) of the held part in the fingertip's frame."""
    from isaaclab.utils.math import subtract_frame_transforms

    robot, part = env.scene["robot"], env.scene["held_asset"].data
    fingertip = robot.data.body_link_pose_w[:, robot.find_bodies("panda_fingertip_centered")[0][0]]
    return subtract_frame_transforms(fingertip[:, :3], fingertip[:, 3:], part.root_pos_w, part.root_quat_w)


def test_steps_random_actions_to_finite_observations_and_rewards(env):
    obs, _ = env.reset(seed=1)
    assert {name: value.shape for name, value in obs.items()} == {"policy": (NUM_ENVS, 19), "critic": (NUM_ENVS, 43)}
    for _ in range(30):
        obs, reward, terminated, truncated, _ = env.step(torch.randn(NUM_ENVS, 6))
        assert reward.shape == (NUM_ENVS,)
        assert torch.isfinite(torch.cat((obs["policy"], obs["critic"], reward.unsqueeze(-1)), dim=-1)).all()
    assert not (terminated | truncated).any()


def test_the_part_is_in_the_hand_after_a_second_of_rest(env):
    from isaaclab.utils.math import quat_error_magnitude

    env.reset(seed=2)
    start_pos, start_quat = part_in_hand(env)
    for _ in range(15):
        env.step(torch.zeros(NUM_ENVS, 6))
    pos, quat = part_in_hand(env)
    assert (pos - start_pos).norm(dim=-1).max() < 0.001
    assert torch.rad2deg(quat_error_magnitude(start_quat, quat)).max() < 0.5


def test_both_fingers_start_on_a_whole_flat_of_the_part(env):
    # where a finger found one edge only, the pair of them would spin the part
    env.reset(seed=0)
    found = running_engine().penetrations()
    bodies = np.array([name.rsplit("/", 1)[-1] for name in found.names])[found.bodies]
    for world in range(NUM_ENVS):
        for finger in ("panda_leftfinger", "panda_rightfinger"):
            touching = (found.worlds == world) & (bodies == finger).any(axis=1)
            assert touching.sum() >= 4
            assert found.depths[touching] == pytest.approx(1e-5, abs=2e-6)


def test_an_episode_ends_by_time_and_the_next_one_starts_elsewhere(env):
    env.reset(seed=3)
    before = env.scene["fixed_asset"].data.root_pos_w.clone()
    env.episode_length_buf[:] = torch.tensor([env.max_episode_length - 1, 1, 1, 1])
    *_, truncated, extras = env.step(torch.zeros(NUM_ENVS, 6))
    assert truncated.tolist() == [True, False, False, False]
    assert "Metrics/assembly_goal/success" in extras["log"]
    moved = (env.scene["fixed_asset"].data.root_pos_w - before).norm(dim=-1)
    assert moved[0] > 0.001
    assert moved[1:].max() == 0.0


@pytest.mark.parametrize("env", ["SquarePegInsert"], indirect=True)
def test_the_policy_of_the_square_peg_sees_how_far_it_is_turned_against_the_hole(env):
    from isaaclab.utils.math import euler_xyz_from_quat

    def yaw_of_a_square(quat: torch.Tensor) -> torch.Tensor:
        """Yaw in degrees from -45 to 45: a square looks the same after every 90."""
        return (torch.rad2deg(euler_xyz_from_quat(quat)[2]) + 45.0) % 90.0 - 45.0

    seen, true = [], []
    for seed in range(8):
        obs, _ = env.reset(seed=seed)
        # an upright part is the fingertip, which points down, turned by half a turn about its y axis
        w, x, y, z = obs["policy"][:, 3:7].unbind(-1)
        seen.append(yaw_of_a_square(torch.stack((-y, -z, w, x), dim=-1)))
        held, fixed = (env.scene[name].data.root_quat_w for name in ("held_asset", "fixed_asset"))
        true.append(yaw_of_a_square(held) - yaw_of_a_square(fixed))
    seen, true = torch.cat(seen), torch.cat(true)
    torch.testing.assert_close(seen, true, atol=1e-2, rtol=0.0)
    assert 10.0 < true.abs().max() <= 15.01


@pytest.mark.parametrize("name", ["square_peg_insert_env_cfg", "nut_thread_m8_env_cfg"])
def test_an_example_is_a_file_of_less_than_60_lines(name):
    module = importlib.import_module(f"isaaclab_factory.tasks.examples.{name}")
    assert len(inspect.getsource(module).splitlines()) < 60


def test_the_m8_nut_is_the_task_of_the_m16_nut_in_proportion_to_the_pitch():
    from isaaclab_factory.tasks.examples.nut_thread_m8_env_cfg import NutThreadM8EnvCfg
    from isaaclab_factory.tasks.nut_thread_env_cfg import NutThreadEnvCfg

    small, large = NutThreadM8EnvCfg(), NutThreadEnvCfg()
    # ISO 261: pitch 1.25 mm and 2 mm
    scale = 1.25 / 2.0
    for name in ("success_height", "engaged_height", "thread_pitch", "seated_play", "seated_offset"):
        heights = [getattr(cfg.commands.assembly_goal, name) for cfg in (small, large)]
        assert heights[0] == pytest.approx(scale * heights[1])
    depths = [
        cfg.commands.assembly_goal.tip_offset[2] - cfg.commands.assembly_goal.target_offset[2] for cfg in (small, large)
    ]
    assert depths[0] == pytest.approx(scale * depths[1])
    for name in ("keypoint_baseline", "keypoint_coarse", "keypoint_fine"):
        params = [getattr(cfg.rewards, name).params for cfg in (small, large)]
        assert scale * params[0]["a"] == pytest.approx(params[1]["a"])
        assert params[0]["b"] == params[1]["b"]
    assert small.actions.to_dict() == large.actions.to_dict()
    # ISO 4032: 13 mm across flats
    assert small.events.hand.params["gripper_joint_pos"] == 0.0065 - 1e-5
