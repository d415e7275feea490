# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""An interactive view of a running task in the browser."""

import time
from typing import Any

import gymnasium
import torch

from isaaclab_factory.viewing.browser.camera import Camera
from isaaclab_factory.viewing.browser.controls import RunControls, ShowControls
from isaaclab_factory.viewing.browser.figures import Figures
from isaaclab_factory.viewing.browser.goal_marks import find_goal
from isaaclab_factory.viewing.browser.picture import Picture
from isaaclab_factory.viewing.browser.playback import Playback, Turn
from isaaclab_factory.viewing.browser.server import open_server, stop_server

PICTURE_PERIOD = 1.0 / 30.0
"""Shortest time between two pictures in s, so that a fast simulation does not spend its time on them."""

FIGURES_PERIOD = 0.2
"""Shortest time between two updates of figures and curves in s."""


class BrowserViewer(gymnasium.Wrapper):
    """Shows an Isaac Lab manager-based environment in the browser, and lets it be paused, stepped and reset there.

    It looks on: it reads what the environments tell after a step and changes nothing, so that they move as they would
    without it. The one exception is the button that resets them.

    Example:
        >>> env = BrowserViewer(gymnasium.make(task, cfg=cfg))
        >>> print(env.url)
        http://localhost:8080
    """

    def __init__(self, env: gymnasium.Env, port: int = 8080) -> None:
        """Starts the web server.

        Args:
            env: An Isaac Lab manager-based environment, bare or wrapped.
            port: Port of the web server, 0 for any free one.

        Raises:
            PortTakenError: The port cannot be had.
        """
        super().__init__(env)
        bare, goal = env.unwrapped, find_goal(env)
        self._pictured_at = self._figured_at = -float("inf")
        self.playback = Playback(bare.step_dt)
        """Pause, single steps and speed, as the buttons set them."""
        self._server = server = open_server(port, env.spec.id if env.spec else type(bare).__name__)
        self.url = f"http://localhost:{server.get_port()}"
        """Address of the page."""
        self.picture = Picture(server, bare, goal)
        """What is drawn in three dimensions."""
        self._camera = Camera(server, ("scene", "close-up") if goal is not None else ("scene",))
        self._run_controls = RunControls(server, self.playback)
        self._show_controls = ShowControls(server, bare.num_envs, goal is not None, self.playback.redraw)
        self._figures = Figures(server, bare, goal, self.playback)

    def reset(self, **kwargs: Any) -> tuple[Any, dict[str, Any]]:
        """Resets all environments and shows them."""
        result = self.env.reset(**kwargs)
        self._camera.place(self.picture.viewpoints())
        self._draw()
        return result

    def step(self, action: torch.Tensor) -> tuple[Any, torch.Tensor, torch.Tensor, torch.Tensor, dict[str, Any]]:
        """Waits until the page lets the environments go on, steps them and shows what became of them.

        Where the button "Reset" was pressed, the action is not carried out: all environments begin new episodes, and
        are returned as truncated without reward, so that a policy forgets what it remembers of those before.

        Args:
            action: Actions, shape (num_envs, action_dim).
        """
        while (turn := self.playback.next_turn()) is not Turn.STEP:
            if turn is Turn.RESET:
                return self._reset_by_button()
            self._draw()
        result = self.env.step(action)
        _, _, terminated, truncated, _ = result
        self._figures.note_step(terminated | truncated)
        self._draw_if_due()
        return result

    def close(self) -> None:
        """Stops the web server and closes the environments."""
        stop_server(self._server)
        super().close()

    def _reset_by_button(self) -> tuple[Any, torch.Tensor, torch.Tensor, torch.Tensor, dict[str, Any]]:
        obs, extras = self.reset()
        bare = self.env.unwrapped
        nothing = torch.zeros(bare.num_envs, dtype=torch.bool, device=bare.device)
        return obs, torch.zeros(bare.num_envs, device=bare.device), nothing, ~nothing, extras

    def _draw_if_due(self) -> None:
        """Draws as often as can be seen, and always while steps are taken one by one."""
        now = time.monotonic()
        if self.playback.paused:
            self._draw()
            return
        if now - self._pictured_at >= PICTURE_PERIOD:
            self._draw_picture()
        if now - self._figured_at >= FIGURES_PERIOD:
            self._draw_figures()

    def _draw(self) -> None:
        self._draw_picture()
        self._draw_figures()

    def _draw_picture(self) -> None:
        self._pictured_at = time.monotonic()
        self.picture.show(self._show_controls)

    def _draw_figures(self) -> None:
        self._figured_at = time.monotonic()
        self._figures.select(self._show_controls.env_ids[0])
        self._figures.show()
        self._run_controls.show()
