# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""From the parameters of a part to its USD file in the cache."""

from __future__ import annotations

import functools
from pathlib import Path

from isaaclab_factory import geometry
from isaaclab_factory.geometry import Gear, GearBase, Hole, MetricBolt, MetricNut, Peg, Table

from .cache import cached_text, digest
from .franka_usd import Franka, franka_stage
from .ground import Ground
from .part_usd import assembly_part_stage, ground_stage, table_stage

Part = Peg | Hole | Gear | GearBase | MetricNut | MetricBolt | Table | Ground | Franka
"""Everything a USD file can be generated for."""

_STAGES = {
    Peg: assembly_part_stage,
    Hole: assembly_part_stage,
    Gear: assembly_part_stage,
    GearBase: assembly_part_stage,
    MetricNut: assembly_part_stage,
    MetricBolt: assembly_part_stage,
    Table: table_stage,
    Ground: ground_stage,
    Franka: franka_stage,
}


def usd_file(part: Part) -> Path:
    """The USD file of a part, generated when it is not yet in the cache.

    Args:
        part: The part's parameters.

    Returns:
        Path of the file.

    Raises:
        ValueError: If no such part can exist.
        TypeError: If there is no generator for the part.
        AssetCacheError: If the cache cannot be read or written.
    """
    if type(part) not in _STAGES:
        known = ", ".join(kind.__name__ for kind in _STAGES)
        raise TypeError(f"No USD generator for a {type(part).__name__}; there is one for {known}.")
    part.check()
    key = digest(f"{part!r} {_generator_version()}")[:16]
    name = f"{type(part).__name__.lower()}_{key}.usda"
    return cached_text(name, lambda: _STAGES[type(part)](part).ExportToString(addSourceFileComment=False))


@functools.cache
def _generator_version() -> str:
    """A text that changes with the code that writes the files, so that no file of an older version is used."""
    folders = (Path(geometry.__file__).parent, Path(__file__).parent)
    return "".join(source.read_text() for folder in folders for source in sorted(folder.glob("*.py")))
