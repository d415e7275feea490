# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configurations of the parts of the assembly tasks, the table and the ground.

The numbers are those of ``direct/factory/factory_tasks_cfg.py`` and ``factory_env.py`` in Isaac Lab. The reference
wraps single rigid bodies into articulations; here they are rigid objects.
"""

from __future__ import annotations

import isaaclab.sim as sim_utils
from isaaclab.assets import AssetBaseCfg, RigidObjectCfg

from isaaclab_factory.geometry import Gear, GearBase, Hole, MetricBolt, MetricNut, Peg, Table

from .generate import Part
from .ground import Ground
from .properties import collision_properties, rigid_body_properties
from .source import FACTORY_DIR, TABLE_USD, resolve_source
from .spawner import GeneratedUsdFileCfg, PartUsdFileCfg

_AssemblyPart = Peg | Hole | Gear | GearBase | MetricNut | MetricBolt

_ON_THE_TABLE = (0.6, 0.0, 0.05)
"""Where the reference puts the fixed parts before the first reset, in m."""


def peg_cfg(peg: Peg | None = None, source: str | None = None) -> RigidObjectCfg:
    """A peg to be held: a free rigid body without gravity, as in the reference.

    Args:
        peg: The peg's parameters. Defaults to None, the 8 mm peg.
        source: Where it comes from; see :func:`~isaaclab_factory.assets.resolve_source`. With a peg of its own
            parameters this can only be "generated".

    Returns:
        The configuration, with the prim path ``{ENV_REGEX_NS}/HeldAsset``.

    Raises:
        ValueError: If the source is unknown or not there, or does not have such a peg.
    """
    return _held_part(peg, Peg(), "factory_peg_8mm.usd", source)


def hole_cfg(hole: Hole | None = None, source: str | None = None) -> RigidObjectCfg:
    """A block with a hole that stands where it is put: a kinematic rigid body.

    Args:
        hole: The hole's parameters. Defaults to None, the 8 mm hole.
        source: Where it comes from; see :func:`~isaaclab_factory.assets.resolve_source`. With a hole of its own
            parameters this can only be "generated".

    Returns:
        The configuration, with the prim path ``{ENV_REGEX_NS}/FixedAsset``.

    Raises:
        ValueError: If the source is unknown or not there, or does not have such a hole.
    """
    return _fixed_part(hole, Hole(), "factory_hole_8mm.usd", source)


def gear_cfg(gear: Gear | None = None, source: str | None = None) -> RigidObjectCfg:
    """A gear to be held: a free rigid body without gravity, as in the reference.

    Args:
        gear: The gear's parameters. Defaults to None, the medium gear.
        source: Where it comes from; see :func:`~isaaclab_factory.assets.resolve_source`. With a gear of its own
            parameters this can only be "generated".

    Returns:
        The configuration, with the prim path ``{ENV_REGEX_NS}/HeldAsset``.

    Raises:
        ValueError: If the source is unknown or not there, or does not have such a gear.
    """
    return _held_part(gear, Gear(), "factory_gear_medium.usd", source)


def small_gear_cfg(gear: Gear | None = None, source: str | None = None) -> RigidObjectCfg:
    """The small gear, which stands and turns on the base: a free rigid body.

    Args:
        gear: The gear's parameters. Defaults to None, Factory's small gear.
        source: Where it comes from; see :func:`gear_cfg`.

    Returns:
        The configuration, with the prim path ``{ENV_REGEX_NS}/SmallGearAsset``.

    Raises:
        ValueError: If the source is unknown or not there, or does not have such a gear.
    """
    spawn = _part_spawner(gear, Gear.small(), "factory_gear_small.usd", source, disable_gravity=False)
    return _rigid_object("SmallGearAsset", spawn, _ON_THE_TABLE)


def large_gear_cfg(gear: Gear | None = None, source: str | None = None) -> RigidObjectCfg:
    """The large gear, which stands and turns on the base: a free rigid body.

    Args:
        gear: The gear's parameters. Defaults to None, Factory's large gear.
        source: Where it comes from; see :func:`gear_cfg`.

    Returns:
        The configuration, with the prim path ``{ENV_REGEX_NS}/LargeGearAsset``.

    Raises:
        ValueError: If the source is unknown or not there, or does not have such a gear.
    """
    spawn = _part_spawner(gear, Gear.large(), "factory_gear_large.usd", source, disable_gravity=False)
    return _rigid_object("LargeGearAsset", spawn, _ON_THE_TABLE)


def gear_base_cfg(base: GearBase | None = None, source: str | None = None) -> RigidObjectCfg:
    """The base of the gears, which stands where it is put: a kinematic rigid body.

    Args:
        base: The base's parameters. Defaults to None, Factory's gear base.
        source: Where it comes from; see :func:`~isaaclab_factory.assets.resolve_source`. With a base of its own
            parameters this can only be "generated".

    Returns:
        The configuration, with the prim path ``{ENV_REGEX_NS}/FixedAsset``.

    Raises:
        ValueError: If the source is unknown or not there, or does not have such a base.
    """
    return _fixed_part(base, GearBase(), "factory_gear_base.usd", source)


def nut_cfg(nut: MetricNut | None = None, source: str | None = None) -> RigidObjectCfg:
    """A nut to be held: a free rigid body without gravity, as in the reference.

    Args:
        nut: The nut's parameters. Defaults to None, Factory's M16 nut.
        source: Where it comes from; see :func:`~isaaclab_factory.assets.resolve_source`. With a nut of its own
            parameters this can only be "generated".

    Returns:
        The configuration, with the prim path ``{ENV_REGEX_NS}/HeldAsset``.

    Raises:
        ValueError: If the source is unknown or not there, or does not have such a nut.
    """
    return _held_part(nut, MetricNut(), "factory_nut_m16.usd", source)


def bolt_cfg(bolt: MetricBolt | None = None, source: str | None = None) -> RigidObjectCfg:
    """A bolt that stands where it is put: a kinematic rigid body.

    Args:
        bolt: The bolt's parameters. Defaults to None, Factory's M16 bolt.
        source: Where it comes from; see :func:`~isaaclab_factory.assets.resolve_source`. With a bolt of its own
            parameters this can only be "generated".

    Returns:
        The configuration, with the prim path ``{ENV_REGEX_NS}/FixedAsset``.

    Raises:
        ValueError: If the source is unknown or not there, or does not have such a bolt.
    """
    return _fixed_part(bolt, MetricBolt(), "factory_bolt_m16.usd", source)


def table_cfg(table: Table | None = None, source: str | None = None) -> AssetBaseCfg:
    """A static table with its top surface at z = 0.

    Args:
        table: The table's parameters. Defaults to None, the default table.
        source: Where it comes from; see :func:`~isaaclab_factory.assets.resolve_source`. With a table of its own
            parameters this can only be "generated".

    Returns:
        The configuration, with the prim path ``{ENV_REGEX_NS}/Table``.

    Raises:
        ValueError: If the source is unknown or not there, or does not have such a table.
    """
    if _is_nucleus(table, source):
        # NVIDIA's table is long in y; the reference turns it.
        half_turn = 0.70711
        init_state = AssetBaseCfg.InitialStateCfg(pos=(0.55, 0.0, 0.0), rot=(half_turn, 0.0, 0.0, half_turn))
        return AssetBaseCfg(
            prim_path="{ENV_REGEX_NS}/Table", spawn=sim_utils.UsdFileCfg(usd_path=TABLE_USD), init_state=init_state
        )
    return AssetBaseCfg(
        prim_path="{ENV_REGEX_NS}/Table",
        spawn=GeneratedUsdFileCfg(part=table or Table()),
        init_state=AssetBaseCfg.InitialStateCfg(pos=(0.45, 0.0, 0.0)),
    )


def ground_cfg() -> AssetBaseCfg:
    """A static plane under the tables of all environments, with the prim path ``/World/ground``."""
    return AssetBaseCfg(
        prim_path="/World/ground",
        spawn=GeneratedUsdFileCfg(part=Ground()),
        init_state=AssetBaseCfg.InitialStateCfg(pos=(0.0, 0.0, -Table().height)),
    )


def _is_nucleus(part: Part | None, source: str | None) -> bool:
    """Whether to take NVIDIA's file for a part. Parameters of one's own mean that the part is generated."""
    if part is None:
        return resolve_source(source) == "nucleus"
    if source == "nucleus":
        raise ValueError(f"NVIDIA's assets have no {type(part).__name__} of other parameters; choose 'generated'.")
    return False


def _held_part(
    part: _AssemblyPart | None, default: _AssemblyPart, nucleus_file: str, source: str | None
) -> RigidObjectCfg:
    spawn = _part_spawner(part, default, nucleus_file, source, disable_gravity=True)
    return _rigid_object("HeldAsset", spawn, (0.0, 0.4, 0.1))


def _fixed_part(
    part: _AssemblyPart | None, default: _AssemblyPart, nucleus_file: str, source: str | None
) -> RigidObjectCfg:
    spawn = _part_spawner(part, default, nucleus_file, source, kinematic_enabled=True)
    return _rigid_object("FixedAsset", spawn, _ON_THE_TABLE)


def _rigid_object(
    name: str, spawn: GeneratedUsdFileCfg | PartUsdFileCfg, pos: tuple[float, float, float]
) -> RigidObjectCfg:
    init_state = RigidObjectCfg.InitialStateCfg(pos=pos)
    return RigidObjectCfg(prim_path=f"{{ENV_REGEX_NS}}/{name}", spawn=spawn, init_state=init_state)


def _part_spawner(
    part: _AssemblyPart | None, default: _AssemblyPart, nucleus_file: str, source: str | None, **rigid_body_changes
) -> GeneratedUsdFileCfg | PartUsdFileCfg:
    options = {
        "activate_contact_sensors": True,
        "rigid_props": rigid_body_properties(**rigid_body_changes),
        "collision_props": collision_properties(),
    }
    if not _is_nucleus(part, source):
        return GeneratedUsdFileCfg(part=part or default, **options)
    return PartUsdFileCfg(
        usd_path=f"{FACTORY_DIR}/{nucleus_file}",
        part=default,
        # NVIDIA's parts are articulations of one link, which a rigid object refuses.
        articulation_props=sim_utils.ArticulationRootPropertiesCfg(articulation_enabled=False),
        mass_props=sim_utils.MassPropertiesCfg(mass=default.mass),
        **options,
    )
