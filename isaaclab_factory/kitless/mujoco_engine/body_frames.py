# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Poses and velocities of lists of bodies, read from and written to a batch.

The three kinds differ in where their pose is kept: a free body in the position of its free joint, a body moved by the
user (kinematic, or the root of a fixed-base articulation) in its mocap pose, a link in what follows from its joints.

Poses are (x, y, z, qx, qy, qz, qw) of the body frame in the world frame. Velocities are (linear, angular) in the world
frame, the linear part at the centre of mass. Every list is flat: one body per row.
"""

from __future__ import annotations

import torch

from .quaternions import XYZW_FROM_WXYZ, conjugate, multiply, rotate, rotate_inverse
from .simulation import Simulation


class FreeBodies:
    """Bodies on a free joint.

    Args:
        sim: The batch.
        worlds: World of each body. Shape is (B,).
        bodies: MuJoCo body id of each body. Shape is (B,).
        offsets: Where the origin of each body's world stands (m). Shape is (B, 3).
    """

    def __init__(self, sim: Simulation, worlds: torch.Tensor, bodies: torch.Tensor, offsets: torch.Tensor):
        self._sim, self._worlds, self._bodies, self._offsets = sim, worlds, bodies, offsets
        joints = torch.as_tensor(sim.model.body_jntadr)[bodies]
        positions = torch.as_tensor(sim.model.jnt_qposadr)[joints].long()
        velocities = torch.as_tensor(sim.model.jnt_dofadr)[joints].long()
        pose_order = torch.tensor([0, 1, 2] + [3 + i for i in XYZW_FROM_WXYZ])
        self._pose = sim.lasting_index("qpos", worlds[:, None], positions[:, None] + pose_order)
        self._velocity = sim.lasting_index("qvel", worlds[:, None], velocities[:, None] + torch.arange(6))
        self._frame_pos, self._frame_quat = sim.frame_pos[bodies], sim.frame_quat[bodies]
        self._com, self._com_version = None, -1

    def read_pose(self, out: torch.Tensor) -> None:
        """Fill out with the poses. Shape is (B, 7)."""
        pose = self._sim.flat_state[self._pose]
        quat = pose[:, 3:]
        out[:, :3] = pose[:, :3].add_(self._offsets).add_(rotate(quat, self._frame_pos))
        out[:, 3:] = multiply(quat, self._frame_quat)

    def write_pose(self, data: torch.Tensor, rows: torch.Tensor) -> None:
        """Move some bodies; their velocity in the world frame stays. Shape of data is (len(rows), 7)."""
        velocity = self._world_velocity(rows)
        pose = data.to(torch.float64, copy=True)
        pose[:, 3:] = multiply(pose[:, 3:], conjugate(self._frame_quat[rows]))
        pose[:, 3:] /= pose[:, 3:].norm(dim=1, keepdim=True)
        pose[:, :3] -= self._offsets[rows] + rotate(pose[:, 3:], self._frame_pos[rows])
        self._sim.flat_state[self._pose[rows]] = pose
        self.write_velocity(velocity, rows)

    def read_velocity(self, out: torch.Tensor) -> None:
        """Fill out with the velocities. Shape is (B, 6)."""
        out.copy_(self._world_velocity(slice(None)))

    def write_velocity(self, data: torch.Tensor, rows: torch.Tensor) -> None:
        """Set the velocity of some bodies. Shape of data is (len(rows), 6)."""
        data = data.to(torch.float64)
        quat = self._sim.flat_state[self._pose[rows, 3:]]
        arm = rotate(quat, self._centres_of_mass()[rows])
        angular = data[:, 3:]
        linear = data[:, :3] - torch.linalg.cross(angular, arm)
        self._sim.flat_state[self._velocity[rows]] = torch.cat((linear, rotate_inverse(quat, angular)), dim=1)
        self._sim.touch(self._worlds[rows])

    def _world_velocity(self, rows: torch.Tensor | slice) -> torch.Tensor:
        """Velocity in the conventions of this module from that of the free joint.

        MuJoCo gives the linear velocity of the body frame's origin in the world frame and the angular velocity in the
        body frame.
        """
        quat = self._sim.flat_state[self._pose[rows, 3:]]
        velocity = self._sim.flat_state[self._velocity[rows]]
        angular = rotate(quat, velocity[:, 3:])
        linear = velocity[:, :3] + torch.linalg.cross(angular, rotate(quat, self._centres_of_mass()[rows]))
        return torch.cat((linear, angular), dim=1)

    def _centres_of_mass(self) -> torch.Tensor:
        if self._com_version != self._sim.property_version:
            self._com = self._sim.read_parameter("body_ipos")[self._worlds, self._bodies]
            self._com_version = self._sim.property_version
        return self._com


class MocapBodies:
    """Bodies that stand where the user puts them. Arguments are as for :class:`FreeBodies`."""

    def __init__(self, sim: Simulation, worlds: torch.Tensor, bodies: torch.Tensor, offsets: torch.Tensor):
        self._sim, self._worlds, self._offsets = sim, worlds, offsets
        mocap = torch.as_tensor(sim.model.body_mocapid)[bodies].long()
        self._pos = sim.lasting_index("mocap_pos", worlds[:, None], 3 * mocap[:, None] + torch.arange(3))
        self._quat = sim.lasting_index("mocap_quat", worlds[:, None], 4 * mocap[:, None] + torch.tensor(XYZW_FROM_WXYZ))

    @property
    def _pose(self) -> torch.Tensor:
        return torch.cat((self._pos, self._quat), dim=1)

    def read_pose(self, out: torch.Tensor) -> None:
        """Fill out with the poses. Shape is (B, 7)."""
        pose = self._sim.flat_state[self._pose]
        pose[:, :3] += self._offsets
        out.copy_(pose)

    def write_pose(self, data: torch.Tensor, rows: torch.Tensor) -> None:
        """Move some bodies. Shape of data is (len(rows), 7)."""
        pose = data.to(torch.float64, copy=True)
        pose[:, :3] -= self._offsets[rows]
        pose[:, 3:] /= pose[:, 3:].norm(dim=1, keepdim=True)
        self._sim.flat_state[self._pose[rows]] = pose
        self._sim.touch(self._worlds[rows])

    def read_velocity(self, out: torch.Tensor) -> None:
        """Fill out with the velocities: a body that the user moves has none. Shape is (B, 6)."""
        out.zero_()

    def write_velocity(self, data: torch.Tensor, rows: torch.Tensor) -> None:
        """A body that the user moves keeps still whatever velocity it is given, as in PhysX."""


class DerivedBodies:
    """Bodies of any kind, read only. Arguments are as for :class:`FreeBodies`."""

    def __init__(self, sim: Simulation, worlds: torch.Tensor, bodies: torch.Tensor, offsets: torch.Tensor):
        self._sim, self._offsets = sim, offsets
        self._frame_pos, self._frame_quat = sim.frame_pos[bodies], sim.frame_quat[bodies]
        self._is_shifted = bool(self._frame_pos.any()) or bool(self._frame_quat[:, :3].any())
        self._rows = worlds * sim.model.nbody + bodies
        self._roots = worlds * sim.model.nbody + torch.as_tensor(sim.model.body_rootid)[bodies]

    def read_pose(self, out: torch.Tensor) -> None:
        """Fill out with the poses. Shape is (B, 7)."""
        self._sim.refresh()
        position = self._take("xpos", self._rows).add_(self._offsets)
        quat = self._take("xquat", self._rows)
        if self._is_shifted:
            quat = quat[:, XYZW_FROM_WXYZ]
            out[:, :3] = position.add_(rotate(quat, self._frame_pos))
            out[:, 3:] = multiply(quat, self._frame_quat)
            return
        out[:, :3] = position
        out[:, 3:6] = quat[:, 1:]
        out[:, 6] = quat[:, 0]

    def read_velocity(self, out: torch.Tensor) -> None:
        """Fill out with the velocities. Shape is (B, 6)."""
        self._sim.refresh()
        out.copy_(self._velocity(self._sim.derived))

    def centres_of_mass(self) -> torch.Tensor:
        """Positions of the centres of mass in the frame of their own world (m), float64. Shape is (B, 3)."""
        self._sim.refresh()
        return self._take("xipos", self._rows)

    def velocity_before_step(self) -> torch.Tensor:
        """Velocities at the start of the last physics step. Shape is (B, 6)."""
        return self._velocity(self._sim.before_step.__getitem__)

    def _velocity(self, array) -> torch.Tensor:
        """Velocities from MuJoCo's ``cvel``: (angular, linear) at the centre of mass of the body's whole tree."""
        twist = _rows(array("cvel"), self._rows)
        arm = _rows(array("xipos"), self._rows).sub_(_rows(array("subtree_com"), self._roots))
        angular = twist[:, :3]
        linear = twist[:, 3:] + torch.linalg.cross(angular, arm)
        return torch.cat((linear, angular), dim=1)

    def _take(self, name: str, rows: torch.Tensor) -> torch.Tensor:
        return _rows(self._sim.derived(name), rows)


def _rows(array: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
    """Rows of an array (num_worlds, bodies, k) numbered through all worlds. Shape is (len(rows), k)."""
    return array.flatten(0, 1).index_select(0, rows)
