# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Speed limits of joints and bodies, kept after every physics step, and the check that nothing explodes."""

from __future__ import annotations

import mujoco
import torch

from ..scene.description import SceneDescription
from .model_builder import UNLIMITED
from .simulation import Simulation

UNPHYSICAL_SPEED = 1.0e4
"""Generalised speed (m/s or rad/s) that no sound simulation reaches."""


class SpeedLimits:
    """Speed limits of all degrees of freedom in all worlds.

    Attributes:
        joint_limits: Largest speed per degree of freedom (rad/s or m/s), float64. Shape is (num_worlds, nv).
    """

    def __init__(self, sim: Simulation, scene: SceneDescription):
        self._sim = sim
        limits = torch.full((sim.model.nv,), UNLIMITED, dtype=torch.float64)
        for articulation in scene.articulations:
            joints = {joint.path: joint for joint in scene.joints}
            for path in articulation.joints:
                limits[sim.model.joint(path).dofadr[0]] = min(joints[path].max_velocity, UNLIMITED)
        self._bodies: list[tuple[int, float]] = []
        for body in scene.bodies:
            start = int(sim.model.body_dofadr[sim.model.body(body.path).id])
            if start >= 0 and sim.model.jnt_type[sim.model.dof_jntid[start]] == mujoco.mjtJoint.mjJNT_FREE:
                self._bodies += [(start, body.max_linear_velocity), (start + 3, body.max_angular_velocity)]
        self.joint_limits = limits.repeat(sim.num_worlds, 1)
        self._speed = torch.empty_like(self.joint_limits)
        self._over = torch.empty(self.joint_limits.shape, dtype=torch.bool)
        self._update_trigger()

    def write(self, worlds: torch.Tensor, dofs: torch.Tensor, values: torch.Tensor) -> None:
        """Set the largest speed of some joints."""
        self.joint_limits[worlds, dofs] = values
        self._update_trigger()

    def _update_trigger(self) -> None:
        """Speeds beyond which a closer look is needed; a vector's length is looked at through its components."""
        self._trigger = self.joint_limits.clamp(max=UNPHYSICAL_SPEED)
        for start, limit in self._bodies:
            self._trigger[:, start : start + 3] = min(limit / 3.0**0.5, UNPHYSICAL_SPEED)

    def enforce(self) -> torch.Tensor | None:
        """Bring speeds back to their limit.

        Returns:
            The worlds that had an unphysical speed, None in the usual case that no speed is near a limit.
        """
        velocity = self._sim.bind("qvel")
        torch.abs(velocity, out=self._speed)
        torch.gt(self._speed, self._trigger, out=self._over)
        if not self._over.any():
            return None
        exploded = (self._speed > UNPHYSICAL_SPEED).any(dim=1).nonzero().flatten()
        limited = velocity.clamp(-self.joint_limits, self.joint_limits)
        for start, limit in self._bodies:
            part = limited[:, start : start + 3]
            part *= (limit / part.norm(dim=1, keepdim=True).clamp(min=1e-12)).clamp(max=1.0)
        changed = (limited != velocity).any(dim=1).nonzero().flatten()
        if len(changed):
            velocity[changed] = limited[changed]
            self._sim.touch(changed)
        return exploded
