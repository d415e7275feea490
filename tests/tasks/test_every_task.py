# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What holds in every task on the engine: how episodes start, go on and end, and that environments are independent."""

import math

import pytest
import torch
from isaaclab.utils.math import (
    quat_apply,
    quat_error_magnitude,
    quat_from_euler_xyz,
    quat_mul,
    subtract_frame_transforms,
)

from isaaclab_factory.controllers import yaw_from_quat
from tests.tasks.task_env import EXAMPLES, FACTORY, engine_state, first_and_others, open_env, rest

NUM_ENVS = 4
OTHERS = [0, 1, 3]
"""All environments but the third."""

METRICS = {"success", "ever_success", "engaged", "first_success_time", "keypoint_distance"}


@pytest.fixture(scope="module", params=first_and_others(pytest.mark.slow, tasks=(*FACTORY, *EXAMPLES)))
def env(request):
    """Four environments of a task."""
    with open_env(request.param, NUM_ENVS, seed=0) as env:
        yield env


@pytest.fixture
def goal(env):
    """The goal of the task."""
    return env.command_manager.get_term("assembly_goal")


def part_in_hand(env) -> tuple[torch.Tensor, torch.Tensor]:
    """Position (num_envs, 3) in m and orientation (num_envs, 4) of the fingertip in the held part's frame."""
    part = env.scene["held_asset"].data.root_link_pose_w.torch
    fingertip = env.action_manager.get_term("arm").fingertip
    return subtract_frame_transforms(part[:, :3], part[:, 3:], fingertip.pos_w, fingertip.quat_w)


def random_actions(num_steps: int, seed: int) -> torch.Tensor:
    """Actions of a policy that has just been initialised. Shape is (num_steps, NUM_ENVS, 6)."""
    return torch.randn(num_steps, NUM_ENVS, 6, generator=torch.Generator().manual_seed(seed))


def test_policy_and_critic_observe_as_many_numbers_as_in_the_reference(env):
    obs, _ = env.reset(seed=1)
    assert {name: value.shape for name, value in obs.items()} == {"policy": (NUM_ENVS, 19), "critic": (NUM_ENVS, 43)}
    assert env.single_action_space.shape == (6,)
    assert {name: space.shape for name, space in env.single_observation_space.items()} == {
        "policy": (19,),
        "critic": (43,),
    }


def test_an_episode_starts_at_rest_with_the_hand_upright_above_the_fixed_part(env, goal):
    env.reset(seed=2)
    assert not env.scene["robot"].data.joint_vel.torch.any()
    for part in env.scene.rigid_objects.values():
        assert not part.data.root_com_vel_w.torch.any()
    policy, critic = env.obs_buf["policy"], env.obs_buf["critic"]
    assert not policy[:, 7:].any()  # velocities and actions
    hand, fingertip = env.cfg.events.hand.params, env.action_manager.get_term("arm").fingertip
    offset = fingertip.pos_w - goal.tip_pos_w - torch.tensor(hand["position"])
    assert (offset.abs() <= torch.tensor(hand["position_noise"]) + 1e-4).all()
    down = quat_apply(fingertip.quat_w, torch.tensor([0.0, 0.0, 1.0]))
    torch.testing.assert_close(down, torch.tensor([0.0, 0.0, -1.0]).expand(NUM_ENVS, 3), atol=1e-3, rtol=0.0)
    assert (yaw_from_quat(fingertip.quat_w) - hand["yaw"]).abs().max() <= hand["yaw_noise"] + 1e-3
    torch.testing.assert_close(critic[:, :3], fingertip.pos_w - env.scene.env_origins)


def test_the_part_starts_in_the_hand_within_the_noise_and_above_the_fixed_part(env, goal):
    grasp = env.cfg.events.held_part.params
    # the hand points down: its frame is turned by half a turn about the y axis of the unturned grasp
    yaw = torch.full((1,), grasp["grasp_yaw"])
    half_turn = torch.tensor([[0.0, 1.0, 0.0, 0.0]])
    expected = quat_mul(quat_from_euler_xyz(torch.zeros(1), torch.zeros(1), yaw), half_turn).expand(NUM_ENVS, 4)
    noise = []
    for seed in range(8):
        env.reset(seed=seed)
        pos, quat = part_in_hand(env)
        assert quat_error_magnitude(quat, expected).max() < 1e-3
        noise.append(pos - torch.tensor(grasp["grasp_offset"]))
        above_tip = goal.base_pos_error_w[:, 2] + (goal.target_pos_w - goal.tip_pos_w)[:, 2]
        underside = env.cfg.rewards.search.params["underside"] if hasattr(env.cfg.rewards, "search") else 0.0
        assert (above_tip + underside).min() > 0.001
    largest = torch.cat(noise).abs().amax(dim=0)
    allowed = torch.tensor(grasp["position_noise"])
    assert (largest <= allowed + 1e-5).all()
    assert (largest >= 0.6 * allowed).all()


def test_both_fingers_start_on_the_part_over_some_width(env):
    # with one point or edge of contact a finger would spin the part
    env.reset(seed=0)
    env.step(rest(env))
    worlds = env.sim.physics_manager.worlds()
    for world in range(env.num_envs):
        model, data = worlds.snapshot(world)
        names = [
            {model.body(model.geom_bodyid[geom]).name.split("_")[-1] for geom in pair} for pair in data.contact.geom
        ]
        for finger in ("leftfinger", "rightfinger"):
            points = data.contact.pos[[finger in bodies for bodies in names]]
            assert len(points) >= 2
            assert math.dist(points.min(axis=0), points.max(axis=0)) > 0.002


def test_the_part_is_in_the_hand_after_a_second_of_rest(env):
    env.reset(seed=3)
    start_pos, start_quat = part_in_hand(env)
    for _ in range(15):
        env.step(rest(env))
    pos, quat = part_in_hand(env)
    assert (pos - start_pos).norm(dim=-1).max() < 0.001
    assert quat_error_magnitude(start_quat, quat).max() < math.radians(1.0)


def test_the_measured_velocity_is_near_the_simulators(env):
    env.reset(seed=4)
    for action in random_actions(5, seed=4):
        env.step(action)
    # the hand does not accelerate much within one physics step
    fingertip, critic = env.action_manager.get_term("arm").fingertip, env.obs_buf["critic"]
    torch.testing.assert_close(fingertip.measured_lin_vel_w, critic[:, 7:10], atol=0.02, rtol=0.0)
    torch.testing.assert_close(fingertip.measured_ang_vel_w, critic[:, 10:13], atol=0.2, rtol=0.0)


def test_random_actions_lead_to_finite_observations_and_rewards_at_most_as_large_as_can_be(env):
    env.reset(seed=5)
    for action in random_actions(30, seed=5):
        obs, reward, terminated, truncated, _ = env.step(action)
        assert torch.isfinite(torch.cat((obs["policy"], obs["critic"], reward.unsqueeze(-1)), dim=-1)).all()
        # 1/(2 + b) of the three scales of keypoints, and one each for being engaged and assembled
        scales = [getattr(env.cfg.rewards, f"keypoint_{name}") for name in ("baseline", "coarse", "fine")]
        assert reward.max() <= sum(1.0 / (2.0 + term.params["offset"]) for term in scales) + 2.0 + 1e-5
        assert reward.min() >= 0.0
    assert not (terminated | truncated).any()


def test_an_episode_ends_by_time_alone_logs_the_goal_and_the_next_one_starts_elsewhere(env, goal):
    env.reset(seed=6)
    before = env.scene["fixed_asset"].data.root_pos_w.torch.clone()
    env.episode_length_buf[:] = torch.tensor([env.max_episode_length - 2, 10, 10, 10])
    *_, truncated, _ = env.step(rest(env))
    assert not truncated.any()
    _, _, terminated, truncated, extras = env.step(rest(env))
    assert truncated.tolist() == [True, False, False, False]
    assert not terminated.any()
    logged = {key.removeprefix("Metrics/assembly_goal/"): value for key, value in extras["log"].items()}
    assert set(goal.metrics) >= METRICS
    for name in goal.metrics:
        assert logged[name] == pytest.approx(goal.last_episode[name][0].item())
    assert env.episode_length_buf.tolist() == [0, 12, 12, 12]
    moved = (env.scene["fixed_asset"].data.root_pos_w.torch - before).norm(dim=-1)
    assert moved[0] > 0.001
    assert moved[1:].max() == 0.0


def test_the_first_observation_of_the_next_episode_is_of_its_start(env):
    env.reset(seed=7)
    for action in random_actions(3, seed=7):
        env.step(action)
    env.episode_length_buf[1] = env.max_episode_length - 1
    obs = {name: value.clone() for name, value in env.step(random_actions(1, seed=8)[0])[0].items()}
    env.sim.forward()
    for name, value in env.observation_manager.compute().items():
        assert torch.equal(value, obs[name]), name
    assert not obs["policy"][1, 7:].any()
    assert obs["policy"][0, 7:].any()


def test_a_reset_of_one_environment_leaves_the_others_as_they_are_bit_by_bit(env):
    env.reset(seed=9)
    for action in random_actions(5, seed=9):
        env.step(action)
    before, observed = engine_state(env), env.obs_buf["critic"].clone()
    env._reset_idx(torch.tensor([2]))
    after = engine_state(env)
    for name, values in after.items():
        assert torch.equal(values[OTHERS], before[name][OTHERS]), name
        if name.endswith(("pose", "joint_pos", "tip", "actions")):
            assert not torch.equal(values[2], before[name][2]), name
    assert torch.equal(env.observation_manager.compute()["critic"][OTHERS], observed[OTHERS])


def test_the_others_go_on_as_if_nothing_had_been_reset(env):
    def rollout(resets_one: bool) -> dict[str, torch.Tensor]:
        env.reset(seed=10)
        for step, action in enumerate(random_actions(8, seed=10)):
            if resets_one and step == 4:
                env._reset_idx(torch.tensor([2]))
            observed, reward, *_ = env.step(action)
        return (
            engine_state(env) | {"reward": reward.clone()} | {name: value.clone() for name, value in observed.items()}
        )

    alone, beside_a_reset = rollout(False), rollout(True)
    for name, values in alone.items():
        assert torch.equal(values[OTHERS], beside_a_reset[name][OTHERS]), name
    assert not torch.equal(alone["critic"][2], beside_a_reset["critic"][2])


def test_the_same_seed_gives_the_same_rollout_bit_by_bit_and_another_seed_another(env):
    def rollout(seed: int) -> torch.Tensor:
        rows = [env.reset(seed=seed)[0]["critic"].clone()]
        env.episode_length_buf[1] = env.max_episode_length - 5  # ends in the middle
        for action in random_actions(10, seed=0):
            obs, reward, *_ = env.step(action)
            rows += [obs["policy"].clone(), obs["critic"].clone(), reward.clone()]
        return torch.cat([row.flatten() for row in rows])

    first, other, again = rollout(1), rollout(2), rollout(1)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
