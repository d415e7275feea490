# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What joints transmit between links.

MuJoCo computes the forces between bodies only if a sensor wants them. One is added when they are first asked for, which
makes every step somewhat slower from then on.
"""

from __future__ import annotations

import mujoco
import torch

from ..scene.description import Articulation, Joint
from .quaternions import XYZW_FROM_WXYZ, rotate, rotate_inverse
from .simulation import Simulation

SENSOR = "forces between bodies"


class JointWrenches:
    """Wrenches that the links of articulations put on their parents through the incoming joint.

    Args:
        sim: The batch.
        articulation: One of the articulations, which are all alike.
        joints: Joints of the scene by path.
        worlds: World of each articulation. Shape is (E,).
        links: MuJoCo body ids of the links, base first. Shape is (E, L).
    """

    def __init__(
        self,
        sim: Simulation,
        articulation: Articulation,
        joints: dict[str, Joint],
        worlds: torch.Tensor,
        links: torch.Tensor,
    ):
        model = sim.model
        self._sim = sim
        parents = torch.as_tensor(model.body_parentid).long()[links]
        roots = torch.as_tensor(model.body_rootid).long()[links]
        self._links, self._parents, self._roots = ((worlds[:, None] * model.nbody + x) for x in (links, parents, roots))
        anchors = []
        for link, path in zip(articulation.links, articulation.incoming_joints, strict=True):
            joint = joints.get(path)
            frame = None if joint is None else (joint.child_frame if joint.child == link else joint.parent_frame)
            anchors.append([0.0, 0.0, 0.0] if frame is None else frame.pos.tolist())
        self._anchors = torch.tensor(anchors, dtype=torch.float64)

    def read(self, out: torch.Tensor) -> None:
        """Fill out with (force, torque) in the frame of the parent link, about the joint. Shape is (E, L, 6).

        The sign is that of the load: a hanging link pulls at its parent with its weight. The base is held by the world.
        """
        self._enable()
        wrench = self._take("cfrc_int", self._links)
        position, quat = self._take("xpos", self._links), self._take("xquat", self._links)[..., XYZW_FROM_WXYZ]
        anchor = position + rotate(quat, self._anchors.expand_as(position))
        # MuJoCo gives (torque, force) of the parent on the body, about the centre of mass of the whole tree
        arm = self._take("subtree_com", self._roots) - anchor
        force = -wrench[..., 3:]
        torque = -wrench[..., :3] + torch.linalg.cross(arm, force)
        parent = self._take("xquat", self._parents)[..., XYZW_FROM_WXYZ]
        out[..., :3] = rotate_inverse(parent, force)
        out[..., 3:] = rotate_inverse(parent, torque)

    def _take(self, name: str, rows: torch.Tensor) -> torch.Tensor:
        return self._sim.bound(name).flatten(0, 1)[rows]

    def _enable(self) -> None:
        """Add the sensor, and compute the forces of the present state without changing it."""
        spec = self._sim.spec
        if spec.sensor(SENSOR) is not None:
            return
        spec.bodies[1].add_site(name=SENSOR)
        spec.add_sensor(
            name=SENSOR, type=mujoco.mjtSensor.mjSENS_FORCE, objtype=mujoco.mjtObj.mjOBJ_SITE, objname=SENSOR
        )
        self._sim.rebuild()
        self._sim.bound("cfrc_int")
        self._sim.compute_forces()
