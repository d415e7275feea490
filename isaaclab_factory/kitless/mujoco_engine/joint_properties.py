# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Joint state, targets and properties of a list of articulations. Values have one column per joint."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from .engine import MujocoEngine

logger = logging.getLogger("isaaclab_factory.kitless")


class JointProperties:
    """Joints of articulations of one structure.

    Args:
        engine: The engine.
        worlds: World of each articulation. Shape is (E,).
        joints: MuJoCo joint ids. Shape is (E, D).
        drives: Numbers of the joints' drives. Shape is (E, D).
    """

    def __init__(self, engine: MujocoEngine, worlds: torch.Tensor, joints: torch.Tensor, drives: torch.Tensor):
        self._engine, self._sim, self._drives = engine, engine.sim, engine.drives
        model = self._sim.model
        self._row_worlds = worlds
        self._worlds = worlds[:, None].expand_as(joints)
        self._joints, self._columns = joints, drives
        self._dofs = torch.as_tensor(model.jnt_dofadr).long()[joints]
        positions = torch.as_tensor(model.jnt_qposadr).long()[joints]
        self._state = {
            "dof_positions": self._sim.lasting_index("qpos", self._worlds, positions),
            "dof_velocities": self._sim.lasting_index("qvel", self._worlds, self._dofs),
            "dof_actuation_forces": self._sim.lasting_index("qfrc_applied", self._worlds, self._dofs),
        }
        self._friction_told = False
        self._targets = {
            "dof_position_targets": self._drives.position_target,
            "dof_velocity_targets": self._drives.velocity_target,
        }

    @staticmethod
    def knows(field: str) -> bool:
        """Whether a field is one of joints."""
        return field.startswith("dof_")

    def read(self, field: str, out: torch.Tensor) -> None:
        """Fill out with a field. Shape is (E, D, ...)."""
        if field in self._state:
            out.copy_(torch.take(self._sim.flat_state, self._state[field]))
        elif field in self._targets:
            out.copy_(self._targets[field][self._worlds, self._columns])
        elif field in _READERS:
            out.copy_(_READERS[field](self))
        else:
            raise NotImplementedError(f"the MuJoCo engine does not offer {field}")

    def write(self, field: str, data: torch.Tensor, indices: torch.Tensor) -> None:
        """Set a field of some elements; data holds all elements."""
        if field in self._state:
            self._write_state(field, data, indices)
        elif field in self._targets:
            chosen = self._worlds[indices], self._columns[indices]
            self._targets[field][chosen] = data[indices].to(torch.float64)
            self._drives.touch_targets()
        elif field in _WRITERS:
            _WRITERS[field](self, data[indices].to(torch.float64), indices)
        else:
            raise NotImplementedError(f"the MuJoCo engine cannot write {field}")

    def _write_state(self, field: str, data: torch.Tensor, indices: torch.Tensor) -> None:
        index = self._state[field]
        if len(indices) == len(index):
            self._sim.flat_state.index_copy_(0, index[indices].flatten(), data[indices].to(torch.float64).flatten())
        else:
            self._sim.flat_state[index[indices]] = data[indices].to(torch.float64)
        if field != "dof_actuation_forces":
            self._sim.touch(self._row_worlds[indices])

    # -- parameters

    def _read_joint(self, name: str) -> torch.Tensor:
        return self._sim.read_parameter(name)[self._worlds, self._joints]

    def _read_dof(self, name: str) -> torch.Tensor:
        return self._sim.read_parameter(name)[self._worlds, self._dofs]

    def _write_dof(self, name: str, values: torch.Tensor, indices: torch.Tensor, constants: bool) -> None:
        self._sim.parameter(name)[self._worlds[indices], self._dofs[indices]] = values
        self._sim.touch_parameters(self._row_worlds[indices], constants)

    def _stiffnesses(self) -> torch.Tensor:
        return self._drives.stiffness[self._worlds, self._columns]

    def _write_stiffnesses(self, values: torch.Tensor, indices: torch.Tensor) -> None:
        self._drives.stiffness[self._worlds[indices], self._columns[indices]] = values
        self._drives.apply_gains(torch.unique(self._row_worlds[indices]))

    def _dampings(self) -> torch.Tensor:
        return self._drives.damping[self._worlds, self._columns]

    def _write_dampings(self, values: torch.Tensor, indices: torch.Tensor) -> None:
        self._drives.damping[self._worlds[indices], self._columns[indices]] = values
        self._drives.apply_gains(torch.unique(self._row_worlds[indices]))

    def _limits(self) -> torch.Tensor:
        return self._read_joint("jnt_range")

    def _write_limits(self, values: torch.Tensor, indices: torch.Tensor) -> None:
        self._sim.parameter("jnt_range")[self._worlds[indices], self._joints[indices]] = values
        self._sim.touch_parameters(self._row_worlds[indices], constants=False)

    def _max_forces(self) -> torch.Tensor:
        return self._drives.read_max_force(self._worlds, self._columns)

    def _write_max_forces(self, values: torch.Tensor, indices: torch.Tensor) -> None:
        self._drives.write_max_force(self._worlds[indices], self._columns[indices], values)

    def _max_velocities(self) -> torch.Tensor:
        return self._engine.speed_limits.joint_limits[self._worlds, self._dofs]

    def _write_max_velocities(self, values: torch.Tensor, indices: torch.Tensor) -> None:
        self._engine.speed_limits.write(self._worlds[indices], self._dofs[indices], values)

    def _armatures(self) -> torch.Tensor:
        return self._read_dof("dof_armature")

    def _write_armatures(self, values: torch.Tensor, indices: torch.Tensor) -> None:
        self._write_dof("dof_armature", values, indices, constants=True)

    # -- friction: PhysX's static and dynamic friction effort and its viscous coefficient

    def _friction_coefficients(self) -> torch.Tensor:
        return self._engine.joint_friction[self._worlds, self._dofs, 0]

    def _write_friction_coefficients(self, values: torch.Tensor, indices: torch.Tensor) -> None:
        properties = self._engine.joint_friction[self._worlds[indices], self._dofs[indices]]
        properties[..., 0] = values
        self._write_friction(properties, indices)

    def _friction(self) -> torch.Tensor:
        return self._engine.joint_friction[self._worlds, self._dofs]

    def _write_friction(self, values: torch.Tensor, indices: torch.Tensor) -> None:
        """Set friction. MuJoCo knows one dry friction force, which is the larger of PhysX's two."""
        self._tell_friction(values, indices)
        self._engine.joint_friction[self._worlds[indices], self._dofs[indices]] = values
        self._write_dof("dof_frictionloss", values[..., :2].amax(dim=-1), indices, constants=False)
        self._write_dof("dof_damping", values[..., 2], indices, constants=False)

    def _tell_friction(self, values: torch.Tensor, indices: torch.Tensor) -> None:
        """Warn once where the two dry friction forces of a joint differ."""
        differs = (values[..., 0] != values[..., 1]).nonzero()
        if self._friction_told or not len(differs):
            return
        self._friction_told = True
        row, column = differs[0].tolist()
        logger.warning(
            "%s: static joint friction %g and dynamic %g, MuJoCo takes the larger for both",
            self._sim.model.joint(int(self._joints[indices[row], column])).name,
            *values[row, column, :2].tolist(),
        )


_READERS = {
    "dof_stiffnesses": JointProperties._stiffnesses,
    "dof_dampings": JointProperties._dampings,
    "dof_limits": JointProperties._limits,
    "dof_max_forces": JointProperties._max_forces,
    "dof_max_velocities": JointProperties._max_velocities,
    "dof_armatures": JointProperties._armatures,
    "dof_friction_properties": JointProperties._friction,
    "dof_friction_coefficients": JointProperties._friction_coefficients,
}

_WRITERS = {
    "dof_stiffnesses": JointProperties._write_stiffnesses,
    "dof_dampings": JointProperties._write_dampings,
    "dof_limits": JointProperties._write_limits,
    "dof_max_forces": JointProperties._write_max_forces,
    "dof_max_velocities": JointProperties._write_max_velocities,
    "dof_armatures": JointProperties._write_armatures,
    "dof_friction_properties": JointProperties._write_friction,
    "dof_friction_coefficients": JointProperties._write_friction_coefficients,
}
