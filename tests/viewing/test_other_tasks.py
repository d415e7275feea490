# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The view of a task that is no assembly, of a robot whose surface is not known."""

import gymnasium
import isaaclab_tasks  # noqa: F401
import pytest
import torch
from isaaclab.sim.utils import create_new_stage
from isaaclab_tasks.utils import parse_env_cfg

from isaaclab_factory.app import launch
from isaaclab_factory.viewing.viewer import BrowserViewer
from tests.kitless.test_isaac_lab_tasks import CARTPOLE


@pytest.fixture
def viewer(tmp_path):
    """A view of Isaac Lab's Cartpole with a cart and a pole of our own."""
    (tmp_path / "cartpole.usda").write_text(CARTPOLE)
    launch(headless=True)
    create_new_stage()
    cfg = parse_env_cfg("Isaac-Cartpole-v0", device="cpu", num_envs=4)
    cfg.scene.robot.spawn.usd_path = str(tmp_path / "cartpole.usda")
    viewer = BrowserViewer(gymnasium.make("Isaac-Cartpole-v0", cfg=cfg), port=0)
    yield viewer
    viewer.close()


def test_bodies_are_frames_in_their_places_and_there_is_no_goal(viewer):
    viewer.playback.set_speed(None)
    viewer.reset()
    for _ in range(3):
        viewer.step(torch.ones(4, 1))
    frames = viewer.picture.bare_bodies.positions([1, 2])
    bodies = viewer.unwrapped.scene["robot"].data.body_link_pos_w - viewer.unwrapped.scene.env_origins[:, None]
    torch.testing.assert_close(frames, bodies[[1, 2]].reshape(-1, 3))
    assert frames[:, 1].abs().max() > 1e-4  # the carts have moved
    assert viewer.picture.goal_marks is None
