# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Joint drives: force = stiffness (target - q) + damping (target_vel - qd), clamped to a maximum.

PhysX integrates a drive implicitly: the position and the velocity in the formula are those *after* the step. With the
end position written as q + h qd' this is a force stiffness (target - q) + damping target_vel - (damping + h stiffness)
qd', whose last term MuJoCo's ``implicitfast`` integrator takes implicitly in qd'. So a stiff drive is as stable here.
"""

from __future__ import annotations

import logging

import torch

from ..scene.description import Drive, Joint, SceneDescription
from .simulation import Simulation

logger = logging.getLogger("isaaclab_factory.kitless")


class Drives:
    """The drives of all joints in all worlds. Tensors are float64 with shape (num_worlds, num_drives).

    Attributes:
        stiffness: (N m/rad or N/m; 1/s2 for a drive of type "acceleration").
        damping: (N m s/rad or N s/m; 1/s for a drive of type "acceleration").
        position_target: (rad or m).
        velocity_target: (rad/s or m/s).
        index: Number of a drive by the path of its joint in the template.
    """

    def __init__(self, sim: Simulation, scene: SceneDescription):
        self._sim = sim
        joints = {joint.path: joint for joint in scene.joints}
        driven = [joints[path] for articulation in scene.articulations for path in articulation.joints]
        self.index = {joint.path: i for i, joint in enumerate(driven)}
        self._scale = torch.tensor([self._gain_scale(joint) for joint in driven], dtype=torch.float64)
        self.stiffness = self._table([_drive(joint).stiffness for joint in driven])
        self.damping = self._table([_drive(joint).damping for joint in driven])
        self.position_target = self._table([_drive(j).target_pos for j in driven])
        self.velocity_target = self._table([_drive(j).target_vel for j in driven])
        self._control = torch.zeros_like(self.stiffness)
        self._targets_dirty = True
        if driven:
            everything = torch.arange(sim.num_worlds)
            limits = self._table([min(_drive(j).max_force, torch.finfo(torch.float32).max) for j in driven])
            self.write_max_force(everything[:, None], torch.arange(len(driven)), limits)
            self.apply_gains(everything)

    def _table(self, values: list[float]) -> torch.Tensor:
        return torch.tensor(values, dtype=torch.float64).repeat(self._sim.num_worlds, 1)

    def _gain_scale(self, joint: Joint) -> float:
        """Factor of the gains: a drive of type "acceleration" works per unit of inertia."""
        if joint.drive is None or not joint.drive.acceleration:
            return 1.0
        dof = self._sim.model.joint(joint.path).dofadr[0]
        inertia = float(self._sim.model.dof_M0[dof])
        logger.warning("%s: the inertia of its acceleration drive is taken once, at joint positions zero", joint.path)
        return inertia

    def apply_gains(self, worlds: torch.Tensor) -> None:
        """Hand :attr:`stiffness` and :attr:`damping` of some worlds to the actuators."""
        stiffness, damping = self.stiffness[worlds] * self._scale, self.damping[worlds] * self._scale
        bias = self._sim.parameter("actuator_biasprm")
        bias[worlds, :, 1] = -stiffness
        bias[worlds, :, 2] = -(damping + self._sim.model.opt.timestep * stiffness)
        self._targets_dirty = True
        self._sim.touch_parameters(worlds, constants=False)

    def read_max_force(self, worlds: torch.Tensor, drives: torch.Tensor) -> torch.Tensor:
        """Largest force of some drives (N m or N)."""
        return self._sim.read_parameter("actuator_forcerange")[worlds, drives, 1]

    def write_max_force(self, worlds: torch.Tensor, drives: torch.Tensor, values: torch.Tensor) -> None:
        """Set the largest force of some drives."""
        limits = self._sim.parameter("actuator_forcerange")
        limits[worlds, drives, 0] = -values
        limits[worlds, drives, 1] = values
        self._sim.touch_parameters(torch.unique(worlds), constants=False)

    def touch_targets(self) -> None:
        """Note that targets were written."""
        self._targets_dirty = True

    def write_control(self) -> None:
        """Hand the targets to the actuators; nothing happens if they did not change."""
        if not self._targets_dirty or self._control.numel() == 0:
            return
        torch.mul(self.stiffness, self.position_target, out=self._control)
        self._control.addcmul_(self.damping, self.velocity_target).mul_(self._scale)
        self._sim.bind("ctrl").copy_(self._control)
        self._targets_dirty = False


def _drive(joint: Joint) -> Drive:
    """The drive of a joint, one without effect where there is none."""
    return joint.drive or Drive()
