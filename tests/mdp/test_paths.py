# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The path of a search, on a few rows."""

import pytest
import torch
from isaaclab.managers import ObservationTermCfg
from isaaclab.utils.math import quat_apply, quat_apply_inverse

from isaaclab_factory import mdp
from isaaclab_factory.mdp.paths import POINT_DISTANCE, zigzag

NOISE = {"held_noise": (0.003, 0.0)}
BEGIN = torch.tensor([-0.004, 0.0])
"""3 mm of noise of the part in the hand and a standard deviation of 1 mm of the tip."""


@pytest.fixture
def path(env, goal, action):
    """A function that puts the fingertip at a place in the axes of the hand, pressing, and returns the way in them."""
    term = mdp.search_path(ObservationTermCfg(func=mdp.search_path, params=NOISE), env)

    def path(place, pressing=1.0):
        offset = torch.tensor([*place, 0.0]).expand(4, 3)
        goal.noisy_tip_pos_w[:] = action.fingertip.pos_w - quat_apply(action.fingertip.quat_w, offset)
        action.felt_wrench_w[:, 2] = -pressing
        way_w = torch.nn.functional.pad(term(env, **NOISE), (0, 1))
        return quat_apply_inverse(action.fingertip.quat_w, way_w)[:, :2]

    path.term = term
    return path


def test_a_search_begins_at_the_end_of_the_middle_line(path):
    torch.testing.assert_close(path((0.01, 0.005)), (BEGIN - torch.tensor([0.01, 0.005])).expand(4, 2))


def test_the_point_stays_a_little_ahead_of_a_hand_that_follows(path):
    for x in torch.linspace(-0.004, 0.0, 21).tolist():
        way = path((x, 0.0))
    assert ((way[:, 0] > 0.0012 - 2 * POINT_DISTANCE) & (way[:, 0] < 0.0012)).all()
    assert way[:, 1].abs().max() < 1e-6


def test_a_hand_that_does_not_press_gets_no_further(path):
    torch.testing.assert_close(path((-0.0035, 0.0), pressing=0.1), torch.tensor([[-0.0005, 0.0]]).expand(4, 2))


def test_a_new_episode_begins_the_path_of_its_environment_anew(path):
    for x in (-0.004, -0.0035, -0.003):
        path((x, 0.0))
    path.term.reset(torch.tensor([2]))
    begins = (path((0.01, 0.0), pressing=0.0) - (BEGIN - torch.tensor([0.01, 0.0]))).norm(dim=-1) < 1e-6
    assert begins.tolist() == [False, False, True, False]


def test_following_for_eight_seconds_passes_where_nearly_all_parts_belong(env, path):
    """At 10 mm/s, within the 0.45 mm in which a part falls in by its chamfer; most others lie beyond the ends."""
    starts = 0.001 * torch.randn(2000, 2)
    starts[:, 0] += 0.003 * (2.0 * torch.rand(2000) - 1.0)
    passed, place = torch.zeros(2000, dtype=torch.bool), BEGIN.clone()
    for _ in range(round(8.0 / env.step_dt)):
        way = path(place.tolist())[0]
        step = way * min(1.0, 0.010 * env.step_dt / way.norm().item())
        between = place + torch.linspace(0.0, 1.0, 5).unsqueeze(-1) * step
        passed |= (torch.cdist(starts, between) < 0.00045).any(dim=-1)
        place = place + step
    assert passed.float().mean() > 0.93


@pytest.mark.parametrize("held_noise", [(0.003, 0.0), (0.0, 0.003), (0.002, 0.002), (0.0, 0.0)])
def test_a_path_has_no_gaps_and_leaves_no_wide_strips(held_noise):
    points = zigzag(held_noise, (0.001, 0.0015), spacing=0.0008)
    assert points.diff(dim=0).norm(dim=-1).max() < POINT_DISTANCE + 1e-9
    corner = torch.tensor(held_noise) + torch.tensor([0.001, 0.0015])  # of what has to be passed
    inside = (2.0 * torch.rand(500, 2) - 1.0) * corner
    assert torch.cdist(inside, points).amin(dim=-1).max() <= 0.0004 + POINT_DISTANCE


def test_without_noise_there_is_one_place():
    torch.testing.assert_close(zigzag((0.0, 0.0), (0.0, 0.0), spacing=0.0008), torch.zeros(2, 2))
