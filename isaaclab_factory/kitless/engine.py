# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What a physics engine offers to the views: the :class:`Engine` protocol.

An engine holds many worlds that are copies of one template (see :mod:`isaaclab_factory.kitless.scene.description`).
The views (:mod:`isaaclab_factory.kitless.views`) match prim paths, own the tensors that they hand out, and talk to
*groups*: a fixed list of articulations, rigid bodies or contact sensors of the engine, in the order of the given paths.

A group is read and written by the name of a *field*. The tables below name every field with its shape per element, the
device its tensor lives on, and whether it can be written. The conventions are those of ``omni.physics.tensors``:

* Transforms are (x, y, z, qx, qy, qz, qw) of the body frame (the prim's frame) in the world frame.
* Velocities and accelerations are (linear, angular) in the world frame, the linear part at the centre of mass.
* Joint quantities are in radians, metres, newton metres and newtons.
* Inertias are 3x3 matrices, row by row, about the centre of mass in the axes of the body frame.
* Centres of mass are (x, y, z, qx, qy, qz, qw): position and principal axes of inertia in the body frame.

State fields live on the device of the engine, property fields on the CPU. All are float32 except the flags (uint8).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch


@dataclass(frozen=True)
class Field:
    """One quantity that a group can be asked for.

    Attributes:
        shape: Shape per element. A string names a size of the group: "links", "dofs", "shapes", "jacobian_links"
            (links, less one for a fixed base) or "generalized_dofs" (dofs, plus six for a floating base).
        on_cpu: True for a property, whose tensor lives on the CPU.
        writable: True where the field can be written.
        dtype: Type of the tensor.
    """

    shape: tuple[int | str, ...]
    on_cpu: bool = False
    writable: bool = False
    dtype: torch.dtype = torch.float32


ARTICULATION_FIELDS: dict[str, Field] = {
    "root_transforms": Field((7,), writable=True),
    "root_velocities": Field((6,), writable=True),
    "link_transforms": Field(("links", 7)),
    "link_velocities": Field(("links", 6)),
    "link_accelerations": Field(("links", 6)),
    "link_incoming_joint_force": Field(("links", 6)),
    "dof_positions": Field(("dofs",), writable=True),
    "dof_velocities": Field(("dofs",), writable=True),
    "dof_position_targets": Field(("dofs",), writable=True),
    "dof_velocity_targets": Field(("dofs",), writable=True),
    "dof_actuation_forces": Field(("dofs",), writable=True),
    "dof_projected_joint_forces": Field(("dofs",)),
    "jacobians": Field(("jacobian_links", 6, "generalized_dofs")),
    "generalized_mass_matrices": Field(("generalized_dofs", "generalized_dofs")),
    "gravity_compensation_forces": Field(("generalized_dofs",)),
    "coriolis_and_centrifugal_compensation_forces": Field(("generalized_dofs",)),
    "dof_stiffnesses": Field(("dofs",), on_cpu=True, writable=True),
    "dof_dampings": Field(("dofs",), on_cpu=True, writable=True),
    "dof_limits": Field(("dofs", 2), on_cpu=True, writable=True),
    "dof_max_velocities": Field(("dofs",), on_cpu=True, writable=True),
    "dof_max_forces": Field(("dofs",), on_cpu=True, writable=True),
    "dof_armatures": Field(("dofs",), on_cpu=True, writable=True),
    "dof_friction_properties": Field(("dofs", 3), on_cpu=True, writable=True),
    "dof_friction_coefficients": Field(("dofs",), on_cpu=True, writable=True),
    "masses": Field(("links",), on_cpu=True, writable=True),
    "inv_masses": Field(("links",), on_cpu=True),
    "inertias": Field(("links", 9), on_cpu=True, writable=True),
    "inv_inertias": Field(("links", 9), on_cpu=True),
    "coms": Field(("links", 7), on_cpu=True, writable=True),
    "disable_gravities": Field(("links",), on_cpu=True, writable=True, dtype=torch.uint8),
    "material_properties": Field(("shapes", 3), on_cpu=True, writable=True),
    "contact_offsets": Field(("shapes",), on_cpu=True, writable=True),
    "rest_offsets": Field(("shapes",), on_cpu=True, writable=True),
}
"""Fields of a group of articulations."""

RIGID_BODY_FIELDS: dict[str, Field] = {
    "transforms": Field((7,), writable=True),
    "velocities": Field((6,), writable=True),
    "accelerations": Field((6,)),
    "masses": Field((1,), on_cpu=True, writable=True),
    "inv_masses": Field((1,), on_cpu=True),
    "inertias": Field((9,), on_cpu=True, writable=True),
    "inv_inertias": Field((9,), on_cpu=True),
    "coms": Field((7,), on_cpu=True, writable=True),
    "disable_gravities": Field((1,), on_cpu=True, writable=True, dtype=torch.uint8),
    "material_properties": Field(("shapes", 3), on_cpu=True, writable=True),
    "contact_offsets": Field(("shapes",), on_cpu=True, writable=True),
    "rest_offsets": Field(("shapes",), on_cpu=True, writable=True),
}
"""Fields of a group of rigid bodies."""


class BodyGroup(Protocol):
    """Bodies or articulations that answer together.

    Attributes:
        count: Number of elements.
        max_shapes: Colliders per element.
    """

    count: int
    max_shapes: int

    def read(self, field: str, out: torch.Tensor) -> None:
        """Fill ``out`` with a field of all elements.

        Args:
            field: Name in the table of fields.
            out: Shape is (count, *field shape).

        Raises:
            NotImplementedError: If this engine does not know the field.
        """
        ...

    def write(self, field: str, data: torch.Tensor, indices: torch.Tensor) -> None:
        """Write a field of some elements and leave all others untouched.

        Args:
            field: Name in the table of fields.
            data: Values of *all* elements. Shape is (count, *field shape).
            indices: The elements to write, int64 on the device of ``data``. Shape is (n,).

        Raises:
            NotImplementedError: If this engine cannot write the field.
        """
        ...

    def apply_wrench(
        self,
        force: torch.Tensor | None,
        torque: torch.Tensor | None,
        position: torch.Tensor | None,
        indices: torch.Tensor,
        is_global: bool,
    ) -> None:
        """Apply forces and torques during the next physics step.

        Args:
            force: Forces (N), None for none. Shape is (count, bodies, 3): bodies is 1 for rigid bodies.
            torque: Torques (N m), None for none. Shape is as for forces.
            position: Points of application (m), None for the centre of mass. Shape is as for forces.
            indices: The elements to act on. Shape is (n,).
            is_global: True where force, torque and position are in the world frame, False for the body frame.
        """
        ...


class RigidBodyGroup(BodyGroup, Protocol):
    """A list of rigid bodies; links of articulations are allowed."""


class ArticulationGroup(BodyGroup, Protocol):
    """A list of articulations of the same structure.

    Attributes:
        fixed_base: True where the base is fixed to the world.
        dof_names: Names of the degrees of freedom.
        link_names: Names of the links, base first.
        dof_paths: Prim paths of the joints per element. Outer length is count.
        link_paths: Prim paths of the links per element. Outer length is count.
    """

    fixed_base: bool
    dof_names: list[str]
    link_names: list[str]
    dof_paths: list[list[str]]
    link_paths: list[list[str]]


class ContactGroup(Protocol):
    """Contact forces on a list of sensor bodies, in total and from each of their filter bodies.

    Forces act *on* the sensor body, in the world frame.
    """

    sensor_count: int
    filter_count: int

    def read_net_forces(self, out: torch.Tensor) -> None:
        """Fill ``out`` with the total contact force (N) on each sensor body. Shape is (sensor_count, 3)."""
        ...

    def read_force_matrix(self, out: torch.Tensor) -> None:
        """Fill ``out`` with the force (N) from each filter body. Shape is (sensor_count, filter_count, 3)."""
        ...

    def contact_points(self) -> ContactPoints:
        """The single contact points between sensors and filters, at most ``max_contacts`` of them."""
        ...


@dataclass
class ContactPoints:
    """Contact points sorted by sensor and filter. C is their number.

    Attributes:
        positions: World position (m). Shape is (C, 3).
        normals: Unit normal, pointing to the sensor body, world frame. Shape is (C, 3).
        normal_forces: Force on the sensor body along the normal (N). Shape is (C,).
        friction_forces: Tangential force on the sensor body, world frame (N). Shape is (C, 3).
        separations: Distance, negative where the bodies overlap (m). Shape is (C,).
        counts: Points per sensor and filter. Shape is (sensor_count, filter_count).
        starts: Index of the first point per sensor and filter. Shape is (sensor_count, filter_count).
    """

    positions: torch.Tensor
    normals: torch.Tensor
    normal_forces: torch.Tensor
    friction_forces: torch.Tensor
    separations: torch.Tensor
    counts: torch.Tensor
    starts: torch.Tensor


class Engine(Protocol):
    """A physics engine built from a scene description.

    Attributes:
        device: Device of the state tensors, e.g. "cpu".
        articulation_paths: Prim paths of all articulation roots, world by world, in traversal order within a world.
        rigid_body_paths: Prim paths of all rigid bodies, links included, in the same order.
        static_collider_paths: Prim paths of all colliders without a body, in the same order.
        world_of_path: World index of each of the paths above; -1 for what all worlds share.
        gravity: Gravity of the scene (m/s2). Writable.
    """

    device: str
    articulation_paths: list[str]
    rigid_body_paths: list[str]
    static_collider_paths: list[str]
    world_of_path: dict[str, int]
    gravity: tuple[float, float, float]

    def articulation_group(self, paths: list[str]) -> ArticulationGroup:
        """Group of articulations by root prim path.

        Raises:
            ValueError: If they do not have the same structure.
        """
        ...

    def rigid_body_group(self, paths: list[str]) -> RigidBodyGroup:
        """Group of rigid bodies by prim path."""
        ...

    def contact_group(self, sensor_paths: list[str], filter_paths: list[list[str]], max_contacts: int) -> ContactGroup:
        """Contact sensors.

        Args:
            sensor_paths: Rigid bodies whose contacts are wanted.
            filter_paths: Rigid bodies or static colliders to report one by one, for each sensor; all of one length.
            max_contacts: Capacity for single contact points, 0 if only forces are wanted.
        """
        ...

    def step(self, dt: float) -> None:
        """Advance all worlds by ``dt`` seconds."""
        ...

    def forward(self) -> None:
        """Make link poses and velocities agree with what was written since the last step."""
        ...

    def close(self) -> None:
        """Release the engine's memory and threads. The engine cannot be used afterwards."""
        ...
