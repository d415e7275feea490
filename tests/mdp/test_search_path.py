# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The path over the places to search, on a few rows."""

import numpy as np
import pytest
import torch
from isaaclab.utils.math import quat_apply

from isaaclab_factory import mdp
from isaaclab_factory.mdp.search_path import path

REACH = (0.004, 0.0024)
START = (-REACH[0], 0.0)
PRESSING, RESTING = -1.0, -0.1
"""Force in N that the fingertip exerts along the world's z axis, enough and not enough."""


@pytest.fixture
def led(env, goal, action, monkeypatch):
    """The path, with a function that puts the fingertip at places in the axes of the hand, and lets a step pass."""
    term = mdp.SearchPath(mdp.SearchPathCfg(reach=REACH), env)
    term.reset(torch.arange(4))
    env.command_manager._terms["search_path"] = term

    def move(places, force=PRESSING):
        offset = torch.nn.functional.pad(torch.tensor(places).expand(4, 2), (0, 1))
        goal.noisy_tip_pos_w[:] = action.fingertip.pos_w - quat_apply(action.fingertip.quat_w, offset)
        monkeypatch.setattr(type(action), "felt_wrench_w", torch.tensor([0.0, 0.0, force, 0.0, 0.0, 0.0]).expand(4, 6))
        env.step()
        term.compute(env.step_dt)
        return term.advance

    term.move = move
    yield term
    del env.command_manager._terms["search_path"]


def test_the_path_passes_near_every_place_without_a_gap():
    places = np.array(path(REACH, line_spacing=0.8e-3, step=0.2e-3))
    assert np.linalg.norm(np.diff(places, axis=0), axis=1).max() <= 0.2e-3 + 1e-9
    grid = np.stack(np.meshgrid(*(np.linspace(-reach, reach, 41) for reach in REACH)), axis=-1).reshape(-1, 1, 2)
    assert np.linalg.norm(grid - places, axis=-1).min(axis=1).max() <= 0.42e-3
    assert np.abs(places).max(axis=0) == pytest.approx(REACH)


def test_the_path_passes_the_middle_first():
    places = np.array(path(REACH, line_spacing=0.8e-3, step=0.2e-3))
    along = places[:-1, 1][np.diff(places[:, 1]) == 0.0]
    lines = along[np.sort(np.unique(along, return_index=True)[1])]
    assert lines == pytest.approx([0.0, 0.8e-3, -0.8e-3, 1.6e-3, -1.6e-3, 2.4e-3, -2.4e-3])


def test_the_command_is_where_to_go_from_the_fingertip(led, action):
    led.move([0.001, -0.002])
    place = torch.tensor([START[0] + led.cfg.lookahead, START[1]])
    way = torch.nn.functional.pad(place - torch.tensor([0.001, -0.002]), (0, 1)).expand(4, 3)
    torch.testing.assert_close(led.command, quat_apply(action.fingertip.quat_w, way)[:, :2], atol=1e-7, rtol=0.0)


def test_a_hand_that_follows_and_presses_reaches_the_end(led, env):
    places = path(REACH, led.cfg.line_spacing, led.cfg.step)
    total = torch.zeros(4)
    for place in [*places[::4], places[-1]]:
        total += led.move(place)
        torch.testing.assert_close(mdp.search_path_advance(env), led.advance)
    torch.testing.assert_close(total, torch.ones(4))
    assert torch.equal(mdp.search_path_followed(env), torch.ones(4, 1))
    assert torch.equal(led.move(places[-1]), torch.zeros(4))


@pytest.mark.parametrize(("place", "force"), [(START, RESTING), ((START[0], 0.0007), PRESSING), ((0.0, 0.0), PRESSING)])
def test_a_hand_that_does_not_press_or_is_elsewhere_gets_nowhere(led, place, force):
    assert torch.equal(led.move(place, force), torch.zeros(4))
    assert torch.equal(led.followed, torch.zeros(4))


def test_a_hand_that_moves_down_is_not_pressing_yet(led, action, monkeypatch):
    monkeypatch.setattr(type(action.fingertip), "measured_lin_vel_w", torch.tensor([[0.0, 0.0, -0.02]]).expand(4, 3))
    assert torch.equal(led.move(START), torch.zeros(4))


def test_an_episode_begins_at_the_beginning(led):
    led.move([START[0] + 0.05e-3, 0.0])
    assert (led.followed > 0.0).all()
    logged = led.reset(torch.tensor([0, 3]))
    assert logged["followed"] == pytest.approx(3 / (len(path(REACH, 0.8e-3, 0.2e-3)) - 1))
    assert (led.followed > 0.0).tolist() == [False, True, True, False]
