# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""A free part and a fixed one in MuJoCo, without a robot."""

from __future__ import annotations

import mujoco
import numpy as np

from isaaclab_factory.assets import Ground
from isaaclab_factory.geometry import Part
from tests.assets.newton_scene import import_stage, new_stage, place, to_mujoco

ENGINE_STEPS = 4
"""Engine steps of 1/480 s per step of 1/120 s."""


class TwoParts:
    """A free part above or on a fixed one that stands upright on the ground.

    Attributes:
        penetrations: Deepest overlap of the two parts (m), for every step in which they touched.
    """

    def __init__(
        self,
        free: Part,
        fixed: Part,
        height: float,
        offset: float = 0.0,
        yaw: float = 0.0,
        gravity: float = 0.0,
        max_speed: float = np.inf,
    ):
        """Put the free part somewhere.

        Args:
            free: The free part.
            fixed: The fixed part, on the origin.
            height: Height of the free part's frame (m).
            offset: Place of the free part's frame along x (m).
            yaw: Angle by which the free part is turned about z (rad).
            gravity: Gravity (m/s2).
            max_speed: Speed that the free part does not exceed (m/s).
        """
        stage = new_stage()
        place(stage, "Fixed", fixed, fixed=True)
        place(stage, "Free", free, pos=(offset, 0.0, height), yaw=np.degrees(yaw))
        place(stage, "Ground", Ground())
        self.model = to_mujoco(import_stage(stage, -gravity))
        self.data = mujoco.MjData(self.model)
        self.penetrations: list[float] = []
        self._body = self.model.body("_World_Free").id
        self._fixed = self.model.body("_World_Fixed_part").id
        self._max_speed = max_speed
        self._spin_gain = 100.0 * float(free.mass_properties.inertia[2, 2])

    def reset(self) -> None:
        """Put the parts back to where they were built."""
        mujoco.mj_resetData(self.model, self.data)
        self.penetrations.clear()

    def step(self, count: int, force: float = 0.0, spin: float | None = None) -> np.ndarray:
        """Push along the axis (N), and drive the free part towards a rate of turning (rad/s) if one is given.

        Returns:
            Height (m) and unwrapped yaw (rad) after each step. Shape is (count, 2).
        """
        rows, data = [], self.data
        for _ in range(count):
            torque = 0.0 if spin is None else self._spin_gain * (spin - data.qvel[5])
            data.xfrc_applied[self._body] = [0.0, 0.0, force, 0.0, 0.0, torque]
            for _ in range(ENGINE_STEPS):
                mujoco.mj_step(self.model, data)
                self._limit_speed()
            assert not any(warning.number for warning in data.warning), "MuJoCo warned of an unstable world"
            w, x, y, z = data.qpos[3:7]
            rows.append((data.qpos[2], np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))))
            self._note_penetration()
        heights, yaws = np.array(rows).T
        return np.stack([heights, np.unwrap(yaws)], axis=1)

    def _limit_speed(self) -> None:
        """Scale the velocity of the centre of mass, as PhysX does; ``qvel`` is that of the frame."""
        data, body = self.data, self._body
        arm = data.xipos[body] - data.xpos[body]
        turning = np.cross(data.xmat[body].reshape(3, 3) @ data.qvel[3:6], arm)
        velocity = data.qvel[:3] + turning
        data.qvel[:3] = velocity * min(1.0, self._max_speed / max(np.linalg.norm(velocity), 1e-12)) - turning

    def _note_penetration(self) -> None:
        bodies = self.model.geom_bodyid[self.data.contact.geom]
        ours = (np.sort(bodies, axis=1) == sorted((self._body, self._fixed))).all(axis=1)
        if ours.any():
            self.penetrations.append(max(0.0, -float(self.data.contact.dist[ours].min())))

    @property
    def tilt(self) -> float:
        """Angle of the free part's axis from the vertical (rad)."""
        _, x, y, _ = self.data.qpos[3:7]
        return 2.0 * float(np.arcsin(np.hypot(x, y)))
