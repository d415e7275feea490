# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What an evaluation reads off an assembly task: how its episodes start, how hard the parts press, what is dropped."""

import math

import gymnasium as gym
import pytest
import torch

from isaaclab_factory.app import launch
from isaaclab_factory.learning.measuring.contact_force import ContactForces, add_contact_sensor
from isaaclab_factory.learning.measuring.evaluation import Policy, evaluate
from isaaclab_factory.learning.measuring.grasp import Grasp
from isaaclab_factory.learning.measuring.start_conditions import start_conditions

NUM_ENVS = 8
EVERYWHERE = torch.ones(NUM_ENVS, dtype=torch.bool)


@pytest.fixture(scope="module")
def env():
    """Environments of gear meshing, with a sensor of the force between gear and base."""
    launch(headless=True)
    from isaaclab.sim.utils import create_new_stage
    from isaaclab_tasks.utils import parse_env_cfg

    create_new_stage()
    task = "Isaac-Factory-GearMesh-v0"
    cfg = parse_env_cfg(task, device="cpu", num_envs=NUM_ENVS)
    cfg.episode_length_s = 0.6
    add_contact_sensor(cfg)
    env = gym.make(task, cfg=cfg).unwrapped
    yield env
    env.close()


def goal_of(env):
    return env.command_manager.get_term("assembly_goal")


def stay(obs: dict[str, torch.Tensor]) -> torch.Tensor:
    """Leaves the hand where it is."""
    return torch.zeros(NUM_ENVS, 6)


def put_gear_on_base(env) -> None:
    """Take the gear out of the hand and put it down on the base, where no other gear holds it up."""
    from isaaclab.utils.math import quat_apply

    for name in ("small_gear", "large_gear"):
        pose = env.scene[name].data.root_pose_w.clone()
        pose[:, 1] += 0.3
        env.scene[name].write_root_pose_to_sim(pose)
    goal = goal_of(env)
    quat = goal.target_quat_w
    offset = quat_apply(quat, torch.tensor(goal.cfg.held_base_offset).expand(NUM_ENVS, 3))
    gear = env.scene["held_asset"]
    gear.write_root_pose_to_sim(torch.cat((goal.target_pos_w - offset, quat), dim=-1))
    gear.write_root_velocity_to_sim(torch.zeros(NUM_ENVS, 6))


@pytest.mark.parametrize("push", [1.0, 10.0])
def test_a_part_that_is_pushed_onto_the_other_presses_on_it_as_hard(env, push: float) -> None:
    """A held part has no weight, as in the reference: all there is to carry is what pushes it."""
    with torch.inference_mode():
        env.reset(seed=0)
        put_gear_on_base(env)
        gear = env.scene["held_asset"]
        force = torch.tensor([0.0, 0.0, -push]).expand(NUM_ENVS, 1, 3)
        gear.permanent_wrench_composer.set_forces_and_torques(force, torch.zeros_like(force), is_global=True)
        for _ in range(4):
            env.step(stay({}))
        forces = ContactForces.of(env)
        for _ in range(3):
            env.step(stay({}))
            forces.add(EVERYWHERE)
        gear.permanent_wrench_composer.reset()
    result = forces.result()
    assert result.touching == 1.0
    assert result.mean == pytest.approx(push, rel=1e-3)
    assert result.p99 == pytest.approx(push, rel=1e-2)


def test_no_force_is_measured_above_the_base(env) -> None:
    result = evaluate(env, Policy(stay), seed=0)
    assert (result.contact_force_N.mean, result.contact_force_N.p99, result.contact_force_N.touching) == (None, None, 0)


def test_starts_are_those_that_the_noise_drew(env) -> None:
    with torch.inference_mode():
        env.reset(seed=1)
        goal, fingertip = goal_of(env), env.action_manager.get_term("arm").fingertip
        found = {name: q.read() for name, q in start_conditions(env, goal, Grasp.of(env)).items()}
    tip_noise = 1e3 * (goal.noisy_tip_pos_w - goal.tip_pos_w)[:, :2].norm(dim=-1)
    torch.testing.assert_close(found["tip_noise_mm"], tip_noise)
    distance = 1e3 * (fingertip.pos_w - goal.tip_pos_w)[:, :2].norm(dim=-1)
    torch.testing.assert_close(found["hand_distance_mm"], distance)
    # the noise of the part in the hand is along x and z of the gear, and the fingers are along y
    assert set(found) == {
        "tip_noise_mm",
        "part_in_hand_x_mm",
        "part_in_hand_z_mm",
        "hand_distance_mm",
        "hand_yaw_deg",
    }
    for name, largest in (
        ("part_in_hand_x_mm", 3.0),
        ("part_in_hand_z_mm", 1.5),
        ("hand_yaw_deg", math.degrees(0.785)),
    ):
        assert float(found[name].max()) <= largest + 1e-2
        assert float(found[name].max()) > 0.6 * largest
        assert float(found[name].min()) < 0.4 * largest


def test_the_part_in_the_hand_is_as_far_off_as_it_was_moved(env) -> None:
    with torch.inference_mode():
        env.reset(seed=1)
        gear = env.scene["held_asset"]
        read = start_conditions(env, goal_of(env), Grasp.of(env))["part_in_hand_z_mm"].read
        params = env.event_manager.get_term_cfg("held_part").params
        noise = Grasp.of(env).fingertip_in_part()[:, 2] - params["grasp_offset"][2]
        pose = gear.data.root_pose_w.clone()
        pose[:, 2] += 0.010  # the gear stands upright
        gear.write_root_pose_to_sim(pose)
        torch.testing.assert_close(read(), 1e3 * (noise - 0.010).abs(), atol=1e-2, rtol=0.0)


def test_every_episode_is_in_one_bin_of_each_quantity(env) -> None:
    result = evaluate(env, Policy(stay), episodes=20, seed=2)
    assert len(result.bins) == 5
    for name, bins in result.bins.items():
        assert sum(part.episodes for part in bins) == 20, name
        assert len(bins) > 2, name
        assert all(part.high is None or part.low < part.high for part in bins)
    assert result.bins["tip_noise_mm"][0].high == pytest.approx(0.5)
    assert (result.successes, result.engaged_rate, result.time_to_success_s.median) == (0, 0.0, None)


def test_a_part_that_leaves_the_hand_counts_as_dropped_once(env) -> None:
    steps = 0

    def drop_in_the_third_step(obs: dict[str, torch.Tensor]) -> torch.Tensor:
        nonlocal steps
        steps += 1
        if steps == 3:
            gear = env.scene["held_asset"]
            pose = gear.data.root_pose_w[:4].clone()
            pose[:, 2] += 0.02
            gear.write_root_pose_to_sim(pose, env_ids=torch.arange(4))
        return stay(obs)

    result = evaluate(env, Policy(drop_in_the_third_step), episodes=2 * NUM_ENVS, seed=0)
    assert result.dropped_rate == pytest.approx(4 / (2 * NUM_ENVS))


def test_a_scene_without_the_parts_gets_no_sensor() -> None:
    launch(headless=True)
    from isaaclab_tasks.utils import parse_env_cfg

    cfg = parse_env_cfg("Isaac-Cartpole-v0", device="cpu", num_envs=2)
    before = set(vars(cfg.scene))
    add_contact_sensor(cfg)
    assert set(vars(cfg.scene)) == before
