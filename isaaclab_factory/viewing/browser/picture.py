# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""All that is drawn in three dimensions."""

import gymnasium
import numpy as np
import torch
import viser

from isaaclab_factory.viewing.browser.bare_bodies import BareBodies
from isaaclab_factory.viewing.browser.camera import Viewpoint
from isaaclab_factory.viewing.browser.controls import ShowControls
from isaaclab_factory.viewing.browser.goal_marks import Goal, GoalMarks
from isaaclab_factory.viewing.browser.scene import BrowserScene, shifts_side_by_side
from isaaclab_factory.viewing.visuals import SceneVisuals

CLOSE_UP = 0.45
"""Distance of the eye from the goal in a close-up in m."""


class Picture:
    """Bodies and marks of the environments that are shown."""

    def __init__(self, server: viser.ViserServer, env: gymnasium.Env, goal: Goal | None) -> None:
        """Args:
        server: The web server.
        env: An Isaac Lab manager-based environment.
        goal: Its goal, None if it has none.
        """
        scene = env.scene
        self._server, self._env_scene, self._goal = server, scene, goal
        self._visuals = SceneVisuals(scene)
        self._bodies = BrowserScene(server, self._visuals, scene.rigid_objects.keys())
        self.bare_bodies = BareBodies(server, scene, self._visuals)
        """The bodies whose surfaces are not known."""
        self.goal_marks = GoalMarks(server, goal) if goal is not None else None
        """The marks of the goal, None if there is none."""

    def show(self, controls: ShowControls) -> None:
        """Sends everything that is shown, where it is now, to the browser.

        Args:
            controls: What is to be shown.
        """
        env_ids = controls.env_ids
        shifts = shifts_side_by_side(len(env_ids), self._env_scene.cfg.env_spacing)
        origins = self._env_scene.env_origins[env_ids]
        shifts_from_world = torch.as_tensor(shifts).to(origins) - origins
        with self._server.atomic():
            self._bodies.show(env_ids, shifts, controls.see_through, controls.shadows)
            self.bare_bodies.show(env_ids, shifts_from_world)
            if self.goal_marks is not None:
                self.goal_marks.show(controls.marks, env_ids, shifts_from_world)

    def viewpoints(self) -> dict[str, Viewpoint]:
        """Returns where to look from: at the whole of the first environment, and close at its goal."""
        movable = {*self._env_scene.articulations, *self._env_scene.rigid_objects}
        moving = [index for index, body in enumerate(self._visuals.bodies) if body.partition("/")[0] in movable]
        positions = [self._visuals.poses([0])[0, moving, :3], self.bare_bodies.positions([0]).cpu().numpy()]
        viewpoints = {"scene": Viewpoint.around(np.concatenate(positions))}
        if self._goal is not None:
            target = self._goal.target_pos_w[0] - self._env_scene.env_origins[0]
            viewpoints["close-up"] = Viewpoint.at(target.cpu().numpy(), CLOSE_UP)
        return viewpoints
