# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Configurations of the parts of the assembly tasks, the table and the ground.

The numbers are those of ``contrib/factory/factory_tasks_cfg.py`` in Isaac Lab. There the free parts are articulations
of one link; here they are rigid objects.
"""

from __future__ import annotations

import isaaclab.sim as sim_utils
from isaaclab.assets import ArticulationCfg, AssetBaseCfg, RigidObjectCfg
from isaaclab_physx.sim.schemas import PhysxArticulationCfg

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
    (PEG_8MM, f"{FACTORY_DIR}/factory_peg_8mm.usd"),
    (HOLE_8MM, f"{FACTORY_DIR}/factory_hole_8mm.usd"),
    (GEAR_SMALL, f"{FACTORY_DIR}/factory_gear_small.usd"),
    (GEAR_MEDIUM, f"{FACTORY_DIR}/factory_gear_medium.usd"),
    (GEAR_LARGE, f"{FACTORY_DIR}/factory_gear_large.usd"),
    (GEAR_BASE, f"{FACTORY_DIR}/factory_gear_base.usd"),
    (NUT_M16, f"{FACTORY_DIR}/factory_nut_m16.usd"),
    (BOLT_M16, f"{FACTORY_DIR}/factory_bolt_m16.usd"),
    (Table(), TABLE_USD),
)
"""NVIDIA's USD files, by what they hold."""

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
        ValueError: If the source is unknown or does not have such a part.
    """
    return _free_part_cfg(part, "HeldAsset", source, (0.0, 0.4, 0.1), gravity=False)


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
    return _free_part_cfg(part, name, source, _ON_THE_TABLE, gravity=True)


def fixed_part_cfg(part: Part, source: str | None = None, decides_friction: bool = False) -> ArticulationCfg:
    """A part that stays where its root pose puts it: an articulation without joints, as in the reference.

    Args:
        part: The part.
        source: See :func:`held_part_cfg`.
        decides_friction: Whether MuJoCo takes the friction of this part where the held part touches it, for tasks that
            draw it at random.

    Returns:
        The configuration, with the prim path ``{ENV_REGEX_NS}/FixedAsset``. The part itself is its link "part".

    Raises:
        ValueError: As :func:`held_part_cfg`.
    """
    properties = {"rigid_props": rigid_body_properties(gravity=True), "collision_props": collision_properties()}
    file = _nvidia_file(part, source)
    if file is not None:
        mass = sim_utils.MassCfg(mass=part.mass)
        spawn = PartUsdFileCfg(usd_path=file, part=part, activate_contact_sensors=True, mass_props=mass, **properties)
    else:
        options = {"fixed": True, "decides_friction": decides_friction, "activate_contact_sensors": True}
        spawn = GeneratedUsdFileCfg(part=part, **options, **properties)
    return ArticulationCfg(
        prim_path="{ENV_REGEX_NS}/FixedAsset",
        spawn=spawn,
        init_state=ArticulationCfg.InitialStateCfg(pos=_ON_THE_TABLE, joint_pos={}, joint_vel={}),
        actuators={},
    )


def peg_cfg(peg: Peg | None = None, source: str | None = None) -> RigidObjectCfg:
    """A peg to be held, Factory's if none is given; see :func:`held_part_cfg`."""
    return held_part_cfg(peg or PEG_8MM, source)


def hole_cfg(hole: Hole | None = None, source: str | None = None) -> ArticulationCfg:
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


def gear_base_cfg(base: GearBase | None = None, source: str | None = None) -> ArticulationCfg:
    """A base of gears, Factory's if none is given; see :func:`fixed_part_cfg`."""
    return fixed_part_cfg(base or GEAR_BASE, source)


def nut_cfg(nut: MetricNut | None = None, source: str | None = None) -> RigidObjectCfg:
    """A nut to be held, Factory's if none is given; see :func:`held_part_cfg`."""
    return held_part_cfg(nut or NUT_M16, source)


def bolt_cfg(bolt: MetricBolt | None = None, source: str | None = None) -> ArticulationCfg:
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
    table = table or Table()
    file = _nvidia_file(table, source)
    if file is not None:
        # NVIDIA's table is long in y; the reference turns it by 90 degrees.
        init_state = AssetBaseCfg.InitialStateCfg(pos=(0.55, 0.0, 0.0), rot=(0.0, 0.0, 0.70711, 0.70711))
        spawn = sim_utils.UsdFileCfg(usd_path=file)
    else:
        init_state = AssetBaseCfg.InitialStateCfg(pos=(0.45, 0.0, 0.0))
        spawn = GeneratedUsdFileCfg(part=table)
    return AssetBaseCfg(prim_path="{ENV_REGEX_NS}/Table", spawn=spawn, init_state=init_state)


def ground_cfg() -> AssetBaseCfg:
    """A static plane under the tables of all environments, with the prim path ``/World/ground``."""
    return AssetBaseCfg(
        prim_path="/World/ground",
        spawn=GeneratedUsdFileCfg(part=Ground()),
        init_state=AssetBaseCfg.InitialStateCfg(pos=(0.0, 0.0, -Table().height)),
    )


def _free_part_cfg(
    part: Part, name: str, source: str | None, pos: tuple[float, float, float], gravity: bool
) -> RigidObjectCfg:
    properties = {"rigid_props": rigid_body_properties(gravity), "collision_props": collision_properties()}
    file = _nvidia_file(part, source)
    if file is not None:
        spawn = PartUsdFileCfg(
            usd_path=file,
            part=part,
            activate_contact_sensors=True,
            # NVIDIA's parts are articulations of one link, which a rigid object refuses.
            articulation_props=PhysxArticulationCfg(articulation_enabled=False),
            mass_props=sim_utils.MassCfg(mass=part.mass),
            **properties,
        )
    else:
        spawn = GeneratedUsdFileCfg(part=part, activate_contact_sensors=True, **properties)
    return RigidObjectCfg(
        prim_path=f"{{ENV_REGEX_NS}}/{name}", spawn=spawn, init_state=RigidObjectCfg.InitialStateCfg(pos=pos)
    )


def _nvidia_file(model: Part | Table, source: str | None) -> str | None:
    """NVIDIA's file of a part or the table, None where it is generated. What NVIDIA has no file of is generated."""
    file = next((file for known, file in _NVIDIA_FILES if known == model), None)
    if file is None:
        if source == "nucleus":
            raise ValueError(f"NVIDIA's assets have no {type(model).__name__} like this one; choose 'generated'.")
        return None
    return file if resolve_source(source) == "nucleus" else None
