# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The view in a real browser, and that it does not disturb what it shows."""

import threading

import gymnasium
import numpy as np
import pytest
import torch

from isaaclab_factory.viewing.viewer import BrowserViewer
from scripts.screenshot_viewer import CHROMIUM, open_page
from tests.tasks.task_env import open_env
from tests.viewing.page import View, wait_for

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def env():
    with open_env("PegInsert", num_envs=3, seed=3) as env, torch.inference_mode():
        yield env


@pytest.fixture
def viewer(env):
    """A view of the environments, which outlive it."""
    viewer = BrowserViewer(KeptOpen(env), port=0)
    viewer.reset(seed=5)
    yield viewer
    viewer.close()


class KeptOpen(gymnasium.Wrapper):
    """An environment that does not close with what it is wrapped into."""

    def close(self) -> None:
        pass


class Player(threading.Thread):
    """Steps a viewed environment without end, with actions that are all zero."""

    def __init__(self, viewer: BrowserViewer) -> None:
        super().__init__(daemon=True)
        self.viewer, self.steps, self.ended, self.over = viewer, 0, 0, False

    def run(self) -> None:
        actions = torch.zeros(3, self.viewer.unwrapped.action_manager.total_action_dim)
        with torch.inference_mode():
            while not self.over:
                _, _, _, truncated, _ = self.viewer.step(actions)
                self.steps, self.ended = self.steps + 1, self.ended + int(truncated.sum())

    def stop(self) -> None:
        self.over = True
        self.viewer.playback.single_step()
        self.join(20.0)


@pytest.fixture
def player(viewer):
    """A thread that steps the environments, paused at first."""
    viewer.playback.set_speed(0.1)  # a browser without a graphics card draws a few pictures per second
    viewer.playback.toggle_pause()
    player = Player(viewer)
    player.start()
    yield player
    player.stop()


def roll_out(env, stepped, steps=30):
    """Observations of all steps from a seed, with an episode that ends on the way."""
    obs, _ = stepped.reset(seed=11)
    env.episode_length_buf[1] = env.max_episode_length - 10
    torch.manual_seed(0)
    rows = [obs["policy"].clone()]
    for _ in range(steps):
        obs, reward, *_ = stepped.step(2.0 * torch.rand(3, env.action_manager.total_action_dim) - 1.0)
        rows += [torch.cat((obs["policy"], reward[:, None]), dim=-1)]
    return rows


def test_the_environments_move_bit_for_bit_as_they_do_without_the_view(env, viewer):
    viewer.playback.set_speed(None)
    without = roll_out(env, env)
    watched = roll_out(env, viewer)
    assert all(torch.equal(row, other) for row, other in zip(without, watched, strict=True))
    assert not torch.equal(without[1], without[2])


@pytest.mark.skipif(CHROMIUM is None, reason="needs a browser: apt-get install chromium")
def test_the_view_can_be_used_in_a_browser(env, viewer, player):
    with open_page(f"{viewer.url}?fixedDpr=0.5", width=760, height=420) as page:
        view = View(page)
        page.get_by_label("Shadows").uncheck()
        assert wait_for(lambda: len(np.unique(view.picture().reshape(-1, 3), axis=0)) > 100), "something is to be seen"
        view.press("Continue")
        assert wait_for(lambda: player.steps > 3), "it plays"

        view.press("Pause")
        assert wait_for(lambda: view.cell("Speed") == "paused")
        steps, scene = env.common_step_counter, view.settled_picture()
        page.wait_for_timeout(500)
        assert env.common_step_counter == steps, "it stands still"
        assert np.array_equal(view.picture(), scene)

        view.press("Step")
        assert wait_for(lambda: view.cell("Steps") == str(steps + 1))
        assert env.common_step_counter == steps + 1, "one step, no more"

        view.press("close-up")
        scene = view.settled_picture()
        for name in ("Keypoints", "Observed tip", "See through parts", "Target frame"):
            page.get_by_label(name).click()
            scene = view.changed_picture(scene)

        env.episode_length_buf[2] = 0
        view.choose_environment(2)
        assert wait_for(lambda: view.cell("Episode").startswith("0.00 s")), "the other environment's figures"
        view.changed_picture(scene, pixels=100)

        time, *values = view.curves()[1]
        assert len(time) > 4
        assert len(values) == 2
        assert view.time_axes()[1] == pytest.approx([time[0], time[-1]])
        view.press("Step")
        assert wait_for(lambda: view.curves()[1][0][-1] == pytest.approx(time[-1] + env.step_dt))
        terms = [env.step_dt * term[0] for _, term in env.reward_manager.get_active_iterable_terms(2)]
        time, *values = view.curves()[0]
        assert len(time) == 1, "curves of the other environment"
        assert [column[0] for column in values] == pytest.approx(terms)

        view.press("Reset")
        assert wait_for(lambda: player.ended == 3), "all environments begin anew"
        assert env.common_step_counter == steps + 2
        view.press("Continue")
        assert wait_for(lambda: env.common_step_counter > steps + 4), "it goes on"
        assert [url for url in page.addresses if not url.startswith((viewer.url, "blob:", "data:"))] == []
