# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The start-noise curriculum follows the success of the reduced episodes."""

import pytest
import torch

from isaaclab_factory import mdp
from isaaclab_factory.testing import term_env

PARAMS = {"step": 0.1, "raise_above": 0.7, "lower_below": 0.4, "num_episodes": 4}


@pytest.fixture
def env():
    """An environment with the event that the curriculum changes."""
    from isaaclab.managers import EventTermCfg

    params = {"reduced_scale": 0.5, "reduced_share": 0.5}
    event = EventTermCfg(func=mdp.sample_start_noise_scale, mode="reset", params=params)
    return term_env(num_envs=4, events={"start_noise": event})


@pytest.fixture
def curriculum(env, hold, goal):
    """A function that ends one episode in each row, of which the first two are reduced ones."""
    from isaaclab.managers import CurriculumTermCfg

    term = mdp.start_noise_curriculum(CurriculumTermCfg(func=mdp.start_noise_curriculum), env)
    goal.reduced_noise[:] = torch.tensor([True, True, False, False])

    def end_episodes(heights):
        hold(heights)
        return term(env, torch.arange(4), **PARAMS)

    return end_episodes


@pytest.mark.parametrize(
    ("heights", "expected"),
    [
        ((0.0, 0.0, 0.1, 0.1), 0.6),
        ((0.1, 0.1, 0.0, 0.0), 0.4),
        ((0.0, 0.1, 0.0, 0.1), 0.5),
    ],
)
def test_noise_changes_with_the_success_of_the_reduced_episodes_alone(curriculum, heights, expected):
    assert curriculum(heights)["reduced_scale"] == 0.5  # not enough episodes yet
    assert curriculum(heights)["reduced_scale"] == pytest.approx(expected)


def test_the_noise_begins_whole_where_the_event_names_no_scale(env, curriculum):
    del env.event_manager.get_term_cfg("start_noise").params["reduced_scale"]
    assert curriculum((0.1, 0.1, 0.0, 0.0))["reduced_scale"] == 1.0
    assert curriculum((0.1, 0.1, 0.0, 0.0))["reduced_scale"] == pytest.approx(0.9)


@pytest.mark.slow
def test_noise_stays_between_none_and_all(curriculum):
    for _ in range(40):
        state = curriculum((0.0, 0.0, 0.0, 0.0))
    assert state["reduced_scale"] == 1.0
    for _ in range(60):
        state = curriculum((0.1, 0.1, 0.1, 0.1))
    assert state["reduced_scale"] == 0.0


def test_the_first_reset_is_no_episode(env, goal):
    from isaaclab.managers import CurriculumTermCfg

    goal.reduced_noise[:] = True
    term = mdp.start_noise_curriculum(CurriculumTermCfg(func=mdp.start_noise_curriculum), env)
    state = term(env, torch.arange(4), **{**PARAMS, "num_episodes": 1})
    assert state["reduced_scale"] == 0.5
