# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The kinematic engine."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import torch

from ..scene.description import SceneDescription
from .groups import ArticulationGroup, ContactGroup, RigidBodyGroup
from .state import TreeState

logger = logging.getLogger("isaaclab_factory.kitless")


@dataclass(frozen=True)
class Place:
    """Where a prim is found in the engine: a link of a tree of the template, in a world."""

    tree: int
    link: int
    world: int


class KinematicEngine:
    """Moves bodies without dynamics; see :class:`isaaclab_factory.kitless.engine.Engine`.

    In a step a joint with a position gain goes to its target, one with a velocity gain only moves at its target
    velocity, any other one keeps its velocity; limits of position and velocity hold. Free bodies and floating bases
    keep their velocity. Gravity, forces and contacts do nothing.

    Args:
        scene: The scene.
        device: Torch device of the state.

    Attributes:
        scene: The scene.
        states: State of each tree: of the articulations first, then of the other bodies, in the order of the scene.
        device: Torch device of the state.
        gravity: Gravity (m/s2); only asked for by gravity compensation.
        articulation_paths: Root paths of all articulations, world by world.
        rigid_body_paths: Paths of all bodies, world by world.
        static_collider_paths: Paths of all colliders without a body, world by world.
        world_of_path: World of each of these paths, -1 for what all worlds share.
    """

    def __init__(self, scene: SceneDescription, device: str = "cpu") -> None:
        self.scene, self.device = scene, device
        self.gravity = tuple(float(component) for component in scene.gravity)
        origins = torch.as_tensor(scene.world_origins, dtype=torch.float64)
        bodies = {body.path: body for body in scene.bodies}
        joints = {joint.path: joint for joint in scene.joints}
        linked = {link for articulation in scene.articulations for link in articulation.links}
        self._places: dict[str, Place] = {}
        self.world_of_path: dict[str, int] = {}
        self.states: list[TreeState] = []
        trees = [(articulation, articulation.links) for articulation in scene.articulations]
        trees += [(None, [path]) for path in bodies if path not in linked]
        for articulation, links in trees:
            # what stands outside the worlds does not move with them
            offsets = (origins - origins[0]) * float(self._is_in_world(links[0]))
            self.states.append(TreeState([bodies[path] for path in links], articulation, joints, offsets, device))
            self._add_places(articulation.root_path if articulation else None, links)
        self.articulation_paths = self._spread([articulation.root_path for articulation in scene.articulations])
        self.rigid_body_paths = self._spread(list(bodies))
        self.static_collider_paths = self._spread([collider.path for collider in scene.static_colliders])
        held = {path for articulation in scene.articulations for path in articulation.incoming_joints}
        for path in joints.keys() - held:
            logger.warning("%s: a joint outside articulations holds nothing in the kinematic engine", path)

    def _is_in_world(self, path: str) -> bool:
        return self.scene.num_worlds == 1 or self.scene.path_in_world(path, 1) != path

    def _add_places(self, root: str | None, links: list[str]) -> None:
        tree = len(self.states) - 1
        for world in range(self.scene.num_worlds):
            for link, path in enumerate(links):
                self._places.setdefault(self.scene.path_in_world(path, world), Place(tree, link, world))
            if root is not None:
                self._places.setdefault(self.scene.path_in_world(root, world), Place(tree, 0, world))

    def _spread(self, paths: list[str]) -> list[str]:
        """Paths in all worlds; what all worlds share comes first and once."""
        shared = [path for path in paths if not self._is_in_world(path)]
        own = [path for path in paths if self._is_in_world(path)]
        self.world_of_path |= dict.fromkeys(shared, -1)
        for world in range(self.scene.num_worlds):
            here = [self.scene.path_in_world(path, world) for path in own]
            self.world_of_path |= dict.fromkeys(here, world)
            shared += here
        return shared

    def place(self, path: str) -> Place:
        """Where a body or the root of an articulation is found.

        Raises:
            KeyError: If there is no such prim.
        """
        if path not in self._places:
            raise KeyError(f"{path}: no articulation or rigid body of the scene")
        return self._places[path]

    def articulation_group(self, paths: list[str]) -> ArticulationGroup:
        """Group of articulations by root prim path."""
        return ArticulationGroup(self, paths)

    def rigid_body_group(self, paths: list[str]) -> RigidBodyGroup:
        """Group of rigid bodies by prim path."""
        return RigidBodyGroup(self, paths)

    def contact_group(self, sensor_paths: list[str], filter_paths: list[list[str]], max_contacts: int) -> ContactGroup:
        """Contact sensors, which feel nothing."""
        return ContactGroup(self, sensor_paths, filter_paths)

    def step(self, dt: float) -> None:
        """Advance all worlds by ``dt`` seconds."""
        for state in self.states:
            state.step(dt)

    def forward(self) -> None:
        """Link poses always agree with what was written."""

    def close(self) -> None:
        """Nothing to release."""
