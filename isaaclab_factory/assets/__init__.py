# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The Franka, the parts, the table and the ground: generated USD files, and Isaac Lab configurations of them.

Importing this package writes no file: that happens when an asset is spawned.
"""

from isaaclab_factory.geometry import HOLE_8MM_TIGHT

from .cache import AssetCacheError, cache_dir
from .franka import franka_cfg
from .franka_model import FINGERPAD_LENGTH
from .franka_usd import Franka
from .generate import usd_file
from .ground import Ground
from .parts import (
    bolt_cfg,
    fixed_part_cfg,
    gear_base_cfg,
    gear_cfg,
    ground_cfg,
    held_part_cfg,
    hole_cfg,
    large_gear_cfg,
    loose_part_cfg,
    nut_cfg,
    peg_cfg,
    small_gear_cfg,
    table_cfg,
)
from .source import SOURCES, resolve_source
from .spawner import GeneratedUsdFileCfg, PartUsdFileCfg, part_of

FRANKA_CFG = franka_cfg()
"""The Franka, at ``{ENV_REGEX_NS}/Robot``."""

PEG_8MM_CFG = peg_cfg()
"""Factory's 8 mm peg, at ``{ENV_REGEX_NS}/HeldAsset``."""

HOLE_8MM_CFG = hole_cfg()
"""Isaac Lab's hole for the 8 mm peg, at ``{ENV_REGEX_NS}/FixedAsset``."""

HOLE_8MM_TIGHT_CFG = hole_cfg(HOLE_8MM_TIGHT)
"""The Factory paper's hole for the 8 mm peg, at ``{ENV_REGEX_NS}/FixedAsset``."""

GEAR_MEDIUM_CFG = gear_cfg()
"""Factory's medium gear, at ``{ENV_REGEX_NS}/HeldAsset``."""

GEAR_SMALL_CFG = small_gear_cfg()
"""Factory's small gear, at ``{ENV_REGEX_NS}/SmallGearAsset``."""

GEAR_LARGE_CFG = large_gear_cfg()
"""Factory's large gear, at ``{ENV_REGEX_NS}/LargeGearAsset``."""

GEAR_BASE_CFG = gear_base_cfg()
"""Factory's gear base, at ``{ENV_REGEX_NS}/FixedAsset``."""

NUT_M16_CFG = nut_cfg()
"""Factory's M16 nut, at ``{ENV_REGEX_NS}/HeldAsset``."""

BOLT_M16_CFG = bolt_cfg()
"""Factory's M16 bolt, at ``{ENV_REGEX_NS}/FixedAsset``."""

TABLE_CFG = table_cfg()
"""The table, at ``{ENV_REGEX_NS}/Table``."""

GROUND_CFG = ground_cfg()
"""The ground, at ``/World/ground``."""

__all__ = [
    "BOLT_M16_CFG",
    "FINGERPAD_LENGTH",
    "FRANKA_CFG",
    "GEAR_BASE_CFG",
    "GEAR_LARGE_CFG",
    "GEAR_MEDIUM_CFG",
    "GEAR_SMALL_CFG",
    "GROUND_CFG",
    "HOLE_8MM_CFG",
    "HOLE_8MM_TIGHT_CFG",
    "NUT_M16_CFG",
    "PEG_8MM_CFG",
    "SOURCES",
    "TABLE_CFG",
    "AssetCacheError",
    "Franka",
    "GeneratedUsdFileCfg",
    "Ground",
    "PartUsdFileCfg",
    "bolt_cfg",
    "cache_dir",
    "fixed_part_cfg",
    "franka_cfg",
    "gear_base_cfg",
    "gear_cfg",
    "ground_cfg",
    "held_part_cfg",
    "hole_cfg",
    "large_gear_cfg",
    "loose_part_cfg",
    "nut_cfg",
    "part_of",
    "peg_cfg",
    "resolve_source",
    "small_gear_cfg",
    "table_cfg",
    "usd_file",
]
