# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Friction and restitution of colliders, with PhysX's rules for combining the materials of two colliders.

MuJoCo takes the larger friction of two geoms. Where the combine mode of their materials gives another value, a geom
that has the same value with all it can touch gets priority over them and carries it. Where the values differ from
partner to partner, the two geoms become an explicit contact pair; pairs are slow, since MuJoCo's tree of boxes leaves
them out.
"""

from __future__ import annotations

import logging

import mujoco
import numpy as np
import torch

from ..scene.description import SceneDescription
from .collision_filter import list_colliders
from .geoms import contact_solref
from .settings import Settings
from .simulation import Simulation

logger = logging.getLogger("isaaclab_factory.kitless")

COMBINE_MODES = ("average", "min", "multiply", "max")
"""Combine modes; of two different ones the later rules (PhysX: PxCombineMode)."""


class Materials:
    """Materials of all geoms in all worlds.

    Args:
        sim: The batch.
        scene: The scene that its model was built from.
        settings: Contact settings.

    Attributes:
        values: Static friction, dynamic friction, restitution. Shape is (num_worlds, num_geoms, 3).
        contact_offsets: PhysX contact offset (m), reported only: MuJoCo needs none. Shape is (num_worlds, num_geoms).
        rest_offsets: PhysX rest offset (m), reported only. Shape is (num_worlds, num_geoms).
    """

    def __init__(self, sim: Simulation, scene: SceneDescription, settings: Settings):
        self.sim, self._settings = sim, settings
        model = sim.model
        colliders = [owner.collider for owner in list_colliders(scene)]
        ids = [model.geom(collider.path).id for collider in colliders]
        values = torch.zeros(model.ngeom, 3)
        offsets = torch.zeros(model.ngeom, 2)
        self._modes = np.zeros((model.ngeom, 2), dtype=int)
        for geom, collider in zip(ids, colliders, strict=True):
            material = collider.material
            values[geom] = torch.tensor(
                [material.static_friction, material.dynamic_friction, material.restitution], dtype=torch.float32
            )
            offsets[geom, 0] = collider.contact_offset or 0.0
            offsets[geom, 1] = collider.rest_offset or 0.0
            modes = (material.friction_combine_mode, material.restitution_combine_mode)
            self._modes[geom] = [COMBINE_MODES.index(mode) for mode in modes]
        self.values = values.repeat(sim.num_worlds, 1, 1)
        self.contact_offsets = offsets[:, 0].repeat(sim.num_worlds, 1)
        self.rest_offsets = offsets[:, 1].repeat(sim.num_worlds, 1)
        self._candidates = _possible_pairs(model)
        self._pairs = np.zeros((0, 2), dtype=int)
        self._has_priority = torch.zeros(model.ngeom, dtype=torch.bool)
        self._priority_friction = self.values[..., 1].clone()
        self.apply(torch.arange(sim.num_worlds))

    def write(self, worlds: torch.Tensor, geoms: torch.Tensor, values: torch.Tensor) -> None:
        """Set the materials of some geoms. Shapes are (n,), (n,) and (n, 3)."""
        self.values[worlds, geoms] = values.to(torch.float32)
        self.apply(torch.unique(worlds))

    def apply(self, worlds: torch.Tensor) -> None:
        """Hand the materials of some worlds to the model."""
        self._give_priority(worlds)
        self._add_missing_pairs(worlds)
        friction = torch.where(self._has_priority, self._priority_friction, self.values[..., 1]).to(torch.float64)
        self.sim.parameter("geom_friction")[worlds, :, 0] = friction[worlds]
        if len(self._pairs):
            combined = self._combined(worlds, self._pairs)
            self.sim.parameter("pair_friction")[worlds, :, :2] = combined[..., :1].to(torch.float64)
            self.sim.parameter("pair_solref")[worlds] = self._solref(combined[..., 1])
        self.sim.touch_parameters(worlds, constants=False)

    def _give_priority(self, worlds: torch.Tensor) -> None:
        """Let geoms carry the combined friction that they have with everything, where MuJoCo would get it wrong."""
        combined = self._combined(worlds, self._candidates)
        wrong = self._wrong(worlds, combined)
        shape = (len(worlds), self.sim.model.ngeom)
        lowest, highest = torch.full(shape, torch.inf), torch.full(shape, -torch.inf)
        bounces, concerned = torch.zeros(shape), torch.zeros(shape)
        for side in (0, 1):
            geoms = torch.from_numpy(self._candidates[:, side]).expand(len(worlds), -1)
            lowest.scatter_reduce_(1, geoms, combined[..., 0], "amin")
            highest.scatter_reduce_(1, geoms, combined[..., 0], "amax")
            bounces.scatter_reduce_(1, geoms, combined[..., 1], "amax")
            concerned.scatter_reduce_(1, geoms, wrong.float(), "amax")
        uniform = ((highest - lowest <= 1e-6) & (bounces == 0.0)).all(dim=0)
        if len(worlds) == self.sim.num_worlds:
            has_priority = uniform & (concerned > 0.0).any(dim=0)
        else:
            has_priority = uniform & self._has_priority
        self._priority_friction[worlds] = highest
        if torch.equal(has_priority, self._has_priority):
            return
        self._has_priority = has_priority
        for geom, priority in enumerate(has_priority.tolist()):
            self.sim.spec.geom(self.sim.model.geom(geom).name).priority = int(priority)
        self.sim.rebuild()

    def _wrong(self, worlds: torch.Tensor, combined: torch.Tensor) -> torch.Tensor:
        """Whether MuJoCo's own rule misses the combined material of each candidate. Shape is (len(worlds), P)."""
        first, second = (self.values[worlds][:, self._candidates[:, side], 1] for side in (0, 1))
        return ((combined[..., 0] - torch.maximum(first, second)).abs() > 1e-6) | (combined[..., 1] > 0.0)

    def _add_missing_pairs(self, worlds: torch.Tensor) -> None:
        """Make explicit pairs of the geoms whose combined material MuJoCo would get wrong."""
        wrong = self._wrong(worlds, self._combined(worlds, self._candidates)).any(dim=0).numpy()
        needed = self._candidates[wrong & ~self._has_priority.numpy()[self._candidates].any(axis=1)]
        known = {tuple(pair) for pair in self._pairs}
        missing = [pair for pair in needed if tuple(pair) not in known]
        if not missing:
            return
        for first_geom, second_geom in missing:
            self._add_pair(int(first_geom), int(second_geom))
        self._pairs = np.concatenate((self._pairs, np.array(missing)))
        self.sim.drop_parameter("pair_friction")
        self.sim.drop_parameter("pair_solref")
        self.sim.rebuild()
        order = [self.sim.model.pair(_pair_name(*pair)).id for pair in self._pairs]
        self._pairs = self._pairs[np.argsort(order)]
        if len(missing) < len(self._pairs) or self.sim.num_worlds > len(worlds):
            self.apply(torch.arange(self.sim.num_worlds))

    def _add_pair(self, first: int, second: int) -> None:
        model, settings = self.sim.model, self._settings
        self.sim.spec.add_pair(
            name=_pair_name(first, second),
            geomname1=model.geom(first).name,
            geomname2=model.geom(second).name,
            condim=3,
            friction=[0.5, 0.5, settings.torsional_friction, settings.rolling_friction, settings.rolling_friction],
            solref=[settings.contact_time_constant * model.opt.timestep, 1.0],
            solimp=[*settings.contact_impedance, 0.5, 2.0],
            gap=model.geom_gap[first] + model.geom_gap[second],
        )

    def _combined(self, worlds: torch.Tensor, pairs: np.ndarray) -> torch.Tensor:
        """Dynamic friction and restitution of geom pairs. Shape is (len(worlds), P, 2)."""
        values = self.values[worlds][..., 1:]
        first, second = values[:, pairs[:, 0]], values[:, pairs[:, 1]]
        modes = torch.from_numpy(np.maximum(self._modes[pairs[:, 0]], self._modes[pairs[:, 1]]))
        options = ((first + second) / 2, torch.minimum(first, second), first * second, torch.maximum(first, second))
        combined = torch.stack(options)
        return torch.gather(combined, 0, modes.expand(len(values), -1, -1)[None])[0]

    def _solref(self, restitution: torch.Tensor) -> torch.Tensor:
        time_constant = self._settings.contact_time_constant * self.sim.model.opt.timestep
        levels, inverse = torch.unique(restitution, return_inverse=True)
        table = [contact_solref(float(level), time_constant) for level in levels]
        return torch.tensor(table, dtype=torch.float64)[inverse]


def _pair_name(first: int, second: int) -> str:
    return f"pair {first} {second}"


def _possible_pairs(model: mujoco.MjModel) -> np.ndarray:
    """Pairs of geoms of different bodies that the contact masks and exclusions let collide. Shape is (P, 2)."""
    first, second = np.triu_indices(model.ngeom, k=1)
    kind, affinity, body = model.geom_contype, model.geom_conaffinity, model.geom_bodyid
    keep = ((kind[first] & affinity[second]) | (kind[second] & affinity[first])) != 0
    low, high = np.minimum(body[first], body[second]), np.maximum(body[first], body[second])
    signature = (low << 16) + high
    keep &= (low != high) & ~np.isin(signature, model.exclude_signature)
    return np.stack((first[keep], second[keep]), axis=1)
