# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Where the prims of a stage are found in a batch of worlds."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch

from ..scene.description import SceneDescription
from .model_builder import is_shared


@dataclass
class Layout:
    """Prim paths of all worlds and what they stand for in the template.

    Attributes:
        scene: The scene.
        offsets: Where the origin of each world stands relative to the template's (m), float64. Shape is
            (num_worlds, 3).
        articulation_paths: Root paths of all articulations, world by world.
        rigid_body_paths: Paths of all rigid bodies, world by world.
        static_collider_paths: Paths of all colliders without a body, world by world.
        world_of_path: World of each of these paths, -1 for what is shared by all worlds.
        template_of_path: The same prim's path in the template.
    """

    scene: SceneDescription
    offsets: torch.Tensor = field(init=False)
    articulation_paths: list[str] = field(init=False)
    rigid_body_paths: list[str] = field(init=False)
    static_collider_paths: list[str] = field(init=False)
    world_of_path: dict[str, int] = field(default_factory=dict)
    template_of_path: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        origins = torch.as_tensor(self.scene.world_origins, dtype=torch.float64)
        self.offsets = origins - origins[0]
        self.articulation_paths = self._spread([a.root_path for a in self.scene.articulations])
        self.rigid_body_paths = self._spread([body.path for body in self.scene.bodies])
        self.static_collider_paths = self._spread([collider.path for collider in self.scene.static_colliders])

    def _spread(self, template_paths: list[str]) -> list[str]:
        """Paths in all worlds; shared prims come first and once."""
        shared = [path for path in template_paths if is_shared(self.scene, path)]
        for path in shared:
            self.world_of_path[path], self.template_of_path[path] = -1, path
        paths = list(shared)
        own = [path for path in template_paths if path not in set(shared)]
        for world in range(self.scene.num_worlds):
            for path in own:
                actual = self.scene.path_in_world(path, world)
                self.world_of_path[actual], self.template_of_path[actual] = world, path
                paths.append(actual)
        return paths

    def locate(self, paths: list[str]) -> tuple[torch.Tensor, list[str]]:
        """World index and template path of each prim. What is shared is looked up in world 0.

        Raises:
            KeyError: If a prim is neither an articulation, a rigid body nor a static collider.
        """
        for path in paths:
            if path not in self.template_of_path:
                raise KeyError(f"{path}: no articulation, rigid body or static collider of the scene")
        worlds = torch.tensor([max(0, self.world_of_path[path]) for path in paths], dtype=torch.long)
        return worlds, [self.template_of_path[path] for path in paths]
