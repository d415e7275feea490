# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What lies under the assets of a still world: tables that answer like Newton's selection of bodies.

Isaac Lab has such tables for its own tests. Here they are filled with the numbers of a part or of the Franka.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from isaaclab.utils.math import quat_from_matrix
from isaaclab.utils.warp import ProxyArray
from isaaclab_newton.test.fixtures import MockNewtonArticulationView

from isaaclab_factory.assets import Franka
from isaaclab_factory.assets.franka_model import Inertial, links

from .link_tree import Configuration, LinkTree

FRICTION = "shape_material_mu"
"""Newton's name of the coefficients of friction."""

RESTITUTION = "shape_material_restitution"
"""Newton's name of the coefficients of restitution."""


class StillView(MockNewtonArticulationView):
    """Tables with one row per environment."""

    is_floating_base = True
    """Whether the root moves freely."""

    def __init__(self, num_envs: int, body_names: Sequence[str], joint_names: Sequence[str], num_shapes: Sequence[int]):
        """Make the tables, filled with zeros.

        Args:
            num_envs: Number of environments.
            body_names: Names of the bodies.
            joint_names: Names of the joints.
            num_shapes: Number of colliders of each body.
        """
        super().__init__(
            num_instances=num_envs,
            num_bodies=len(body_names),
            num_joints=len(joint_names),
            device="cpu",
            body_names=list(body_names),
            joint_names=list(joint_names),
        )
        shapes = iter(range(sum(num_shapes)))
        self.body_shapes = [[next(shapes) for _ in range(number)] for number in num_shapes]
        # Isaac Lab's tables know bodies and joints: a column of numbers for each shape is made like one for each body
        self._shape_tables = {
            name: MockNewtonArticulationView(num_envs, sum(num_shapes), device="cpu").get_attribute("body_mass", None)
            for name in (FRICTION, RESTITUTION)
        }

    def get_attribute(self, name: str, source: Any) -> Any:
        """A table by Newton's name of it. Shape is (num_envs, 1, columns)."""
        return self._shape_tables[name] if name in self._shape_tables else super().get_attribute(name, source)

    def table(self, name: str) -> torch.Tensor:
        """A table as a tensor to read and write. Shape is (num_envs, columns) or (num_envs, columns, ...)."""
        return ProxyArray(self.get_attribute(name, None)).torch[:, 0]

    @property
    def root_pose(self) -> torch.Tensor:
        """Positions in m and orientations (x, y, z, w) of the root, world frame. Shape is (num_envs, 7)."""
        return ProxyArray(self.get_root_transforms(None)).torch[:, 0]

    @property
    def link_pose(self) -> torch.Tensor:
        """Positions in m and orientations (x, y, z, w) of the bodies, world frame. Shape is (num_envs, bodies, 7)."""
        return ProxyArray(self.get_link_transforms(None)).torch[:, 0]

    @property
    def link_vel(self) -> torch.Tensor:
        """Velocities of the centres of mass in m/s and rad/s, world frame. Shape is (num_envs, bodies, 6)."""
        return ProxyArray(self.get_link_velocities(None)).torch[:, 0]

    @property
    def joint_pos(self) -> torch.Tensor:
        """Joint positions in rad or m. Shape is (num_envs, joints)."""
        return ProxyArray(self.get_dof_positions(None)).torch[:, 0]

    @property
    def joint_vel(self) -> torch.Tensor:
        """Joint velocities in rad/s or m/s. Shape is (num_envs, joints)."""
        return ProxyArray(self.get_dof_velocities(None)).torch[:, 0]

    def set_inertial(self, masses: torch.Tensor, coms: torch.Tensor, inertias: torch.Tensor) -> None:
        """Fill in what the bodies weigh, the same in each environment.

        Args:
            masses: Masses in kg. Shape is (bodies,).
            coms: Centres of mass in the bodies' frames in m. Shape is (bodies, 3).
            inertias: Inertias about the centres of mass in the axes of the bodies in kg m^2. Shape is (bodies, 3, 3).
        """
        self.table("body_mass")[:] = masses
        self.table("body_inv_mass")[:] = 1.0 / masses
        self.table("body_com")[:] = coms
        self.table("body_inertia")[:] = inertias
        self.table("body_inv_inertia")[:] = torch.linalg.inv_ex(inertias).inverse


class FreePartView(StillView):
    """One free rigid body in each environment."""

    def __init__(self, num_envs: int, body_name: str):
        """Make the tables.

        Args:
            num_envs: Number of environments.
            body_name: Name of the body.
        """
        super().__init__(num_envs, [body_name], joint_names=(), num_shapes=[1])

    def get_link_transforms(self, state: Any) -> Any:
        """Poses of the body, in the same memory as those of the root. Shape is (num_envs, 1, 1)."""
        return self.get_root_transforms(state).reshape((self.count, 1, 1))

    def get_link_velocities(self, state: Any) -> Any:
        """Velocities of the body, in the same memory as those of the root. Shape is (num_envs, 1, 1)."""
        return self.get_root_velocities(state).reshape((self.count, 1, 1))


class FixedBaseView(StillView):
    """Bodies that hang on a base, which is where it is written."""

    is_floating_base = False
    is_fixed_base = True
    root_joint_type = None
    """Newton's type of the base's joint. Isaac Lab only asks whether it is a free one."""

    def get_root_velocities(self, state: Any) -> Any:
        """Velocities of the base: zero. Shape is (num_envs, 1, 1)."""
        return super().get_root_velocities(state).reshape((self.count, 1, 1))

    def forward(self) -> None:
        """Let the bodies follow the base: all are at its pose, at rest."""
        self.link_pose[:] = self.root_pose[:, None]


class FixedPartView(FixedBaseView):
    """One fixed part in each environment, with the two links that it has in its USD file."""

    FRAME_MASS = 0.001
    FRAME_INERTIA = 1e-7

    def __init__(self, num_envs: int):
        """Make the tables.

        Args:
            num_envs: Number of environments.
        """
        super().__init__(num_envs, ["part", "frame"], joint_names=(), num_shapes=[1, 0])

    def set_inertial(self, masses: torch.Tensor, coms: torch.Tensor, inertias: torch.Tensor) -> None:
        """Fill in what the part weighs; see :meth:`StillView.set_inertial`. The frame has next to no mass."""
        super().set_inertial(
            torch.cat((masses, torch.tensor([self.FRAME_MASS]))),
            torch.cat((coms, torch.zeros(1, 3))),
            torch.cat((inertias, self.FRAME_INERTIA * torch.eye(3)[None])),
        )


class FrankaView(FixedBaseView):
    """One Franka with its hand in each environment, with the kinematics, masses and limits of the generated robot."""

    def __init__(self, num_envs: int, franka: Franka):
        """Fill the tables: all joint positions zero, at rest.

        Args:
            num_envs: Number of environments.
            franka: The robot.
        """
        carried = links(franka.force_sensor)
        self._tree = LinkTree(carried)
        self._configuration: Configuration | None = None
        super().__init__(
            num_envs, self._tree.link_names, self._tree.joint_names, [len(link.colliders) for link in carried]
        )
        bodies = [link.inertial for link in carried]
        self.set_inertial(
            torch.tensor([body.mass for body in bodies]),
            torch.tensor([body.com for body in bodies]),
            torch.stack([_inertia(body) for body in bodies]),
        )
        joints = [link.joint for link in carried if link.joint is not None and link.joint.type != "fixed"]
        columns = {
            "joint_limit_lower": [joint.lower for joint in joints],
            "joint_limit_upper": [joint.upper for joint in joints],
            "joint_velocity_limit": [joint.velocity for joint in joints],
            "joint_effort_limit": [joint.effort for joint in joints],
            "joint_target_ke": [joint.stiffness for joint in joints],
            "joint_target_kd": [joint.damping for joint in joints],
            "joint_armature": [franka.finger_armature if joint.type == "prismatic" else 0.0 for joint in joints],
            FRICTION: [franka.friction],
        }
        for name, values in columns.items():
            self.table(name)[:] = torch.tensor(values)

    def forward(self) -> None:
        """Let the links follow the base and the joints."""
        self._configuration = self._tree.forward(self.root_pose, self.joint_pos)
        links = self._configuration.links
        poses = torch.cat((links[..., :3, 3], quat_from_matrix(links[..., :3, :3])), dim=-1)
        velocities = (self._link_jacobians() @ self.joint_vel.double()[:, None, :, None]).squeeze(-1)
        self.link_pose[:], self.link_vel[:] = poses.float(), velocities.float()

    def eval_jacobian(self, state: Any, J: Any, joint_S_s: Any) -> None:
        """Write the Jacobians about the links' centres of mass. Shape is (num_envs, 6 links, joints)."""
        ProxyArray(J).torch[:] = self._link_jacobians().flatten(1, 2).float()

    def eval_mass_matrix(self, state: Any, H: Any, J: Any, body_I_s: Any, joint_S_s: Any) -> None:
        """Write the joint-space mass matrices with armature. Shape is (num_envs, joints, joints)."""
        masses, coms, inertias = (self.table(name).double() for name in ("body_mass", "body_com", "body_inertia"))
        matrix = self._tree.mass_matrix(self._configuration, masses, coms, inertias)
        ProxyArray(H).torch[:] = (matrix + torch.diag_embed(self.table("joint_armature").double())).float()

    def _link_jacobians(self) -> torch.Tensor:
        return self._tree.jacobians(self._configuration, self.table("body_com").double())


def _inertia(body: Inertial) -> torch.Tensor:
    """An inertia tensor. Shape is (3, 3)."""
    xx, yy, zz, xy, xz, yz = body.inertia
    return torch.tensor([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])
