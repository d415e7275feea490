# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The variants of FORGE's tasks: what they change, and nothing else."""

import pytest
from isaaclab.utils import validate
from isaaclab_tasks.utils.preset_cli import enumerate_task_presets
from isaaclab_tasks.utils.preset_target import PresetTarget

from tests.tasks.task_env import FORGE, PRESETS, open_env
from tests.tasks.test_presets import JACOBIANS, PHYSICS, differences, loaded

AIDS = {
    "/observations/policy/fingertip/func",
    "/observations/policy/fingertip/params/distance",
    "/observations/critic/held_pos_rel_tip_near",
    "/observations/critic/dead_zone",
    "/rewards/lateral_alignment",
    "/rewards/early_end",
    "/terminations/success_held",
    "/actions/arm/jacobian",
}


@pytest.mark.parametrize("task", FORGE)
def test_the_command_line_offers_these_presets_and_no_others(task):
    offered = set(enumerate_task_presets(task)[PresetTarget.DOMAIN])
    assert offered - set(PHYSICS) - JACOBIANS == set(PRESETS[task])


@pytest.mark.parametrize("task", FORGE)
def test_aids_magnify_the_last_millimetres_and_reward_alignment(task):
    aided = loaded(task, "aided")
    validate(aided)
    assert differences(loaded(task), aided) == AIDS


@pytest.mark.parametrize("task", FORGE)
def test_no_noise_only_switches_the_start_noise_of_the_aided_task_off(task):
    assert differences(loaded(task, "aided"), loaded(task, "no_noise")) == {"/events/start_noise/params/scale"}


@pytest.mark.parametrize("task", FORGE)
def test_search_only_rewards_a_search_in_the_aided_task(task):
    assert differences(loaded(task, "aided"), loaded(task, "search")) == {"/rewards/search"}


@pytest.mark.parametrize(
    ("task", "underside"), [(FORGE[0], 0.0), (FORGE[1], 0.005), (FORGE[2], 0.0)], ids=["peg", "gear", "nut"]
)
def test_a_search_knows_the_noise_of_the_part_in_the_hand(task, underside):
    params, factory = (loaded(name, "search").rewards.search.params for name in (task, task.split("-")[-1]))
    assert params["held_noise"] == factory["held_noise"]
    assert params["underside"] == underside


def test_policy_observes_three_numbers_more_and_the_critic_nine():
    with open_env(FORGE[0], 2, seed=0, presets="aided") as env:
        obs, _ = env.reset()
        assert {group: values.shape for group, values in obs.items()} == {"policy": (2, 27), "critic": (2, 70)}
