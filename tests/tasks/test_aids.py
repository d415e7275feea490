# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The variants of the tasks: what they change, and nothing else."""

import math

import gymnasium
import pytest
from isaaclab_tasks.utils import load_cfg_from_registry

from isaaclab_factory.tasks.assembly import peg_in_hole
from isaaclab_factory.tasks.peg_insert_env_cfg import PegInsertSearchMotionEnvCfg

REWARD_AIDS = {"/rewards/lateral_alignment/weight", "/rewards/search"}
EARLY_END = {"/rewards/early_end", "/terminations/success_held"}
MAGNIFIED = {
    "/observations/policy/fingertip_pos_rel_tip_near",
    "/observations/critic/held_pos_rel_tip_near",
}
TOUCH = {
    "/observations/policy/exerted_force",
    "/observations/policy/contact_point",
    "/observations/policy/contact_point_in_hand",
    "/observations/critic/exerted_force",
    "/observations/critic/contact_point",
}

MOTION = {
    *(
        f"/observations/{group}/{term}"
        for group in ("policy", "critic")
        for term in ("search_delta", "search_followed")
    ),
    "/observations/critic/episode_time",
    "/observations/policy/episode_time",
}

TIMED = {
    "/observations/policy/search_place",
    "/observations/policy/episode_time",
    "/observations/critic/episode_time",
}


def load(task: str):
    """The configuration of a task."""
    return load_cfg_from_registry(f"Isaac-Factory-{task}-v0", "env_cfg_entry_point")


def differences(first: str, second: str) -> set[str]:
    """Where the configurations of two tasks differ; a term that only one has, by its own name."""

    def compare(a, b, path=""):
        if not (isinstance(a, dict) and isinstance(b, dict)):
            return set() if a == b else {path}
        missing = {f"{path}/{name}" for name in a.keys() ^ b.keys()}
        return missing.union(*(compare(a[name], b[name], f"{path}/{name}") for name in a.keys() & b.keys()))

    return compare(load(first).to_dict(), load(second).to_dict())


@pytest.mark.parametrize(("task", "more"), [("PegInsert", TIMED), ("GearMesh", set()), ("NutThread", set())])
def test_searching_adds_what_is_felt_and_rewards_and_changes_nothing_else(task, more):
    assert differences(task, f"{task}-Search") == REWARD_AIDS | EARLY_END | MAGNIFIED | TOUCH | more


@pytest.mark.parametrize(("task", "without"), [("PegInsert", TIMED), ("GearMesh", set())])
def test_the_search_motion_changes_the_action_and_what_is_known_of_it_and_is_not_rewarded(task, without):
    plain, searching = load(task).actions.arm.to_dict(), load(f"{task}-SearchMotion").actions.arm.to_dict()
    assert {name for name in plain if plain[name] != searching[name]} == {"class_type"}
    action = {f"/actions/arm/{name}" for name in (searching.keys() - plain.keys()) | {"class_type"}}
    expected = action | (MOTION ^ without) | {"/rewards/search"}
    assert differences(f"{task}-Search", f"{task}-SearchMotion") == expected


def test_no_noise_leaves_out_the_start_noise_and_adds_the_magnified_observations():
    expected = MAGNIFIED | {"/rewards/lateral_alignment/weight", "/events/start_noise/params/scale"}
    assert differences("PegInsert", "PegInsert-NoNoise") == expected


def test_playing_has_fewer_environments_and_nothing_else():
    variants = [name for name in gymnasium.registry if name.startswith("Isaac-Factory-") and "-Play-" in name]
    assert len(variants) >= 9
    for name in variants:
        task = name.removeprefix("Isaac-Factory-").removesuffix("-Play-v0")
        assert differences(task, f"{task}-Play") == {"/scene/num_envs"}, name


@pytest.mark.parametrize(
    ("task", "held_noise", "underside"),
    [("PegInsert", (0.003, 0.0), 0.0), ("GearMesh", (0.003, 0.0), 0.005), ("NutThread", (0.003, 0.0), 0.0)],
)
def test_search_knows_the_noise_along_the_axes_of_the_hand_and_the_underside_of_the_part(task, held_noise, underside):
    params = load(f"{task}-Search").rewards.search.params
    assert params["held_noise"] == pytest.approx(held_noise)
    assert params["underside"] == underside


@pytest.mark.parametrize("task", ["PegInsert", "GearMesh"])
def test_the_search_motion_knows_the_noise_along_the_axes_of_the_hand(task):
    assert load(f"{task}-SearchMotion").actions.arm.held_noise == pytest.approx((0.003, 0.0))


def test_the_search_motion_of_other_parts_knows_their_noise():
    noisy = peg_in_hole().replace(noise=peg_in_hole().noise.replace(held_position=(0.001, 0.0, 0.003)))
    assert PegInsertSearchMotionEnvCfg(assembly=noisy).actions.arm.held_noise == pytest.approx((0.001, 0.0))
    assert load("PegInsert-SearchMotion").actions.arm.held_noise == pytest.approx((0.003, 0.0))


@pytest.mark.parametrize("task", ["PegInsert", "GearMesh", "NutThread"])
def test_an_episode_does_not_end_with_its_success_unless_asked(task):
    assert load(f"{task}-Search").terminations.success_held.params["duration_s"] == math.inf
