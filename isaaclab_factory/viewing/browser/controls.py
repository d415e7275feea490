# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The buttons beside the picture."""

from collections.abc import Callable

import viser

from isaaclab_factory.viewing.browser.goal_marks import Marks
from isaaclab_factory.viewing.browser.playback import Playback

SPEEDS: dict[str, float | None] = {
    "1/10": 0.1,
    "1/4": 0.25,
    "real time": 1.0,
    "4 x": 4.0,
    "as fast as it can": None,
}


class RunControls:
    """Pause, step, reset and speed."""

    def __init__(self, server: viser.ViserServer, playback: Playback) -> None:
        """Args:
        server: The web server.
        playback: What the buttons act on.
        """
        self._playback = playback
        with server.gui.add_folder("Run"):
            self._pause = server.gui.add_button("Pause", hint="Stands still, or goes on")
            step = server.gui.add_button("Step", hint="One step of the environments, then stands still")
            reset = server.gui.add_button("Reset", hint="New episodes in all environments")
            speed = server.gui.add_dropdown("Speed", tuple(SPEEDS), initial_value="real time")
        self._pause.on_click(lambda _: playback.toggle_pause())
        step.on_click(lambda _: playback.single_step())
        reset.on_click(lambda _: playback.reset())
        speed.on_update(lambda _: playback.set_speed(SPEEDS[speed.value]))

    def show(self) -> None:
        """Names the first button after what it would do now."""
        self._pause.label = "Continue" if self._playback.paused else "Pause"


class ShowControls:
    """What is shown: environments, marks of the goal, parts that can be seen through."""

    def __init__(self, server: viser.ViserServer, num_envs: int, has_goal: bool, redraw: Callable[[], None]) -> None:
        """Args:
        server: The web server.
        num_envs: Number of environments.
        has_goal: Whether there are marks of a goal.
        redraw: Called when something else is to be shown.
        """
        gui = server.gui
        self._num_envs = num_envs
        with gui.add_folder("Show"):
            self._first = self._count = self._target = self._tip = self._keypoints = None
            if num_envs > 1:
                counts = tuple(str(count) for count in (1, 2, 4, 9) if count <= num_envs)
                self._first = gui.add_number("Environment", 0, min=0, max=num_envs - 1, step=1)
                self._count = gui.add_dropdown("Side by side", counts)
            if has_goal:
                self._target = gui.add_checkbox("Target frame", True, hint="Where the base of the held part has to go")
                self._tip = gui.add_checkbox(
                    "Observed tip", False, hint="Magenta: the tip of the fixed part as the policy observes it"
                )
                self._keypoints = gui.add_checkbox(
                    "Keypoints", False, hint="Blue: of the held part; green: where they have to go"
                )
            self._see_through = gui.add_checkbox("See through parts", False)
            self._shadows = gui.add_checkbox("Shadows", True, hint="Slow without a graphics card")
        marks = (self._target, self._tip, self._keypoints)
        for control in (self._first, self._count, *marks, self._see_through, self._shadows):
            if control is not None:
                control.on_update(lambda _: redraw())

    @property
    def env_ids(self) -> list[int]:
        """The environments that are shown; those after the last are the first ones."""
        if self._first is None or self._count is None:
            return [0]
        return [(int(self._first.value) + place) % self._num_envs for place in range(int(self._count.value))]

    @property
    def marks(self) -> Marks:
        """The marks that are shown."""
        return Marks(*(box is not None and box.value for box in (self._target, self._tip, self._keypoints)))

    @property
    def see_through(self) -> bool:
        """Whether the parts are to be seen through."""
        return self._see_through.value

    @property
    def shadows(self) -> bool:
        """Whether bodies cast shadows."""
        return self._shadows.value
