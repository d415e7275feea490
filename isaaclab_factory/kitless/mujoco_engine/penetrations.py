# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""How deep colliders are in one another, for measurements."""

from __future__ import annotations

from dataclasses import dataclass

import mujoco
import numpy as np

from .model_builder import SHARED_BODY
from .simulation import Simulation


@dataclass(frozen=True)
class Penetrations:
    """All contacts of all worlds at one moment. C is their number.

    Attributes:
        depths: How deep the two colliders overlap (m). Shape is (C,).
        worlds: World of each contact. Shape is (C,).
        bodies: The two that touch, as positions in ``names``. Shape is (C, 2).
        names: Prim paths in the template, of bodies and of colliders without a body.
    """

    depths: np.ndarray
    worlds: np.ndarray
    bodies: np.ndarray
    names: list[str]


def read_penetrations(sim: Simulation) -> Penetrations:
    """Reads the contacts in the present state.

    MuJoCo does not hand out the contacts of many worlds at once, so each world's data is copied (some 20 us).

    Args:
        sim: The worlds.
    """
    sim.refresh()
    owners = _owners(sim.model)
    names = sorted(set(owners))
    name_of_geom = np.array([names.index(owner) for owner in owners], dtype=int)
    data = mujoco.MjData(sim.model)
    depths, worlds, bodies = [], [], []
    for world in range(sim.num_worlds):
        contact = sim.batch.get_data(world, data).contact
        depths.append(-contact.dist)
        worlds.append(np.full(len(contact.dist), world))
        bodies.append(name_of_geom[contact.geom])
    return Penetrations(np.concatenate(depths), np.concatenate(worlds), np.concatenate(bodies), names)


def _owners(model: mujoco.MjModel) -> list[str]:
    """Path of the body that each geom belongs to, or of the collider itself where it has no body."""
    bodies = [model.body(body).name for body in model.geom_bodyid]
    without_body = ("world", SHARED_BODY)
    return [model.geom(geom).name if body in without_body else body for geom, body in enumerate(bodies)]
