# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Mass properties of lists of bodies, world by world.

Every list is flat: one body per row. Tensors are float64.
"""

from __future__ import annotations

import torch

from .quaternions import XYZW_FROM_WXYZ, conjugate, matrix_from_quat, multiply, principal_axes, rotate, rotate_inverse
from .simulation import Simulation

WXYZ_FROM_XYZW = (3, 0, 1, 2)


class BodyProperties:
    """Mass, inertia, centre of mass and gravity of some bodies.

    Args:
        sim: The batch.
        worlds: World of each body. Shape is (B,).
        bodies: MuJoCo body id of each body. Shape is (B,).
    """

    def __init__(self, sim: Simulation, worlds: torch.Tensor, bodies: torch.Tensor):
        self._sim, self._worlds, self._bodies = sim, worlds, bodies
        self._frame_pos, self._frame_quat = sim.frame_pos[bodies], sim.frame_quat[bodies]
        self._cache: dict[str, tuple[int, torch.Tensor]] = {}

    def _read(self, name: str) -> torch.Tensor:
        return self._sim.read_parameter(name)[self._worlds, self._bodies]

    def _write(self, name: str, rows: torch.Tensor, values: torch.Tensor) -> None:
        worlds = self._worlds[rows]
        if name in ("body_ipos", "body_iquat"):
            self._sim.free_inertial_frames(self._bodies[rows])
        self._sim.parameter(name)[worlds, self._bodies[rows]] = values.to(torch.float64)
        self._sim.touch_parameters(worlds, constants=True)

    def masses(self) -> torch.Tensor:
        """Masses (kg). Shape is (B,)."""
        return self._read("body_mass")

    def write_masses(self, values: torch.Tensor, rows: torch.Tensor) -> None:
        """Set masses; the inertia stays as it is."""
        self._write("body_mass", rows, values)

    def _axes(self) -> torch.Tensor:
        """Principal axes in the prim's frame (x, y, z, w). Shape is (B, 4)."""
        return multiply(conjugate(self._frame_quat), self._read("body_iquat")[:, XYZW_FROM_WXYZ])

    def inertias(self) -> torch.Tensor:
        """Inertia about the centre of mass in the axes of the prim's frame (kg m2). Shape is (B, 9)."""
        axes = matrix_from_quat(self._axes())
        return ((axes * self._read("body_inertia")[:, None, :]) @ axes.transpose(1, 2)).flatten(1)

    def write_inertias(self, values: torch.Tensor, rows: torch.Tensor) -> None:
        """Set inertias. Shape of values is (n, 9). The principal axes follow from the matrix."""
        turn = matrix_from_quat(self._frame_quat[rows])
        matrix = turn @ values.to(torch.float64).view(-1, 3, 3) @ turn.transpose(1, 2)
        moments, quat = principal_axes(matrix)
        self._write("body_inertia", rows, moments)
        self._write("body_iquat", rows, quat[:, WXYZ_FROM_XYZW])

    def centres_of_mass(self) -> torch.Tensor:
        """Centre of mass and principal axes (x, y, z, qx, qy, qz, qw) in the prim's frame. Shape is (B, 7)."""
        position = rotate_inverse(self._frame_quat, self._read("body_ipos") - self._frame_pos)
        return torch.cat((position, self._axes()), dim=1)

    def write_centres_of_mass(self, values: torch.Tensor, rows: torch.Tensor) -> None:
        """Set centres of mass and principal axes. Shape of values is (n, 7)."""
        values = values.to(torch.float64)
        frame_pos, frame_quat = self._frame_pos[rows], self._frame_quat[rows]
        self._write("body_ipos", rows, frame_pos + rotate(frame_quat, values[:, :3]))
        self._write("body_iquat", rows, multiply(frame_quat, values[:, 3:])[:, WXYZ_FROM_XYZW])

    def gravity_disabled(self) -> torch.Tensor:
        """1 where gravity does not act. Shape is (B,)."""
        return (self._read("body_gravcomp") == 1.0).to(torch.uint8)

    def write_gravity_disabled(self, values: torch.Tensor, rows: torch.Tensor) -> None:
        """Switch gravity off (1) or on (0)."""
        self._write("body_gravcomp", rows, (values != 0).to(torch.float64))

    # -- by the names of the fields of a group

    def read(self, field: str, out: torch.Tensor) -> None:
        """Fill out, which has one block of values per body, with a field.

        Raises:
            NotImplementedError: If there is no such field.
        """
        version, values = self._cache.get(field, (-1, None))
        if version != self._sim.property_version:
            # Isaac Lab asks for the centres of mass in every physics step
            values = self._compute(field).reshape(out.shape).to(out.dtype)
            self._cache[field] = self._sim.property_version, values
        out.copy_(values)

    def write(self, field: str, values: torch.Tensor, rows: torch.Tensor) -> None:
        """Set a field of some bodies. Shape of values is (n, values per body).

        Raises:
            NotImplementedError: If there is no such field or it cannot be written.
        """
        if field not in _WRITERS:
            raise NotImplementedError(f"the MuJoCo engine cannot write {field}")
        values = values.reshape(len(rows), -1)
        _WRITERS[field](self, values[:, 0] if values.shape[1] == 1 else values, rows)

    def _compute(self, field: str) -> torch.Tensor:
        if field not in _READERS:
            raise NotImplementedError(f"the MuJoCo engine does not offer {field}")
        return _READERS[field](self)

    def inverse_masses(self) -> torch.Tensor:
        """Inverse masses (1/kg), 0 for a body without mass. Shape is (B,)."""
        return self.masses().reciprocal().nan_to_num(posinf=0.0)

    def inverse_inertias(self) -> torch.Tensor:
        """Inverse inertias (1/(kg m2)). Shape is (B, 9)."""
        return torch.linalg.pinv(self.inertias().view(-1, 3, 3)).flatten(1)


_READERS = {
    "masses": BodyProperties.masses,
    "inv_masses": BodyProperties.inverse_masses,
    "inv_inertias": BodyProperties.inverse_inertias,
    "inertias": BodyProperties.inertias,
    "coms": BodyProperties.centres_of_mass,
    "disable_gravities": BodyProperties.gravity_disabled,
}

_WRITERS = {
    "masses": BodyProperties.write_masses,
    "inertias": BodyProperties.write_inertias,
    "coms": BodyProperties.write_centres_of_mass,
    "disable_gravities": BodyProperties.write_gravity_disabled,
}
