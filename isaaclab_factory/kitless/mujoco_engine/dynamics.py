# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Jacobians, mass matrices and bias forces of a list of articulations, in PhysX's generalised velocities.

These are the joint velocities; a floating base comes first with the linear velocity of its centre of mass and its
angular velocity, both in the world frame. Rows of a Jacobian are links: their linear velocity at the centre of mass and
their angular velocity, in the world frame. A fixed base has no row.
"""

from __future__ import annotations

import mujoco
import torch

from .quaternions import rotate
from .simulation import Simulation


class ArticulationDynamics:
    """Dynamics of articulations of one structure.

    Args:
        sim: The batch.
        worlds: World of each articulation. Shape is (E,).
        links: MuJoCo body ids of the links, base first. Shape is (E, L).
        joints: MuJoCo joint ids. Shape is (E, D).
        fixed_base: True where the base does not move.
    """

    def __init__(
        self, sim: Simulation, worlds: torch.Tensor, links: torch.Tensor, joints: torch.Tensor, fixed_base: bool
    ):
        model = sim.model
        self._sim, self._worlds, self._fixed_base = sim, worlds, fixed_base
        self._base = 0 if fixed_base else 6
        moving = links[:, 1:] if fixed_base else links
        self._moving, self._links = moving, links
        self._link_rows = worlds[:, None] * model.nbody + moving
        self._root_rows = worlds * model.nbody + links[:, 0]
        self._joint_rows = worlds[:, None] * model.njnt + joints
        dofs = torch.as_tensor(model.jnt_dofadr).long()[joints]
        if not fixed_base:
            root_dofs = torch.as_tensor(model.body_dofadr).long()[links[:, 0]]
            dofs = torch.cat((root_dofs[:, None] + torch.arange(6), dofs), dim=1)
        self._dofs = dofs
        kinds = torch.as_tensor(model.jnt_type)[joints[0]]
        self._is_hinge = (kinds == int(mujoco.mjtJoint.mjJNT_HINGE)).to(torch.float64)[:, None]
        self._mask = _moved_by(model, moving[0], joints[0])
        self._generation = -1
        self._jacobian = torch.zeros(len(worlds), moving.shape[1], 6, dofs.shape[1])
        self._jacobian_version = -1

    # -- Jacobians

    def jacobians(self) -> torch.Tensor:
        """Jacobians, float32. Shape is (E, rows, 6, dofs). Valid until the next change of the state."""
        self._sim.refresh()
        if self._jacobian_version == self._sim.version:
            return self._jacobian
        axis = self._sim.derived("xaxis").flatten(0, 1)[self._joint_rows]
        anchor = self._sim.derived("xanchor").flatten(0, 1)[self._joint_rows]
        com = self._sim.derived("xipos").flatten(0, 1)[self._link_rows]
        # a hinge moves a point p by axis x (p - anchor), a slide by its axis
        turn = axis * self._is_hinge
        shift = torch.linalg.cross(anchor, axis) * self._is_hinge + axis * (1.0 - self._is_hinge)
        self._fill_joint_columns(turn.float(), shift.float(), com.float())
        if not self._fixed_base:
            root = self._sim.derived("xipos").flatten(0, 1)[self._root_rows]
            self._fill_base_columns((com - root[:, None]).float())
        self._jacobian_version = self._sim.version
        return self._jacobian

    def _fill_joint_columns(self, turn: torch.Tensor, shift: torch.Tensor, com: torch.Tensor) -> None:
        columns = self._jacobian[..., self._base :]
        turn, shift = turn[:, None], shift[:, None]
        for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
            row = columns[:, :, i]
            torch.mul(turn[..., j], com[..., k, None], out=row)
            row.addcmul_(turn[..., k], com[..., j, None], value=-1.0)
            row.add_(shift[..., i]).mul_(self._mask)
            torch.mul(turn[..., i], self._mask, out=columns[:, :, 3 + i])

    def _fill_base_columns(self, arm: torch.Tensor) -> None:
        """Columns of the base: a link moves with v + w x arm."""
        columns = self._jacobian[..., :6]
        columns[..., range(6), range(6)] = 1.0
        for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
            columns[..., i, 3 + j] = arm[..., k]
            columns[..., i, 3 + k] = -arm[..., j]

    # -- mass matrix and bias forces

    def mass_matrices(self) -> torch.Tensor:
        """Generalised mass matrices with armature, float64. Shape is (E, dofs, dofs)."""
        self._sim.refresh()
        if self._generation != self._sim.generation:
            self._mass_index, self._mass_mask = _dense_index(self._sim.model, self._worlds, self._dofs)
            self._generation = self._sim.generation
        entries = self._sim.derived("M").view(-1).index_select(0, self._mass_index)
        num_dofs = self._dofs.shape[1]
        mass = entries.mul_(self._mass_mask).view(-1, num_dofs, num_dofs)
        if self._fixed_base:
            return mass
        to_mujoco = self._base_change()
        return to_mujoco.transpose(1, 2) @ mass @ to_mujoco

    def _base_change(self) -> torch.Tensor:
        """Matrix from PhysX's generalised velocities to MuJoCo's. Shape is (E, dofs, dofs).

        MuJoCo has the linear velocity of the base frame's origin and the angular velocity in the base frame.
        """
        num_dofs = self._dofs.shape[1]
        out = torch.eye(num_dofs, dtype=torch.float64).repeat(len(self._worlds), 1, 1)
        quat = self._sim.derived("xquat").flatten(0, 1)[self._root_rows][:, (1, 2, 3, 0)]
        com = self._sim.derived("xipos") - self._sim.derived("xpos")
        arm = com.flatten(0, 1)[self._root_rows]
        for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
            out[:, i, 3 + j] = -arm[:, k]
            out[:, i, 3 + k] = arm[:, j]
        axes = torch.eye(3, dtype=torch.float64).expand(len(quat), 3, 3)
        out[:, 3:6, 3:6] = rotate(quat[:, None], axes)
        return out

    def gravity_compensation(self) -> torch.Tensor:
        """Generalised forces that balance gravity on the links it acts on, float32. Shape is (E, dofs)."""
        worlds = self._worlds[:, None]
        acts = 1.0 - self._sim.read_parameter("body_gravcomp")[worlds, self._moving]
        return self._against_gravity(acts)

    def coriolis_compensation(self) -> torch.Tensor:
        """Generalised forces that balance Coriolis and centrifugal effects, float32. Shape is (E, dofs)."""
        self._sim.refresh()
        bias = self._sim.derived("qfrc_bias")[self._worlds[:, None], self._dofs]
        if not self._fixed_base:
            bias = (bias[:, None] @ self._base_change())[:, 0]
        everywhere = torch.ones_like(self._moving, dtype=torch.float64)
        return bias.float() - self._against_gravity(everywhere)

    def _against_gravity(self, acts: torch.Tensor) -> torch.Tensor:
        worlds = self._worlds[:, None]
        masses = self._sim.read_parameter("body_mass")[worlds, self._moving] * acts
        gravity = self._sim.read_parameter("opt.gravity")[self._worlds]
        weights = (masses[..., None] * gravity[:, None]).float()
        return -torch.einsum("elcd,elc->ed", self.jacobians()[:, :, :3], weights)


def _moved_by(model: mujoco.MjModel, links: torch.Tensor, joints: torch.Tensor) -> torch.Tensor:
    """1 where a joint moves a link. Shape is (L, D)."""
    mask = torch.zeros(len(links), len(joints))
    for row, link in enumerate(links.tolist()):
        ancestors, body = set(), link
        while body:
            ancestors.add(body)
            body = int(model.body_parentid[body])
        for column, joint in enumerate(joints.tolist()):
            mask[row, column] = float(int(model.jnt_bodyid[joint]) in ancestors)
    return mask


def _dense_index(model: mujoco.MjModel, worlds: torch.Tensor, dofs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Where the entries of dense mass matrices stand in the flattened sparse ones of all worlds.

    Args:
        model: The model.
        worlds: World of each articulation. Shape is (E,).
        dofs: Degrees of freedom of each articulation. Shape is (E, D).

    Returns:
        Index per entry, and 1 where MuJoCo stores the entry, 0 where it is zero. Shapes are (E * D * D,).
    """
    position = {}
    for row in range(model.nv):
        start = int(model.M_rowadr[row])
        for offset in range(int(model.M_rownnz[row])):
            column = int(model.M_colind[start + offset])
            position[row, column] = position[column, row] = start + offset
    table = torch.tensor([[[position.get((i, j), -1) for j in row] for i in row] for row in dofs.tolist()])
    table = table.view(*dofs.shape, dofs.shape[1])
    index = worlds[:, None, None] * model.nC + table.clamp(min=0)
    return index.flatten(), (table >= 0).to(torch.float64).flatten()
