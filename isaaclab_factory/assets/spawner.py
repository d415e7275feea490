# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Spawners of a part's USD file: Isaac Lab's own, after the file has been made and the colliders chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING

from isaaclab.assets import AssetBaseCfg
from isaaclab.sim import SimulationContext
from isaaclab.sim.spawners.from_files import UsdFileCfg, spawn_from_usd
from isaaclab.utils import configclass
from pxr import Usd

from isaaclab_factory.geometry import Part

from .generate import Model, usd_file
from .part_usd import COLLIDERS, CONVEX, SDF


def spawn_generated_usd(
    prim_path: str,
    cfg: GeneratedUsdFileCfg,
    translation: tuple[float, float, float] | None = None,
    orientation: tuple[float, float, float, float] | None = None,
    **kwargs,
) -> Usd.Prim:
    """Spawn a model from its USD file, which is generated first when it is not in the cache.

    A part gets the colliders of the physics backend in use: a signed distance field for PhysX, convex pieces for all
    others. ``cfg.variants`` can choose otherwise.

    Args:
        prim_path: Prim path or pattern to spawn at.
        cfg: The spawner's configuration.
        translation: Position with respect to the parent prim (m). Defaults to None, the origin.
        orientation: Orientation (x, y, z, w) with respect to the parent prim. Defaults to None, the identity.
        **kwargs: Passed on to :func:`isaaclab.sim.spawners.from_files.spawn_from_usd`.

    Returns:
        The spawned prim.

    Raises:
        ValueError: If no such part can exist.
        AssetCacheError: If the cache cannot be read or written.
    """
    cfg = cfg.replace(usd_path=str(usd_file(cfg.part, cfg.fixed, cfg.decides_friction)))
    if isinstance(cfg.part, Part) and cfg.variants is None:
        cfg.variants = {COLLIDERS: SDF if uses_physx() else CONVEX}
    return spawn_from_usd(prim_path, cfg, translation, orientation, **kwargs)


def uses_physx() -> bool:
    """Whether PhysX steps the simulation. Isaac Lab tells its backends apart by their managers' names."""
    sim = SimulationContext.instance()
    return sim is not None and "physx" in sim.physics_manager.__name__.lower()


@configclass
class GeneratedUsdFileCfg(UsdFileCfg):
    """Spawns a part from its parameters. All options of :class:`isaaclab.sim.UsdFileCfg` hold for it too."""

    func: Callable = spawn_generated_usd

    part: Model = MISSING
    """Parameters of the part."""

    usd_path: str = ""
    """Not used: the path follows from the part."""

    fixed: bool = False
    """Whether a part is fixed to the world, as an articulation; its root pose can be written all the same."""

    decides_friction: bool = False
    """Whether MuJoCo takes this part's friction where it touches another part, instead of the larger of the two. Needed
    where an event writes frictions below that of the other part."""


@configclass
class PartUsdFileCfg(UsdFileCfg):
    """Spawns a part from an existing USD file."""

    part: Part = MISSING
    """Dimensions of the part in the file, for those who ask with :func:`part_of`. They do not change the file."""


def part_of(cfg: AssetBaseCfg) -> Model:
    """The part that a configuration spawns, with its dimensions.

    Args:
        cfg: Configuration of an asset.

    Returns:
        The part.

    Raises:
        ValueError: If the spawner does not say what part it spawns.
    """
    if isinstance(cfg.spawn, (GeneratedUsdFileCfg, PartUsdFileCfg)):
        return cfg.spawn.part
    raise ValueError(
        f"The dimensions of '{cfg.prim_path}' are not known: its spawner must be a GeneratedUsdFileCfg or a"
        f" PartUsdFileCfg, got {type(cfg.spawn).__name__}."
    )
