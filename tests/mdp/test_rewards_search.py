# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The reward for searching, on a few rows."""

import pytest
import torch
from isaaclab.managers import RewardTermCfg
from isaaclab.utils.math import quat_apply

from isaaclab_factory import mdp

TIP = 0.025
"""Height in m of the hole's rim above the fixed part's frame."""


@pytest.fixture
def search(env, action, observe_tip, hold):
    """A function that puts the fingertip at places in the axes of the hand, the peg at heights above the rim."""
    term = mdp.search_coverage(RewardTermCfg(func=mdp.search_coverage, params={"held_noise": (0.003, 0.0)}), env)

    def search(places, heights=(0.0,) * 4, **params):
        hold([TIP + height for height in heights])
        offset = torch.nn.functional.pad(torch.tensor(places).view(4, 2), (0, 1))
        observe_tip(action.fingertip.pos_w - quat_apply(action.fingertip.quat_w, offset))
        return term(env, held_noise=(0.003, 0.0), **params)

    search.term = term
    return search


def test_a_place_counts_as_often_as_it_is_the_right_one(search):
    """The share of random starts in which the right place is within the radius."""
    places = [[0.0, 0.0], [0.0025, 0.0], [0.0, 0.0015], [0.005, 0.002]]
    starts = torch.stack((0.003 * (2.0 * torch.rand(400_000) - 1.0), torch.zeros(400_000)), dim=-1)
    starts += 0.001 * torch.randn(400_000, 2)
    expected = torch.stack([((starts - torch.tensor(place)).norm(dim=-1) < 0.0012).float().mean() for place in places])
    torch.testing.assert_close(search(places, radius=0.0012), expected, atol=0.01, rtol=0.1)


@pytest.mark.parametrize("held_noise", [(0.0, 0.0), (0.003, 1e-19), (1e-9, 0.002)])
def test_any_noise_makes_a_distribution(env, held_noise):
    term = mdp.search_coverage(RewardTermCfg(func=mdp.search_coverage, params={"held_noise": held_noise}), env)
    reward = term(env, held_noise=held_noise, radius=1.0, height=1.0)
    torch.testing.assert_close(reward, torch.ones(4))


def test_a_place_counts_once_an_episode(search):
    place = [[0.0, 0.0]] * 4
    first = search(place)
    assert torch.equal(search(place), torch.zeros(4))
    search.term.reset(torch.tensor([2]))
    assert torch.equal(search(place), torch.where(torch.arange(4) == 2, first, 0.0))


@pytest.mark.slow
def test_everywhere_together_is_one(search):
    total = torch.zeros(4)
    for x in torch.linspace(-0.007, 0.007, 15):
        for y in torch.linspace(-0.004, 0.004, 9):
            total += search([[x, y]] * 4, radius=0.001)
    torch.testing.assert_close(total, torch.ones(4), atol=1e-3, rtol=0.0)


def test_only_a_part_on_the_plane_of_the_tip_searches(search):
    reward = search([[0.0, 0.0]] * 4, heights=(0.0005, -0.0005, 0.0007, -0.002))
    assert (reward > 0.0).tolist() == [True, True, False, False]
    search.term.reset()
    reward = search([[0.0, 0.0]] * 4, heights=(0.0, -0.005, 0.001, -0.0047), underside=0.005)
    assert (reward > 0.0).tolist() == [False, True, False, True]


def test_of_what_remains_each_place_counts_for_more(search):
    places = [[0.0, 0.0], [0.002, 0.0], [-0.0015, 0.001], [0.003, 0.0015]]
    shares = [search([place] * 4, radius=0.001) for place in places]
    search.term.reset()
    found = [search([place] * 4, radius=0.001, remaining=True) for place in places]
    left = 1.0
    for share, of_the_rest in zip(shares, found, strict=True):
        torch.testing.assert_close(of_the_rest, share / left)
        left = left - share


def test_of_hardly_anything_that_remains_not_all_is_paid(search):
    search([[0.0, 0.0]] * 4, radius=0.005)
    rest = search([[0.0, 0.0]] * 4, radius=0.02, remaining=True)
    assert (rest > 0.0).all()
    assert (rest < 0.5).all()
