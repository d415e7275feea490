# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""External forces and torques that act for one physics step."""

from __future__ import annotations

import torch

from .body_frames import DerivedBodies
from .quaternions import rotate
from .simulation import Simulation


class Wrenches:
    """Wrenches on bodies, applied at their centre of mass during the next physics step."""

    def __init__(self, sim: Simulation):
        self._sim = sim
        self._active = False

    def apply(
        self,
        frames: DerivedBodies,
        worlds: torch.Tensor,
        bodies: torch.Tensor,
        offsets: torch.Tensor,
        force: torch.Tensor | None,
        torque: torch.Tensor | None,
        position: torch.Tensor | None,
        rows: torch.Tensor,
        is_global: bool,
    ) -> None:
        """Set the wrench of some bodies of a list; it adds to what other lists applied to the same body.

        Args:
            frames: Reads the poses of the list.
            worlds: World of each body. Shape is (B,).
            bodies: MuJoCo body id of each body. Shape is (B,).
            offsets: World origin of each body (m). Shape is (B, 3).
            force: (N). Shape is (B, 3) or anything that reshapes to it; None for none.
            torque: (N m). As for force.
            position: Points of application (m), None for the centres of mass.
            rows: The bodies to act on. Shape is (n,).
            is_global: True where the vectors and points are in the world frame, False for the body frame.
        """
        zero = torch.zeros(len(rows), 3, dtype=torch.float64)
        force = zero if force is None else force.reshape(-1, 3)[rows].to(torch.float64)
        torque = zero if torque is None else torque.reshape(-1, 3)[rows].to(torch.float64)
        if not is_global or position is not None:
            pose = torch.empty(len(worlds), 7, dtype=torch.float64)
            frames.read_pose(pose)
            pose = pose[rows]
        if not is_global:
            force, torque = rotate(pose[:, 3:], force), rotate(pose[:, 3:], torque)
        if position is not None:
            point = position.reshape(-1, 3)[rows].to(torch.float64)
            if not is_global:
                point = pose[:, :3] + rotate(pose[:, 3:], point)
            arm = point - (frames.centres_of_mass() + offsets)[rows]
            torque = torque + torch.linalg.cross(arm, force)
        index = self._sim.state_index("xfrc_applied", worlds[rows, None], 6 * bodies[rows, None] + torch.arange(6))
        self._sim.flat_state.index_add_(0, index.flatten(), torch.cat((force, torque), dim=1).flatten())
        self._active = True

    def clear(self) -> None:
        """End what acted during the last step."""
        if self._active:
            self._sim.bind("xfrc_applied").zero_()
            self._active = False
