# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The Franka, the parts, the table and the ground: USD files made on demand, and Isaac Lab configurations of them.

Importing this package imports ``isaaclab``, but writes no file: that happens when an asset is spawned.
"""

from .cache import AssetCacheError, cache_dir
from .franka import franka_cfg
from .franka_usd import Franka
from .generate import usd_file
from .ground import Ground
from .parts import ground_cfg, hole_cfg, peg_cfg, table_cfg
from .source import SOURCES, resolve_source
from .spawner import GeneratedUsdFileCfg

FRANKA_CFG = franka_cfg()
"""The Franka, at ``{ENV_REGEX_NS}/Robot``."""

PEG_8MM_CFG = peg_cfg()
"""Factory's 8 mm peg, at ``{ENV_REGEX_NS}/HeldAsset``."""

HOLE_8MM_CFG = hole_cfg()
"""Factory's 8 mm hole, at ``{ENV_REGEX_NS}/FixedAsset``."""

TABLE_CFG = table_cfg()
"""The table, at ``{ENV_REGEX_NS}/Table``."""

GROUND_CFG = ground_cfg()
"""The ground, at ``/World/ground``."""

__all__ = [
    "FRANKA_CFG",
    "GROUND_CFG",
    "HOLE_8MM_CFG",
    "PEG_8MM_CFG",
    "SOURCES",
    "TABLE_CFG",
    "AssetCacheError",
    "Franka",
    "GeneratedUsdFileCfg",
    "Ground",
    "cache_dir",
    "franka_cfg",
    "ground_cfg",
    "hole_cfg",
    "peg_cfg",
    "resolve_source",
    "table_cfg",
    "usd_file",
]
