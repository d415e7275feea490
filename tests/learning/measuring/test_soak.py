# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A soak detects what it looks for."""

from types import SimpleNamespace

import gymnasium as gym
import numpy as np
import pytest
import torch

from isaaclab_factory.app import launch, running_engine
from isaaclab_factory.learning.measuring.soak import MAX_EXAMPLES, ContactDepths, Soak

NUM_ENVS = 4


@pytest.fixture(scope="module")
def env():
    """Four environments of peg insertion."""
    launch(headless=True)
    from isaaclab.sim.utils import create_new_stage
    from isaaclab_tasks.utils import parse_env_cfg

    create_new_stage()
    task = "Isaac-Factory-PegInsert-v0"
    env = gym.make(task, cfg=parse_env_cfg(task, device="cpu", num_envs=NUM_ENVS)).unwrapped
    yield env
    env.close()


@pytest.fixture
def soak(env) -> Soak:
    """A soak of the environments, in which nothing has happened yet."""
    env.seed(0)
    return Soak(env, running_engine())


def rest(soak: Soak, steps: int) -> None:
    for _ in range(steps):
        soak.step(torch.zeros(NUM_ENVS, 6))


def move_peg(env, env_id: int, offset: tuple[float, float, float]) -> None:
    """Move the peg of one environment, out of the hand."""
    peg = env.scene["held_asset"]
    pose = peg.data.root_pose_w[[env_id]].clone()
    pose[:, :3] += torch.tensor(offset)
    peg.write_root_pose_to_sim(pose, env_ids=torch.tensor([env_id]))


def test_nothing_is_found_where_nothing_happens(env, soak):
    rest(soak, 5)
    report = soak.report()
    assert report.sound
    assert (report.steps, report.num_envs, report.episodes, report.dropped) == (5, NUM_ENVS, 0, 0)
    # the peg is held, so it is in touch with both fingers
    pairs = set(report.penetration.deepest_um)
    assert {f"HeldAsset - Robot/panda_{side}finger" for side in ("left", "right")} <= pairs


def test_a_dropped_part_counts_once_with_the_episode_that_it_was_dropped_in(env, soak):
    rest(soak, 2)
    move_peg(env, 1, (0.05, 0.0, 0.0))
    rest(soak, 2)
    assert soak.report().dropped == 0
    env.episode_length_buf[:] = env.max_episode_length - 1
    rest(soak, 1)
    assert (soak.report().episodes, soak.report().dropped) == (NUM_ENVS, 1)
    rest(soak, 2)
    env.episode_length_buf[:] = env.max_episode_length - 1
    rest(soak, 1)
    assert (soak.report().episodes, soak.report().dropped) == (2 * NUM_ENVS, 1)
    assert soak.report().sound


@pytest.mark.parametrize("offset", [(9.0, 0.0, 0.0), (0.0, -9.0, 0.0), (0.0, 0.0, 3.0)])
def test_a_part_out_of_the_world_is_counted_and_described(env, soak, offset):
    move_peg(env, 2, offset)
    rest(soak, MAX_EXAMPLES + 1)
    report = soak.report()
    assert not report.sound
    assert report.out_of_world == {"held_asset": MAX_EXAMPLES + 1}
    assert len(report.examples) == MAX_EXAMPLES
    assert report.examples[0].startswith("held_asset at (")
    assert report.examples[0].endswith("m, step 1, environment 2")


def test_numbers_that_are_not_finite_are_counted_by_quantity(env, soak):
    goal = env.command_manager.get_term("assembly_goal")
    goal.noisy_tip_pos_w[3] = torch.nan
    rest(soak, 1)
    report = soak.report()
    assert not report.sound
    assert report.not_finite["observations of the policy"] == 3
    assert "reward" not in report.not_finite


def test_an_environment_that_the_engine_put_back_is_told(env, soak):
    peg = env.scene["held_asset"]
    peg.write_root_velocity_to_sim(torch.full((1, 6), torch.nan), env_ids=torch.tensor([0]))
    rest(soak, 1)
    assert soak.report().went_wrong == {"NaN or huge velocity": 1}
    assert not soak.report().sound


def test_depths_are_those_of_contacts_of_the_parts():
    prims = ("HeldAsset", "Robot/panda_hand", "Table/top", "FixedAsset")
    names = [f"/World/envs/env_0/{prim}" for prim in prims]
    contacts = ContactDepths({"HeldAsset", "FixedAsset"})
    depths = 1e-6 * np.arange(1.0, 101.0)
    pairs = np.tile([[1, 0]], (100, 1))
    pairs[-1] = 0, 2
    pairs[:3] = 3, 0
    contacts.add(5, SimpleNamespace(depths=depths, worlds=np.arange(100), bodies=pairs, names=names))
    # neither of these is a contact of a part that overlaps something
    others = SimpleNamespace(
        depths=np.array([9.0, -1e-6]), worlds=np.zeros(2), bodies=np.array([[1, 2], [0, 1]]), names=names
    )
    contacts.add(10, others)
    found = contacts.summary()
    assert found.contacts == 100
    expected = {"50": 50.5, "99": 99.01, "99.9": 99.901, "100": 100.0}
    assert found.percentiles_um == pytest.approx(expected, rel=1e-5)
    assert found.between_parts_um == pytest.approx({"50": 2.0, "99": 2.98, "99.9": 2.998, "100": 3.0}, rel=1e-5)
    expected = {"HeldAsset - Table/top": 100.0, "HeldAsset - Robot/panda_hand": 99.0, "HeldAsset - FixedAsset": 3.0}
    assert list(found.deepest_um) == list(expected)
    assert found.deepest_um == pytest.approx(expected)
    assert found.where == "step 5, environment 99"


def test_without_contacts_the_depths_are_zero():
    found = ContactDepths({"HeldAsset"}).summary()
    assert (found.contacts, found.deepest_um) == (0, {})
    assert set(found.percentiles_um.values()) == set(found.between_parts_um.values()) == {0.0}


def test_without_an_engine_of_ours_contacts_and_broken_environments_are_not_told(env):
    soak = Soak(env)
    rest(soak, 5)
    assert soak.report().penetration is None
    assert soak.report().went_wrong is None
    assert soak.report().sound
