# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""What there is to see in an Isaac Lab scene, on Isaac Sim and without it.

Shapes come from the parameters of the parts, not from a stage, and poses from the data of Isaac Lab's assets, so that
pictures need no handle of a simulator.

Example:
    >>> scene = SceneVisuals(env.unwrapped.scene)
    >>> for visual in scene.visuals:
    ...     draw(visual.name, visual.mesh, visual.material)
    >>> poses = scene.poses([0, 1])  # of each body, in the frame of its environment
    >>> pose_in_env_1 = poses[1, scene.bodies.index(visual.body)]
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import trimesh
from isaaclab.assets import Articulation, AssetBaseCfg, RigidObject
from isaaclab.scene import InteractiveScene

from isaaclab_factory.assets import Ground, part_of
from isaaclab_factory.assets.source import TABLE_USD
from isaaclab_factory.geometry import Gear, GearBase, Hole, MetricBolt, MetricNut, Part, Peg, Table

from .franka_visuals import franka_surfaces, real_surfaces_folder
from .surfaces import BLUE_ANODISED, BRASS, FLOOR, STEEL, TABLE_LEGS, TABLE_TOP, Material, box, shaded

log = logging.getLogger(__name__)

FLOOR_SIZE = 12.0
"""Edge of the square that is shown of the infinite ground (m)."""

_PART_MATERIALS: tuple[tuple[type[Part], Material], ...] = (
    (Peg, STEEL),
    (Hole, BLUE_ANODISED),
    (Gear, BRASS),
    (GearBase, BLUE_ANODISED),
    (MetricNut, BRASS),
    (MetricBolt, STEEL),
)
"""Materials by the kind of part: what is put together differs in colour."""


@dataclass(frozen=True)
class Visual:
    """A surface on a body.

    Attributes:
        name: A name that no other surface of the scene has, such as "robot/panda_hand/1".
        body: Name of the body it moves with, one of :attr:`SceneVisuals.bodies`.
        mesh: The surface in the body's frame (m), with its vertices split along sharp edges.
        material: What it looks as if it were made of.
    """

    name: str
    body: str
    mesh: trimesh.Trimesh
    material: Material

    @property
    def color(self) -> tuple[float, float, float, float]:
        """Red, green, blue and opacity, 0 to 1."""
        return self.material.color


class SceneVisuals:
    """Surfaces and poses of everything in a scene whose shape is known.

    What is spawned from a USD file of unknown content is left out, with a warning.

    Attributes:
        visuals: All surfaces, the same in every environment.
        bodies: Names of the bodies that carry them: "robot/panda_hand", "held_asset", "table", ...
        real_robot: Whether the robot has its real surfaces rather than primitives.
    """

    def __init__(self, scene: InteractiveScene) -> None:
        """Args:
        scene: The scene of a running environment.
        """
        self._scene = scene
        folder = real_surfaces_folder()
        self.real_robot = folder is not None
        self._static_poses: dict[str, np.ndarray] = {}
        self.visuals = (
            *self._articulation_visuals(franka_surfaces(folder)),
            *self._rigid_object_visuals(),
            *self._static_visuals(),
        )
        self.bodies = tuple(dict.fromkeys(visual.body for visual in self.visuals))

    def poses(self, env_ids: Sequence[int]) -> np.ndarray:
        """Poses of the bodies at this moment.

        Args:
            env_ids: Indices of environments.

        Returns:
            Position (m) in the frame of the environment, and orientation (w, x, y, z). Shape is
            (len(env_ids), len(bodies), 7).
        """
        ids = list(env_ids)
        origins = self._scene.env_origins[ids].cpu().numpy()
        poses = np.empty((len(ids), len(self.bodies), 7))
        for index, body in enumerate(self.bodies):
            if body in self._static_poses:
                poses[:, index] = self._static_poses[body]
            else:
                poses[:, index] = self._pose_w(body)[ids].cpu().numpy()
                poses[:, index, :3] -= origins
        return poses

    def _pose_w(self, body: str):
        """Pose of a moving body in the world, of all environments."""
        asset_name, _, link = body.partition("/")
        asset = self._scene[asset_name]
        if isinstance(asset, Articulation):
            return asset.data.body_link_pose_w[:, asset.body_names.index(link)]
        return asset.data.root_link_pose_w

    def _articulation_visuals(self, surfaces: dict) -> Iterator[Visual]:
        for name, articulation in self._scene.articulations.items():
            if not any(link in surfaces for link in articulation.body_names):
                log.warning("nothing is shown of '%s': only the Franka's links have surfaces", name)
            for link in articulation.body_names:
                for number, (mesh, material) in enumerate(surfaces.get(link, ())):
                    yield Visual(f"{name}/{link}/{number}", f"{name}/{link}", mesh, material)

    def _rigid_object_visuals(self) -> Iterator[Visual]:
        for name, rigid_object in self._scene.rigid_objects.items():
            part = _known_part(name, rigid_object)
            if part is not None:
                # A gear that only turns on its shaft differs from the one that is put between two such.
                loose_gear = isinstance(part, Gear) and name != "held_asset"
                yield Visual(name, name, _part_mesh(part), STEEL if loose_gear else _part_material(part))

    def _static_visuals(self) -> Iterator[Visual]:
        for name, cfg in vars(self._scene.cfg).items():
            if type(cfg) is not AssetBaseCfg or not hasattr(cfg.spawn, "usd_path"):
                continue
            self._static_poses[name] = np.array([*cfg.init_state.pos, *cfg.init_state.rot])
            if cfg.spawn.usd_path == TABLE_USD:
                # NVIDIA's table has its top at z = 0 too; this one stands for it, turned as it is written here.
                self._static_poses[name][3:] = (1.0, 0.0, 0.0, 0.0)
                model = Table()
            else:
                model = _known_part(name, cfg)
            yield from _static_surfaces(name, model)


def _known_part(name: str, asset: RigidObject | AssetBaseCfg) -> Part | Table | Ground | None:
    try:
        return part_of(asset.cfg if isinstance(asset, RigidObject) else asset)
    except ValueError:
        log.warning("'%s' is not shown: its configuration does not tell its shape", name)
        return None


def _static_surfaces(name: str, model: Part | Table | Ground | None) -> Iterator[Visual]:
    if isinstance(model, Table):
        for number, (center, size) in enumerate(model.boxes()):
            material = TABLE_LEGS if number else TABLE_TOP
            yield Visual(f"{name}/{number}", name, shaded(box(center, size, radius=0.004)), material)
    elif isinstance(model, Ground):
        slab = box((0.0, 0.0, -0.01), (FLOOR_SIZE, FLOOR_SIZE, 0.02))
        yield Visual(name, name, shaded(slab), FLOOR)
    elif isinstance(model, Part):
        yield Visual(name, name, _part_mesh(model), _part_material(model))


def _part_mesh(part: Part) -> trimesh.Trimesh:
    surface = part.mesh()
    return shaded(trimesh.Trimesh(surface.vertices, surface.faces, process=False))


def _part_material(part: Part) -> Material:
    return next((material for kind, material in _PART_MATERIALS if isinstance(part, kind)), BRASS)
