# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Mass properties of lists of bodies, world by world.

Every list is flat: one body per row. Tensors are float64.
"""

from __future__ import annotations

import torch

from .body_frames import XYZW_FROM_WXYZ
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

    def _read(self, name: str) -> torch.Tensor:
        return self._sim.read_parameter(name)[self._worlds, self._bodies]

    def _write(self, name: str, rows: torch.Tensor, values: torch.Tensor) -> None:
        worlds = self._worlds[rows]
        self._sim.parameter(name)[worlds, self._bodies[rows]] = values.to(torch.float64)
        self._sim.touch_parameters(worlds, constants=True)

    def masses(self) -> torch.Tensor:
        """Masses (kg). Shape is (B,)."""
        return self._read("body_mass")

    def write_masses(self, values: torch.Tensor, rows: torch.Tensor) -> None:
        """Set masses; the inertia stays as it is."""
        self._write("body_mass", rows, values)

    def inertias(self) -> torch.Tensor:
        """Inertia about the centre of mass in the axes of the body frame (kg m2). Shape is (B, 9)."""
        axes = matrix_from_quat(self._read("body_iquat"))
        return ((axes * self._read("body_inertia")[:, None, :]) @ axes.transpose(1, 2)).flatten(1)

    def write_inertias(self, values: torch.Tensor, rows: torch.Tensor) -> None:
        """Set inertias. Shape of values is (n, 9). The principal axes follow from the matrix."""
        moments, quat = principal_axes(values.to(torch.float64).view(-1, 3, 3))
        self._write("body_inertia", rows, moments)
        self._write("body_iquat", rows, quat)

    def centres_of_mass(self) -> torch.Tensor:
        """Centre of mass and principal axes (x, y, z, qx, qy, qz, qw) in the body frame. Shape is (B, 7)."""
        return torch.cat((self._read("body_ipos"), self._read("body_iquat")[:, XYZW_FROM_WXYZ]), dim=1)

    def write_centres_of_mass(self, values: torch.Tensor, rows: torch.Tensor) -> None:
        """Set centres of mass and principal axes. Shape of values is (n, 7)."""
        self._write("body_ipos", rows, values[:, :3])
        self._write("body_iquat", rows, values[:, WXYZ_FROM_XYZW].to(torch.float64))

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
        if field in ("inv_masses", "inv_inertias"):
            values = self._inverse(field)
        elif field in _READERS:
            values = _READERS[field](self)
        else:
            raise NotImplementedError(f"the MuJoCo engine does not offer {field}")
        out.copy_(values.reshape(out.shape))

    def write(self, field: str, values: torch.Tensor, rows: torch.Tensor) -> None:
        """Set a field of some bodies. Shape of values is (n, values per body).

        Raises:
            NotImplementedError: If there is no such field or it cannot be written.
        """
        if field not in _WRITERS:
            raise NotImplementedError(f"the MuJoCo engine cannot write {field}")
        values = values.reshape(len(rows), -1)
        _WRITERS[field](self, values[:, 0] if values.shape[1] == 1 else values, rows)

    def _inverse(self, field: str) -> torch.Tensor:
        if field == "inv_masses":
            return self.masses().reciprocal().nan_to_num(posinf=0.0)
        return torch.linalg.pinv(self.inertias().view(-1, 3, 3)).flatten(1)


_READERS = {
    "masses": BodyProperties.masses,
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


def matrix_from_quat(quat: torch.Tensor) -> torch.Tensor:
    """Rotation matrices of unit quaternions (w, x, y, z). Shape is (B, 3, 3)."""
    w, x, y, z = quat.unbind(-1)
    rows = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
        (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
        (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
    )
    return torch.stack([torch.stack(row, dim=-1) for row in rows], dim=-2)


def quat_from_matrix(matrix: torch.Tensor) -> torch.Tensor:
    """Unit quaternions (w, x, y, z) of rotation matrices, by the eigenvector of Bar-Itzhack's symmetric matrix.

    Itzhack Y. Bar-Itzhack, New Method for Extracting the Quaternion from a Rotation Matrix, 2000.
    """
    m = matrix
    out = torch.empty(*m.shape[:-2], 4, 4, dtype=m.dtype)
    out[..., 0, :] = torch.stack(
        (m[..., 0, 0] + m[..., 1, 1] + m[..., 2, 2], m[..., 2, 1] - m[..., 1, 2], m[..., 0, 2] - m[..., 2, 0],
         m[..., 1, 0] - m[..., 0, 1]), dim=-1)  # fmt: skip
    out[..., :, 0] = out[..., 0, :]
    symmetric = m + m.transpose(-1, -2)
    trace = m.diagonal(dim1=-2, dim2=-1).sum(-1)
    out[..., 1:, 1:] = symmetric - trace[..., None, None] * torch.eye(3, dtype=m.dtype)
    return torch.linalg.eigh(out / 3.0).eigenvectors[..., -1]


def principal_axes(inertia: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Principal moments and axes, (w, x, y, z); diagonal matrices keep the axes of the body.

    Args:
        inertia: Symmetric matrices. Shape is (B, 3, 3).
    """
    diagonal = inertia.diagonal(dim1=1, dim2=2)
    off_diagonal = (inertia - torch.diag_embed(diagonal)).abs().amax(dim=(1, 2))
    is_diagonal = off_diagonal <= 1e-7 * diagonal.abs().amax(dim=1)
    moments, axes = torch.linalg.eigh(inertia)
    axes = axes * torch.linalg.det(axes).sign()[:, None, None]
    quat = quat_from_matrix(axes)
    identity = torch.tensor([1.0, 0.0, 0.0, 0.0], dtype=inertia.dtype)
    return torch.where(is_diagonal[:, None], diagonal, moments), torch.where(is_diagonal[:, None], identity, quat)
