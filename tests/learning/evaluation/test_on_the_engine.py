# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What an evaluation reads from an assembly task on the CPU engine: forces, drops, starts, successes."""

from collections.abc import Iterator

import pytest
import torch
from isaaclab.envs import ManagerBasedRLEnv, ManagerBasedRLEnvCfg
from isaaclab.utils.math import quat_apply

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.evaluation.contact_force import ContactForces, add_contact_sensor
from isaaclab_factory.learning.evaluation.grasp_command import measure
from isaaclab_factory.learning.evaluation.measure import evaluate
from isaaclab_factory.learning.libraries.policy import Policy
from tests.tasks.task_env import open_env

pytestmark = pytest.mark.slow

NUM_ENVS = 4
EVERYWHERE = torch.ones(NUM_ENVS, dtype=torch.bool)
STEPS = 6
"""Steps of an episode."""


def stay(obs: dict[str, torch.Tensor]) -> torch.Tensor:
    """Leaves the hand where it is."""
    return torch.zeros(NUM_ENVS, 6)


def shorten(cfg: ManagerBasedRLEnvCfg) -> None:
    """Makes episodes short."""
    cfg.episode_length_s = STEPS / 15.0


@pytest.fixture(scope="module")
def env() -> Iterator[ManagerBasedRLEnv]:
    """Environments of PegInsert, with a sensor of the force between peg and hole."""

    def change(cfg: ManagerBasedRLEnvCfg) -> None:
        shorten(cfg)
        add_contact_sensor(cfg)

    with open_env("PegInsert", NUM_ENVS, seed=0, change=change) as env:
        yield env


def put_peg_in_hole(env: ManagerBasedRLEnv) -> None:
    """Take the peg out of the hand and put it down in the hole, at rest."""
    goal = env.command_manager.get_term("assembly_goal")
    quat = goal.target_quat_w
    offset = quat_apply(quat, torch.tensor(goal.cfg.held_base_offset).expand(NUM_ENVS, 3))
    peg = env.scene["held_asset"]
    peg.write_root_pose_to_sim_index(root_pose=torch.cat((goal.target_pos_w - offset, quat), dim=-1))
    peg.write_root_velocity_to_sim_index(root_velocity=torch.zeros(NUM_ENVS, 6))


@pytest.mark.parametrize("push", [1.0, 10.0])
def test_a_part_that_is_pushed_onto_the_other_presses_on_it_as_hard(env: ManagerBasedRLEnv, push: float) -> None:
    """A held part has no weight, as in the reference: all that the other carries is the push."""
    with torch.inference_mode():
        env.reset(seed=0)
        put_peg_in_hole(env)
        wrenches = env.scene["held_asset"].permanent_wrench_composer
        force = torch.tensor([0.0, 0.0, -push]).expand(NUM_ENVS, 1, 3).contiguous()
        wrenches.set_forces_and_torques_index(forces=force, torques=torch.zeros_like(force), is_global=True)
        for _ in range(2):
            env.step(stay({}))
        forces = ContactForces.of(env)
        for _ in range(3):
            env.step(stay({}))
            forces.add(EVERYWHERE)
        wrenches.reset()
    result = forces.result()
    assert result.touching == 1.0
    assert result.mean == pytest.approx(push, rel=1e-2)
    assert result.p99 == pytest.approx(push, rel=5e-2)


def test_no_force_is_measured_above_the_hole(env: ManagerBasedRLEnv) -> None:
    result = evaluate(env, Policy(stay), seed=0)
    assert (result.contact_force_N.mean, result.contact_force_N.p99, result.contact_force_N.touching) == (None, None, 0)
    assert (result.dropped_rate, result.success_rate, result.engaged_rate) == (0.0, 0.0, 0.0)


def test_every_episode_is_in_one_bin_of_each_quantity(env: ManagerBasedRLEnv) -> None:
    result = evaluate(env, Policy(stay), episodes=10, seed=2)
    assert set(result.bins) == {
        "tip_noise_mm",
        "part_in_hand_x_mm",
        "part_in_hand_z_mm",
        "hand_distance_mm",
        "hand_yaw_deg",
    }
    for name, bins in result.bins.items():
        assert sum(part.episodes for part in bins) == 10, name
        assert all(part.high is None or part.low < part.high for part in bins)
    assert result.bins["tip_noise_mm"][0].low % 0.5 == 0.0
    assert (result.episodes, result.mean_length_s) == (10, pytest.approx(STEPS / 15.0))


def test_a_part_that_leaves_the_hand_counts_as_dropped_once(env: ManagerBasedRLEnv) -> None:
    steps = 0

    def drop_in_the_third_step(obs: dict[str, torch.Tensor]) -> torch.Tensor:
        nonlocal steps
        steps += 1
        if steps == 3:
            peg = env.scene["held_asset"]
            pose = peg.data.root_link_pose_w.torch[:3].clone()
            pose[:, 2] += 0.02
            peg.write_root_pose_to_sim_index(root_pose=pose, env_ids=torch.arange(3))
        return stay(obs)

    result = evaluate(env, Policy(drop_in_the_third_step), episodes=2 * NUM_ENVS, seed=0)
    assert result.dropped_rate == pytest.approx(3 / (2 * NUM_ENVS))


def test_a_success_is_measured_and_its_time(env: ManagerBasedRLEnv) -> None:
    steps = 0

    def insert_in_the_third_step(obs: dict[str, torch.Tensor]) -> torch.Tensor:
        nonlocal steps
        steps += 1
        if steps == 3:
            put_peg_in_hole(env)
        return stay(obs)

    result = evaluate(env, Policy(insert_in_the_third_step), seed=0)
    assert (result.successes, result.ever_success_rate, result.engaged_rate) == (NUM_ENVS, 1.0, 1.0)
    assert result.time_to_success_s.median == pytest.approx(3 / 15.0)


def test_the_grasp_is_measured_while_the_hand_holds_still(
    env: ManagerBasedRLEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match=r"episodes of 0\.4 s are too short to measure 1 s"):
        measure(env, resets=1)
    monkeypatch.setattr(env.cfg, "episode_length_s", 2.0)
    slip, turn, moved = measure(env, resets=NUM_ENVS + 1)
    assert len(slip) == len(turn) == len(moved) == 2 * NUM_ENVS
    assert 0.0 < slip.max() < 0.002
    assert moved.max() < 0.02
