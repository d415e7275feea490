# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The figures beside the picture."""

import pytest
import torch

from isaaclab_factory.testing import term_env
from isaaclab_factory.viewing.browser.figures import Figures
from isaaclab_factory.viewing.browser.goal_marks import find_goal
from isaaclab_factory.viewing.browser.playback import Playback
from isaaclab_factory.viewing.browser.server import open_server, stop_server

HOLE = torch.tensor([0.6, 0.0, 0.05])


@pytest.fixture
def env():
    return term_env(num_envs=4)


@pytest.fixture
def figures(env):
    """Figures of the environment, which a server shows to nobody."""
    server = open_server(0, "a title")
    yield Figures(server, env, find_goal(env), Playback(env.step_dt))
    stop_server(server)


def test_finished_episodes_and_their_success_are_counted(env, figures):
    assert figures.lines()["Episodes finished"] == "0"
    heights = torch.tensor([[0.0], [0.1], [0.0], [0.1]])
    env.scene["held_asset"].place(HOLE + torch.nn.functional.pad(heights, (2, 0)))
    env.step()
    figures.note_step(torch.zeros(4, dtype=torch.bool))
    for ended in ([0, 1], [2, 3], [1, 3]):
        find_goal(env).reset(torch.tensor(ended))
        done = torch.zeros(4, dtype=torch.bool)
        done[ended] = True
        figures.note_step(done)
    assert figures.lines()["Episodes finished"] == "6, 33 % of them a success"


def test_success_is_that_of_the_chosen_environment_now_or_before(env, figures):
    def success_of_all() -> list[str]:
        texts = []
        for index in range(4):
            figures.select(index)
            texts.append(figures.lines()["Success"])
        return texts

    env.scene["held_asset"].place(HOLE + torch.tensor([[0.0, 0.0, z] for z in (0.0, 0.0, 0.1, 0.1)]))
    env.step()
    assert success_of_all() == ["now", "now", "not yet", "not yet"]
    env.scene["held_asset"].place(HOLE + torch.tensor([[0.0, 0.0, z] for z in (0.1, 0.0, 0.1, 0.0)]))
    env.step()
    assert success_of_all() == ["before, not now", "now", "not yet", "now"]


def test_episode_is_as_old_as_the_chosen_environment_s(env, figures):
    env.episode_length_buf[:] = torch.tensor([0, 1, 2, 3])
    figures.select(3)
    limit = f"{env.max_episode_length_s:.2f} s"
    assert figures.lines()["Episode"] == f"{3 * env.step_dt:.2f} s of {limit}"
