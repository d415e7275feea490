# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configurations of the parts of the assembly tasks, the table and the ground.

The numbers are those of ``contrib/factory/factory_tasks_cfg.py`` and ``factory_env.py`` in Isaac Lab. The reference
wraps single rigid bodies into articulations; here they are rigid objects.
"""

from __future__ import annotations

import isaaclab.sim as sim_utils
from isaaclab.assets import AssetBaseCfg, RigidObjectCfg

from isaaclab_factory.geometry import (
    BOLT_M16,
    GEAR_BASE,
    GEAR_LARGE,
    GEAR_MEDIUM,
    GEAR_SMALL,
    HOLE_8MM,
    NUT_M16,
    PEG_8MM,
    Gear,
    GearBase,
    Hole,
    MetricBolt,
    MetricNut,
    Part,
    Peg,
    Table,
)

from .ground import Ground
from .properties import collision_properties, rigid_body_properties
from .source import FACTORY_DIR, TABLE_USD, resolve_source
from .spawner import GeneratedUsdFileCfg, PartUsdFileCfg

_NVIDIA_FILES = (
    (PEG_8MM, "factory_peg_8mm.usd"),
    (HOLE_8MM, "factory_hole_8mm.usd"),
    (GEAR_SMALL, "factory_gear_small.usd"),
    (GEAR_MEDIUM, "factory_gear_medium.usd"),
    (GEAR_LARGE, "factory_gear_large.usd"),
    (GEAR_BASE, "factory_gear_base.usd"),
    (NUT_M16, "factory_nut_m16.usd"),
    (BOLT_M16, "factory_bolt_m16.usd"),
)
"""The parts of which NVIDIA has a USD file."""

_ON_THE_TABLE = (0.6, 0.0, 0.05)
"""Where the reference puts the fixed parts before the first reset, in m."""


def held_part_cfg(part: Part, source: str | None = None) -> RigidObjectCfg:
    """A part to be held: a free rigid body without gravity, as in the reference.

    Args:
        part: The part.
        source: Where it comes from; see :func:`~isaaclab_factory.assets.resolve_source`. A part that is none of
            Factory's own can only be "generated".

    Returns:
        The configuration, with the prim path ``{ENV_REGEX_NS}/HeldAsset``.

    Raises:
        ValueError: If the source is unknown or not there, or does not have such a part.
    """
    return _rigid_object("HeldAsset", part, source, (0.0, 0.4, 0.1), gravity=False)


def fixed_part_cfg(part: Part, source: str | None = None) -> RigidObjectCfg:
    """A part that stands where it is put: a kinematic rigid body.

    Args:
        part: The part.
        source: See :func:`held_part_cfg`.

    Returns:
        The configuration, with the prim path ``{ENV_REGEX_NS}/FixedAsset``.

    Raises:
        ValueError: As :func:`held_part_cfg`.
    """
    return _rigid_object("FixedAsset", part, source, _ON_THE_TABLE, gravity=True, kinematic=True)


def loose_part_cfg(part: Part, name: str, source: str | None = None) -> RigidObjectCfg:
    """A further part, such as a gear on its shaft: a free rigid body with gravity.

    Args:
        part: The part.
        name: Name of its prim.
        source: See :func:`held_part_cfg`.

    Returns:
        The configuration, with the prim path ``{ENV_REGEX_NS}/<name>``.

    Raises:
        ValueError: As :func:`held_part_cfg`.
    """
    return _rigid_object(name, part, source, _ON_THE_TABLE, gravity=True)


def peg_cfg(peg: Peg | None = None, source: str | None = None) -> RigidObjectCfg:
    """A peg to be held, Factory's if none is given; see :func:`held_part_cfg`."""
    return held_part_cfg(peg or PEG_8MM, source)


def hole_cfg(hole: Hole | None = None, source: str | None = None) -> RigidObjectCfg:
    """A block with a hole, Factory's if none is given; see :func:`fixed_part_cfg`."""
    return fixed_part_cfg(hole or HOLE_8MM, source)


def gear_cfg(gear: Gear | None = None, source: str | None = None) -> RigidObjectCfg:
    """A gear to be held, Factory's medium one if none is given; see :func:`held_part_cfg`."""
    return held_part_cfg(gear or GEAR_MEDIUM, source)


def small_gear_cfg(gear: Gear | None = None, source: str | None = None) -> RigidObjectCfg:
    """A gear that turns on the base, Factory's small one if none is given, at ``{ENV_REGEX_NS}/SmallGearAsset``."""
    return loose_part_cfg(gear or GEAR_SMALL, "SmallGearAsset", source)


def large_gear_cfg(gear: Gear | None = None, source: str | None = None) -> RigidObjectCfg:
    """A gear that turns on the base, Factory's large one if none is given, at ``{ENV_REGEX_NS}/LargeGearAsset``."""
    return loose_part_cfg(gear or GEAR_LARGE, "LargeGearAsset", source)


def gear_base_cfg(base: GearBase | None = None, source: str | None = None) -> RigidObjectCfg:
    """A base of gears, Factory's if none is given; see :func:`fixed_part_cfg`."""
    return fixed_part_cfg(base or GEAR_BASE, source)


def nut_cfg(nut: MetricNut | None = None, source: str | None = None) -> RigidObjectCfg:
    """A nut to be held, Factory's if none is given; see :func:`held_part_cfg`."""
    return held_part_cfg(nut or NUT_M16, source)


def bolt_cfg(bolt: MetricBolt | None = None, source: str | None = None) -> RigidObjectCfg:
    """A bolt, Factory's if none is given; see :func:`fixed_part_cfg`."""
    return fixed_part_cfg(bolt or BOLT_M16, source)


def table_cfg(table: Table | None = None, source: str | None = None) -> AssetBaseCfg:
    """A static table with its top surface at z = 0.

    Args:
        table: The table's parameters. Defaults to None, the default table.
        source: Where it comes from; see :func:`~isaaclab_factory.assets.resolve_source`. A table of its own parameters
            can only be "generated".

    Returns:
        The configuration, with the prim path ``{ENV_REGEX_NS}/Table``.

    Raises:
        ValueError: If the source is unknown or not there, or does not have such a table.
    """
    if _comes_from_nvidia("Table", source, has_file=table is None):
        # NVIDIA's table is long in y; the reference turns it.
        half_turn = 0.70711
        init_state = AssetBaseCfg.InitialStateCfg(pos=(0.55, 0.0, 0.0), rot=(0.0, 0.0, half_turn, half_turn))
        spawn = sim_utils.UsdFileCfg(usd_path=TABLE_USD)
    else:
        init_state = AssetBaseCfg.InitialStateCfg(pos=(0.45, 0.0, 0.0))
        spawn = GeneratedUsdFileCfg(part=table or Table())
    return AssetBaseCfg(prim_path="{ENV_REGEX_NS}/Table", spawn=spawn, init_state=init_state)


def ground_cfg() -> AssetBaseCfg:
    """A static plane under the tables of all environments, with the prim path ``/World/ground``."""
    return AssetBaseCfg(
        prim_path="/World/ground",
        spawn=GeneratedUsdFileCfg(part=Ground()),
        init_state=AssetBaseCfg.InitialStateCfg(pos=(0.0, 0.0, -Table().height)),
    )


def _comes_from_nvidia(kind: str, source: str | None, has_file: bool) -> bool:
    """Whether to take NVIDIA's file. What NVIDIA has no file of is generated."""
    if has_file:
        return resolve_source(source) == "nucleus"
    if source == "nucleus":
        raise ValueError(f"NVIDIA's assets have no {kind} of other parameters; choose 'generated'.")
    return False


def _rigid_object(
    name: str,
    part: Part,
    source: str | None,
    pos: tuple[float, float, float],
    gravity: bool,
    kinematic: bool = False,
) -> RigidObjectCfg:
    options = {
        "part": part,
        "activate_contact_sensors": True,
        "rigid_props": rigid_body_properties(gravity, kinematic),
        "collision_props": collision_properties(),
    }
    file = next((file for known, file in _NVIDIA_FILES if known == part), None)
    if _comes_from_nvidia(type(part).__name__, source, has_file=file is not None):
        spawn = PartUsdFileCfg(
            usd_path=f"{FACTORY_DIR}/{file}",
            # NVIDIA's parts are articulations of one link, which a rigid object refuses.
            articulation_props=sim_utils.ArticulationRootPropertiesCfg(articulation_enabled=False),
            mass_props=sim_utils.MassCfg(mass=part.mass),
            **options,
        )
    else:
        spawn = GeneratedUsdFileCfg(**options)
    init_state = RigidObjectCfg.InitialStateCfg(pos=pos)
    return RigidObjectCfg(prim_path=f"{{ENV_REGEX_NS}}/{name}", spawn=spawn, init_state=init_state)
