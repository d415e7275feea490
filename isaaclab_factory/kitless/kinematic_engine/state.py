# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""State and properties of one articulation, or one body, of the template in all worlds."""

from __future__ import annotations

import numpy as np
import torch

from ..scene.description import Articulation, Body, Collider, Joint
from .rotations import from_rotation_vector, multiply, rotate
from .tree import LinkPoses, Tree, mass_matrix

UNLIMITED = torch.finfo(torch.float32).max
"""What omni.physics.tensors reports for a limit that there is none of."""

_DERIVED_FROM = {"root_transforms", "root_velocities", "dof_positions", "dof_velocities", "coms"}


class TreeState:
    """A tree of links in W worlds.

    Args:
        bodies: The links, base first.
        articulation: The articulation, None for a single body.
        joints: All joints of the scene by their path.
        offsets: Where the worlds stand relative to the template (m). Shape is (W, 3).
        device: Torch device of the state.

    Attributes:
        is_articulation: False for a single body.
        fields: Everything that can be written, by the name of the field. Shapes are (W, *field shape).
        colliders: Colliders of the links.
        shape_starts: Number of the first collider of each link, and of all colliders at the end.
    """

    def __init__(
        self,
        bodies: list[Body],
        articulation: Articulation | None,
        joints: dict[str, Joint],
        offsets: torch.Tensor,
        device: str,
    ) -> None:
        self.is_articulation = articulation is not None
        self.tree = Tree(bodies, articulation, joints, device)
        self._is_moved_by_velocity = not self.tree.fixed_base and not bodies[0].kinematic
        dofs = [joints[path] for path in articulation.joints] if articulation else []
        self._mimics = _mimics(dofs)
        self.colliders: list[Collider] = [collider for body in bodies for collider in body.colliders]
        self.shape_starts = np.cumsum([0, *(len(body.colliders) for body in bodies)]).tolist()
        num_worlds = len(offsets)
        tables = _state_fields(bodies[0], dofs) | _joint_fields(dofs) | _link_fields(bodies)
        tables |= _shape_fields(self.colliders)
        self.fields = {name: table.expand(num_worlds, *table.shape).clone() for name, table in tables.items()}
        for name in _state_fields(bodies[0], dofs):
            self.fields[name] = self.fields[name].to(device)
        self.fields["root_transforms"][:, :3] += offsets.to(device)
        self._poses: LinkPoses | None = None
        self._jacobian: torch.Tensor | None = None
        self._velocity_before: torch.Tensor | None = None
        self._last_step = 1.0

    # -- fields

    def read(self, field: str, gravity: tuple[float, float, float]) -> torch.Tensor:
        """A field in all worlds. Shape is (W, *field shape).

        Raises:
            NotImplementedError: If the field needs dynamics.
        """
        if field in self.fields:
            return self.fields[field]
        if field not in _DERIVED:
            raise NotImplementedError(f"the kinematic engine has no dynamics and does not know {field}")
        return _DERIVED[field](self, gravity)

    def write(self, field: str, values: torch.Tensor, worlds: torch.Tensor, part: slice = slice(None)) -> None:
        """Set a field in some worlds.

        Args:
            field: Its name.
            values: Shape is (n, *field shape).
            worlds: Shape is (n,).
            part: Links or colliders to write, for fields that have one value per link or collider.
        """
        if field == "dof_friction_coefficients":
            self.fields["dof_friction_properties"][worlds, :, 0] = values.to(torch.float64)
            return
        if field not in self.fields:
            raise NotImplementedError(f"the kinematic engine cannot write {field}")
        table = self.fields[field]
        if part == slice(None):
            table[worlds] = values.to(table.dtype).view(len(worlds), *table.shape[1:])
        else:
            table[worlds, part] = values.to(table.dtype).view(len(worlds), -1, *table.shape[2:])
        if field == "root_transforms":  # a unit quaternion in single precision is none in double precision
            table[worlds, 3:] /= table[worlds, 3:].norm(dim=1, keepdim=True)
        if field in _DERIVED_FROM:
            self._poses = self._jacobian = None

    # -- motion

    def step(self, dt: float) -> None:
        """Let joints follow their targets and bodies their velocities for ``dt`` seconds."""
        self._velocity_before, self._last_step = self.link_velocities(), dt
        if len(self.tree.is_revolute):
            self._step_joints(dt)
        if self._is_moved_by_velocity:
            self._step_root(dt)
        self._poses = self._jacobian = None

    def _step_joints(self, dt: float) -> None:
        state = self.fields
        position, velocity = state["dof_positions"], state["dof_velocities"]
        lower, upper, fastest, stiffness, damping = (table.to(position.device) for table in self._drive_tables())
        coast = torch.where(damping > 0.0, state["dof_velocity_targets"], velocity)
        wanted = torch.where(stiffness > 0.0, (state["dof_position_targets"] - position) / dt, coast)
        moved = position + torch.clamp(wanted, -fastest, fastest) * dt
        moved = torch.clamp(moved, lower, upper)
        for follower, reference, gearing, offset in self._mimics:
            moved[:, follower] = -gearing * moved[:, reference] - offset
        velocity.copy_((moved - position) / dt)
        position.copy_(moved)

    def _drive_tables(self) -> tuple[torch.Tensor, ...]:
        limits = self.fields["dof_limits"]
        names = ("dof_max_velocities", "dof_stiffnesses", "dof_dampings")
        return (limits[..., 0], limits[..., 1], *(self.fields[name] for name in names))

    def _step_root(self, dt: float) -> None:
        pose, velocity = self.fields["root_transforms"], self.fields["root_velocities"]
        arm = self.fields["coms"][:, 0, :3].to(pose.device)
        com = pose[:, :3] + rotate(pose[:, 3:], arm) + velocity[:, :3] * dt
        quat = multiply(from_rotation_vector(velocity[:, 3:] * dt), pose[:, 3:])
        pose[:, 3:] = quat / quat.norm(dim=1, keepdim=True)
        pose[:, :3] = com - rotate(pose[:, 3:], arm)

    # -- what follows from the state

    def poses(self) -> LinkPoses:
        """Where the links are."""
        if self._poses is None:
            self._poses = self.tree.forward(self.fields["root_transforms"], self.fields["dof_positions"])
        return self._poses

    def jacobian(self) -> torch.Tensor:
        """Jacobians with the columns of a floating base. Shape is (W, L, 6, 6 + D)."""
        if self._jacobian is None:
            poses = self.poses()
            com = poses.pos + rotate(poses.quat, self.fields["coms"][..., :3].to(poses.pos.device))
            self._jacobian = self.tree.jacobian(poses, com)
        return self._jacobian

    def link_velocities(self) -> torch.Tensor:
        """Velocities of the links (linear at the centre of mass, angular). Shape is (W, L, 6)."""
        speeds = torch.cat((self.fields["root_velocities"], self.fields["dof_velocities"]), dim=1)
        if not self._is_moved_by_velocity:
            speeds[:, :6] = 0.0
        return (self.jacobian() @ speeds[:, None, :, None]).squeeze(-1)

    def _link_transforms(self, gravity: tuple) -> torch.Tensor:
        poses = self.poses()
        return torch.cat((poses.pos, poses.quat), dim=-1)

    def _link_velocities(self, gravity: tuple) -> torch.Tensor:
        return self.link_velocities()

    def _link_accelerations(self, gravity: tuple) -> torch.Tensor:
        """Change of velocity over the last step by its length; zero before the first step."""
        now = self.link_velocities()
        return (
            torch.zeros_like(now) if self._velocity_before is None else (now - self._velocity_before) / self._last_step
        )

    def _own_jacobian(self, gravity: tuple) -> torch.Tensor:
        return self.jacobian()[:, 1:, :, 6:] if self.tree.fixed_base else self.jacobian()

    def _mass_matrix(self, gravity: tuple) -> torch.Tensor:
        jacobian = self.jacobian()
        names = ("masses", "inertias", "dof_armatures")
        masses, inertias, armatures = (self.fields[name].to(jacobian.device) for name in names)
        matrix = mass_matrix(jacobian, masses, inertias.unflatten(-1, (3, 3)), self.poses().quat, armatures)
        return matrix[:, 6:, 6:] if self.tree.fixed_base else matrix

    def _gravity_compensation(self, gravity: tuple) -> torch.Tensor:
        jacobian = self.jacobian()
        acting = self.fields["masses"] * (self.fields["disable_gravities"] == 0)
        weights = acting.to(jacobian.device)[..., None] * jacobian.new_tensor(gravity)
        forces = -torch.einsum("nlij,nli->nj", jacobian[:, :, :3], weights)
        return forces[:, 6:] if self.tree.fixed_base else forces

    def _inverse_masses(self, gravity: tuple) -> torch.Tensor:
        return self.fields["masses"].reciprocal().nan_to_num(posinf=0.0)

    def _inverse_inertias(self, gravity: tuple) -> torch.Tensor:
        return torch.linalg.pinv(self.fields["inertias"].unflatten(-1, (3, 3))).flatten(-2)

    def _friction_coefficients(self, gravity: tuple) -> torch.Tensor:
        return self.fields["dof_friction_properties"][..., 0]


_DERIVED = {
    "link_transforms": TreeState._link_transforms,
    "link_velocities": TreeState._link_velocities,
    "link_accelerations": TreeState._link_accelerations,
    "jacobians": TreeState._own_jacobian,
    "generalized_mass_matrices": TreeState._mass_matrix,
    "gravity_compensation_forces": TreeState._gravity_compensation,
    "inv_masses": TreeState._inverse_masses,
    "inv_inertias": TreeState._inverse_inertias,
    "dof_friction_coefficients": TreeState._friction_coefficients,
}


def _table(rows: list, *shape: int) -> torch.Tensor:
    array = np.nan_to_num(np.array(rows, dtype=float), posinf=UNLIMITED, neginf=-UNLIMITED)
    return torch.as_tensor(array).reshape(shape)


def _mimics(dofs: list[Joint]) -> list[tuple[int, int, float, float]]:
    """Follower, reference, gearing and offset of each coupling."""
    index = {joint.path: i for i, joint in enumerate(dofs)}
    coupled = [joint for joint in dofs if joint.mimic is not None]
    return [(index[j.path], index[j.mimic.reference_path], j.mimic.gearing, j.mimic.offset) for j in coupled]


def _state_fields(root: Body, dofs: list[Joint]) -> dict[str, torch.Tensor]:
    num, drives = len(dofs), [joint.drive for joint in dofs]
    return {
        "root_transforms": _table([*root.pose.pos, *root.pose.quat[[1, 2, 3, 0]]], 7),
        "root_velocities": _table([*root.linear_velocity, *root.angular_velocity], 6),
        "dof_positions": _table([joint.position for joint in dofs], num),
        "dof_velocities": _table([joint.velocity for joint in dofs], num),
        "dof_position_targets": _table([drive.target_pos if drive else 0.0 for drive in drives], num),
        "dof_velocity_targets": _table([drive.target_vel if drive else 0.0 for drive in drives], num),
        "dof_actuation_forces": torch.zeros(num, dtype=torch.float64),
    }


def _joint_fields(dofs: list[Joint]) -> dict[str, torch.Tensor]:
    num, drives = len(dofs), [joint.drive for joint in dofs]
    return {
        "dof_stiffnesses": _table([drive.stiffness if drive else 0.0 for drive in drives], num),
        "dof_dampings": _table([drive.damping if drive else 0.0 for drive in drives], num),
        "dof_max_forces": _table([drive.max_force if drive else np.inf for drive in drives], num),
        "dof_limits": _table([(joint.lower, joint.upper) for joint in dofs], num, 2),
        "dof_max_velocities": _table([joint.max_velocity for joint in dofs], num),
        "dof_armatures": _table([joint.armature for joint in dofs], num),
        "dof_friction_properties": _table([(joint.friction, 0.0, 0.0) for joint in dofs], num, 3),
    }


def _link_fields(bodies: list[Body]) -> dict[str, torch.Tensor]:
    num = len(bodies)
    return {
        "masses": _table([body.mass for body in bodies], num),
        "inertias": _table([body.inertia for body in bodies], num, 9),
        "coms": _table([[*body.com, 0.0, 0.0, 0.0, 1.0] for body in bodies], num, 7),
        "disable_gravities": torch.tensor([not body.gravity for body in bodies], dtype=torch.uint8),
    }


def _shape_fields(colliders: list[Collider]) -> dict[str, torch.Tensor]:
    num, materials = len(colliders), [collider.material for collider in colliders]
    rows = [(material.static_friction, material.dynamic_friction, material.restitution) for material in materials]
    return {
        "material_properties": _table(rows, num, 3),
        "contact_offsets": _table([collider.contact_offset or 0.0 for collider in colliders], num),
        "rest_offsets": _table([collider.rest_offset or 0.0 for collider in colliders], num),
    }
