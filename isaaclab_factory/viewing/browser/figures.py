# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Figures and curves of what the environments do."""

import html
from collections.abc import Mapping

import gymnasium
import torch
import viser

from isaaclab_factory.viewing.browser.goal_marks import Goal
from isaaclab_factory.viewing.browser.playback import Playback
from isaaclab_factory.viewing.browser.plots import LivePlot


class Figures:
    """Figures of one environment, success of all, and the rewards of the one as curves."""

    def __init__(self, server: viser.ViserServer, env: gymnasium.Env, goal: Goal | None, playback: Playback) -> None:
        """Args:
        server: The web server.
        env: An Isaac Lab manager-based environment.
        goal: Its goal, None if it has none.
        playback: Tells whether the simulation stands still, and its speed.
        """
        self._env, self._goal, self._playback = env, goal, playback
        self._env_id = 0
        self._time = 0.0
        self._episodes = self._successes = 0
        gui = server.gui
        with gui.add_folder("State"):
            self._text = gui.add_html("")
        self._rewards = self._success = None
        if env.reward_manager.active_terms:
            with gui.add_folder("Rewards per step"):
                self._rewards = LivePlot(server, env.reward_manager.active_terms)
        if goal is not None:
            with gui.add_folder("Success of all environments"):
                self._success = LivePlot(server, ("now", "finished episodes"), limits=(0.0, 1.0))

    def select(self, env_id: int) -> None:
        """Chooses the environment; the curves of another one begin anew."""
        if env_id != self._env_id:
            self._env_id = env_id
            if self._rewards is not None:
                self._rewards.clear()

    def note_step(self, done: torch.Tensor) -> None:
        """Notes what a step brought.

        Args:
            done: Environments whose episode ended in it, shape (num_envs,) bool.
        """
        self._time += self._env.step_dt
        self._episodes += int(done.sum())
        if self._rewards is not None:
            # The manager tells the weighted terms per second; the policy is rewarded by step.
            terms = self._env.reward_manager.get_active_iterable_terms(self._env_id)
            self._rewards.append(self._time, [values[0] * self._env.step_dt for _, values in terms])
        if self._goal is not None:
            self._successes += int((done & (self._goal.last_episode["success"] > 0.5)).sum())
            self._success.append(self._time, (float(self._goal.success.float().mean()), self._success_rate))

    def show(self) -> None:
        """Sends everything to the browser."""
        self._text.content = _table(self.lines())
        for plot in (self._rewards, self._success):
            if plot is not None:
                plot.show()

    def lines(self) -> dict[str, str]:
        """Returns the figures of the chosen environment, and of all, as texts by their names."""
        env, index = self._env, self._env_id
        elapsed = float(env.episode_length_buf[index]) * env.step_dt
        lines = {
            "Steps": f"{env.common_step_counter}",
            "Episode": f"{elapsed:.2f} s of {env.max_episode_length_s:.2f} s",
        }
        if self._goal is not None:
            now, ever = bool(self._goal.success[index]), bool(self._goal.ever_success[index])
            lines["Success"] = "now" if now else "before, not now" if ever else "not yet"
        finished = f"{self._episodes}"
        if self._goal is not None and self._episodes:
            finished += f", {100.0 * self._success_rate:.0f} % of them a success"
        lines["Episodes finished"] = finished
        speed = self._playback.measured_speed
        lines["Speed"] = "paused" if self._playback.paused else f"{speed:.2f} x real time" if speed else "…"
        return lines

    @property
    def _success_rate(self) -> float:
        """Share of the finished episodes that were a success, not a number before the first."""
        return self._successes / self._episodes if self._episodes else float("nan")


def _table(lines: Mapping[str, str]) -> str:
    rows = "".join(
        f"<tr><td style='opacity:.7;padding-right:1em'>{html.escape(name)}</td><td>{html.escape(text)}</td></tr>"
        for name, text in lines.items()
    )
    return f"<table style='font-size:.85em;margin:.3em .8em'>{rows}</table>"
