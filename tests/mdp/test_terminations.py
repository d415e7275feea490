# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The end of an episode with its success, on a few rows."""

import math

import pytest
import torch
from isaaclab.managers import TerminationTermCfg

from isaaclab_factory import mdp

SEATED, ABOVE = 0.0, 0.01
"""Heights in m of the peg's base above its place in the hole: assembled, and not."""


@pytest.fixture
def ended(env, hold):
    """A function that holds the pegs at heights for a step and says which episodes end."""
    term = mdp.success_held(TerminationTermCfg(func=mdp.success_held), env)

    def ended(heights, steps=3.0, **kwargs):
        hold(heights)
        return term(env, duration_s=steps * env.step_dt, **kwargs).tolist()

    ended.term = term
    return ended


def test_an_episode_ends_when_its_success_has_lasted(ended):
    heights = [SEATED, SEATED, ABOVE, ABOVE]
    assert [ended(heights) for _ in range(3)] == [[False] * 4, [False] * 4, [True, True, False, False]]


def test_a_break_restarts_the_count(ended):
    for heights in ([SEATED] * 4, [SEATED] * 4, [SEATED, ABOVE, SEATED, ABOVE]):
        flags = ended(heights)
    assert flags == [True, False, True, False]
    assert [ended([SEATED] * 4) for _ in range(3)] == [[True, False, True, False]] * 2 + [[True] * 4]


def test_a_reset_restarts_the_count(ended):
    for _ in range(2):
        ended([SEATED] * 4)
    ended.term.reset(torch.tensor([1, 3]))
    assert ended([SEATED] * 4) == [True, False, True, False]


def test_an_infinite_time_is_never_reached(ended):
    assert not any(any(ended([SEATED] * 4, steps=math.inf)) for _ in range(10))


@pytest.mark.parametrize(("share", "flags"), [(0.0, [False] * 4), (0.5, [True, True, False, False]), (1.0, [True] * 4)])
def test_a_share_of_the_episodes_ends(ended, share, flags):
    assert [ended([SEATED] * 4, share=share) for _ in range(3)][-1] == flags
