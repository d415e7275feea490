# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What lies under the assets of a still world: tables of tensors that answer like PhysX's views.

Conventions are those of ``omni.physics.tensors``: transforms are (x, y, z, qx, qy, qz, qw) of the body frame in the
world, velocities (linear at the centre of mass, angular) in the world frame.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from isaaclab.utils.math import convert_quat

from isaaclab_factory.assets import Franka
from isaaclab_factory.assets.franka_model import LINKS, Inertial
from isaaclab_factory.controllers.rotations import quat_from_matrix

from .link_tree import Configuration, LinkTree
from .still import Still


class StillView(Still):
    """Tables with one row per environment, read by ``get_<name>()`` and written by ``set_<name>(data, indices)``.

    As in PhysX, data holds all rows, of which those with the indices are written.
    """

    def __init__(self, tables: dict[str, torch.Tensor], prim_paths: list[str]):
        """Take the tables.

        Args:
            tables: Tensors by name. Their first dimension is the number of environments.
            prim_paths: Where the bodies would be on a stage.
        """
        self._tables = tables
        self.prim_paths = prim_paths
        self.count = len(prim_paths)
        self.max_shapes = tables["material_properties"].shape[1]

    def __getattr__(self, name: str) -> Any:
        action, _, table = name.partition("_")
        if table in vars(self).get("_tables", ()) and action in ("get", "set"):
            return functools.partial(self._get if action == "get" else self._set, table)
        return super().__getattr__(name)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(f"get_{table}" for table in vars(self).get("_tables", ()))]

    def _get(self, table: str) -> torch.Tensor:
        return self._tables[table].clone()

    def _set(self, table: str, data: torch.Tensor, indices: torch.Tensor | None = None) -> None:
        rows = slice(None) if indices is None else indices
        own = self._tables[table]
        own[rows] = data.reshape(own.shape)[rows].to(own)


class StillPartView(StillView):
    """One rigid body in each environment."""

    def get_accelerations(self) -> torch.Tensor:
        """Change of the velocities over a step, by its length: zero. Shape is (count, 6)."""
        return torch.zeros_like(self._tables["velocities"])


def part_view(
    prim_paths: list[str],
    mass: float,
    com: Sequence[float],
    inertia: Sequence[float],
    friction: float,
) -> StillPartView:
    """View of parts at the origin, at rest.

    Args:
        prim_paths: Where the parts would be on a stage, one for each environment.
        mass: Mass in kg.
        com: Centre of mass in the part's frame in m. Three numbers.
        inertia: Inertia about the centre of mass in the axes of the part's frame in kg m^2. Nine numbers.
        friction: Coefficient of friction.

    Returns:
        The view.
    """
    tables = {
        "transforms": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0],
        "velocities": [0.0] * 6,
        "masses": [mass],
        "inertias": [*inertia],
        "coms": [*com, 0.0, 0.0, 0.0, 1.0],
        "material_properties": [[friction, friction, 0.0]],
    }
    return StillPartView(_same_rows(tables, len(prim_paths)), prim_paths)


@dataclass(frozen=True)
class _Structure:
    """What all robots of a view share."""

    dof_names: list[str]
    link_names: list[str]
    fixed_base: bool = True

    @property
    def dof_count(self) -> int:
        """Number of joints that move."""
        return len(self.dof_names)

    @property
    def link_count(self) -> int:
        """Number of links."""
        return len(self.link_names)


class FrankaView(StillView):
    """One Franka with its hand in each environment, with the kinematics, masses and limits of the generated robot.

    The principal axes of the links' inertias are not known here: those quaternions are NaN.
    """

    max_fixed_tendons = 0
    max_spatial_tendons = 0

    def __init__(self, prim_paths: list[str]):
        """Fill the tables: at the origin, all joint positions zero, at rest.

        Args:
            prim_paths: Where the robots would be on a stage, one for each environment.
        """
        franka = Franka()
        joints = [link.joint for link in LINKS if link.joint is not None and link.joint.type != "fixed"]
        zero = [0.0] * len(joints)
        tables = {
            "root_transforms": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0],
            "root_velocities": [0.0] * 6,
            "dof_positions": zero,
            "dof_velocities": zero,
            "dof_position_targets": zero,
            "dof_velocity_targets": zero,
            "dof_actuation_forces": zero,
            "dof_limits": [(joint.lower, joint.upper) for joint in joints],
            "dof_max_velocities": [joint.velocity for joint in joints],
            "dof_max_forces": [joint.effort for joint in joints],
            "dof_stiffnesses": [joint.stiffness for joint in joints],
            "dof_dampings": [joint.damping for joint in joints],
            "dof_armatures": [franka.finger_armature if joint.type == "prismatic" else 0.0 for joint in joints],
            "dof_friction_properties": [[0.0] * 3 for _ in joints],
            "masses": [link.inertial.mass for link in LINKS],
            "inertias": [_inertia(link.inertial) for link in LINKS],
            "coms": [[*link.inertial.com, *[math.nan] * 4] for link in LINKS],
            "material_properties": [[franka.friction, franka.friction, 0.0] for link in LINKS for _ in link.colliders],
        }
        super().__init__(_same_rows(tables, len(prim_paths)), prim_paths)
        self._tree = LinkTree(LINKS)
        self._configuration: Configuration | None = None
        self.shared_metatype = _Structure(self._tree.joint_names, self._tree.link_names)

    def _set(self, table: str, data: torch.Tensor, indices: torch.Tensor | None = None) -> None:
        super()._set(table, data, indices)
        if table in ("root_transforms", "dof_positions"):
            self._configuration = None

    def get_link_transforms(self) -> torch.Tensor:
        """Poses of the link frames. Shape is (count, links, 7)."""
        links = self._now().links
        quat = quat_from_matrix(links[..., :3, :3].flatten(0, 1)).view(*links.shape[:2], 4)
        return torch.cat((links[..., :3, 3], convert_quat(quat, to="xyzw")), dim=-1).float()

    def get_link_velocities(self) -> torch.Tensor:
        """Velocities of the links. Shape is (count, links, 6)."""
        return (self._jacobians() @ self._tables["dof_velocities"].double()[:, None, :, None]).squeeze(-1).float()

    def get_link_accelerations(self) -> torch.Tensor:
        """Change of the velocities over a step, by its length: zero. Shape is (count, links, 6)."""
        return torch.zeros(self.count, len(LINKS), 6)

    def get_jacobians(self) -> torch.Tensor:
        """Jacobians about the centres of mass of all links but the base. Shape is (count, links - 1, 6, dofs)."""
        return self._jacobians()[:, 1:].float()

    def get_generalized_mass_matrices(self) -> torch.Tensor:
        """Joint-space mass matrices with armature. Shape is (count, dofs, dofs)."""
        masses, coms, inertias, armatures = (
            self._tables[name].double() for name in ("masses", "coms", "inertias", "dof_armatures")
        )
        matrix = self._tree.mass_matrix(self._now(), masses, coms[..., :3], inertias.unflatten(-1, (3, 3)))
        return (matrix + torch.diag_embed(armatures)).float()

    def _now(self) -> Configuration:
        if self._configuration is None:
            root = self._tables["root_transforms"]
            pose = torch.cat((root[:, :3], convert_quat(root[:, 3:], to="wxyz")), dim=-1)
            self._configuration = self._tree.forward(pose, self._tables["dof_positions"])
        return self._configuration

    def _jacobians(self) -> torch.Tensor:
        return self._tree.jacobians(self._now(), self._tables["coms"][..., :3].double())


def _inertia(body: Inertial) -> list[float]:
    """The nine entries of an inertia tensor."""
    xx, yy, zz, xy, xz, yz = body.inertia
    return [xx, xy, xz, xy, yy, yz, xz, yz, zz]


def _same_rows(rows: dict[str, list], num_envs: int) -> dict[str, torch.Tensor]:
    """Tables with the same row for each environment."""
    tensors = {name: torch.tensor(row) for name, row in rows.items()}
    return {name: row.expand(num_envs, *row.shape).clone() for name, row in tensors.items()}
