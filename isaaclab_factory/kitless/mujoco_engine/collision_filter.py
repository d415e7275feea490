# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Which colliders may touch each other, as the 32-bit masks of MuJoCo.

MuJoCo lets two geoms collide if ``contype`` of one shares a bit with ``conaffinity`` of the other. Colliders that
may touch the same others form a class; every class gets one bit. A scene with more classes than bits, such as one world
with many robots, excludes pairs of bodies instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..scene.description import Collider, SceneDescription

MAX_CLASSES = 31
"""Bits of a mask that can be used as classes."""


@dataclass(frozen=True)
class ColliderOwner:
    """A collider and what it belongs to.

    Attributes:
        collider: The collider.
        body_path: Path of its body, None for a static collider.
        articulation: Index of the articulation without self collisions that its body is a link of, -1 for none.
        movable: False for static colliders and kinematic bodies.
    """

    collider: Collider
    body_path: str | None
    articulation: int
    movable: bool


def list_colliders(scene: SceneDescription) -> list[ColliderOwner]:
    """All colliders of the template world: static ones first, then body by body."""
    articulation_of = {}
    for index, articulation in enumerate(scene.articulations):
        if not articulation.self_collisions:
            articulation_of.update(dict.fromkeys(articulation.links, index))
    owners = [ColliderOwner(collider, None, -1, False) for collider in scene.static_colliders]
    for body in scene.bodies:
        index = articulation_of.get(body.path, -1)
        owners += [ColliderOwner(collider, body.path, index, not body.kinematic) for collider in body.colliders]
    return owners


def allowed_contacts(scene: SceneDescription, owners: list[ColliderOwner]) -> np.ndarray:
    """Matrix that is True where two colliders may touch. Shape is (C, C)."""
    articulation = np.array([owner.articulation for owner in owners])
    movable = np.array([owner.movable for owner in owners], dtype=bool)
    allowed = movable[:, None] | movable[None, :]
    allowed &= (articulation[:, None] != articulation[None, :]) | (articulation[:, None] < 0)
    groups = [owner.collider.collision_group for owner in owners]
    for group, others in scene.collision_group_filters.items():
        first = np.array([g == group for g in groups], dtype=bool)
        second = np.array([g in others for g in groups], dtype=bool)
        allowed &= ~(first[:, None] & second[None, :]) & ~(second[:, None] & first[None, :])
    _apply_filtered_pairs(scene, owners, allowed)
    return allowed


def _apply_filtered_pairs(scene: SceneDescription, owners: list[ColliderOwner], allowed: np.ndarray) -> None:
    """Forbid the pairs that ``FilteredPairsAPI`` names on colliders, bodies or their ancestors."""
    body_filters = {body.path: body.filtered_paths for body in scene.bodies if body.filtered_paths}
    paths = [owner.collider.path for owner in owners]
    for i, owner in enumerate(owners):
        for filtered in owner.collider.filtered_paths + body_filters.get(owner.body_path, ()):
            for j, path in enumerate(paths):
                if path == filtered or path.startswith(filtered + "/"):
                    allowed[i, j] = allowed[j, i] = False


def contact_masks(allowed: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """``contype`` and ``conaffinity`` of each collider, shapes (C,); None if the masks have too few bits."""
    _, first, label = np.unique(allowed, axis=0, return_index=True, return_inverse=True)
    if len(first) > MAX_CLASSES:
        return None
    label = label.reshape(-1)
    bits = 1 << np.arange(len(first))
    affinity = (allowed[np.ix_(first, first)] * bits[None, :]).sum(axis=1)
    return bits[label], affinity[label]


def forbidden_body_pairs(owners: list[ColliderOwner], allowed: np.ndarray) -> list[tuple[str, str]]:
    """Pairs of bodies that must not touch, for a scene whose filters do not fit into masks.

    Static colliders are left out: among themselves they never collide.

    Raises:
        ValueError: If two bodies may touch with some of their colliders only.
    """
    bodies = list(dict.fromkeys(owner.body_path for owner in owners if owner.body_path is not None))
    membership = np.array([[owner.body_path == path for owner in owners] for path in bodies], dtype=float)
    possible = membership @ np.ones_like(allowed, dtype=float) @ membership.T
    permitted = membership @ allowed.astype(float) @ membership.T
    pairs = []
    for i, j in zip(*np.nonzero(np.triu(permitted < possible, k=1)), strict=True):
        if permitted[i, j] > 0.0:
            raise ValueError(
                f"{bodies[i]} and {bodies[j]}: filters that let some of their colliders touch do not fit into the"
                f" {MAX_CLASSES} contact classes of MuJoCo"
            )
        pairs.append((bodies[i], bodies[j]))
    return pairs
