# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""From parameters to a USD file in the cache."""

from __future__ import annotations

import functools
from pathlib import Path

from isaaclab_factory import geometry
from isaaclab_factory.geometry import Part, Table

from .cache import cached_text, digest
from .franka_usd import Franka, franka_stage
from .ground import Ground
from .part_usd import ground_stage, part_stage, table_stage

Model = Part | Table | Ground | Franka
"""Everything a USD file can be generated for."""

_STAGES = {Part: part_stage, Table: table_stage, Ground: ground_stage, Franka: franka_stage}


def usd_file(model: Model) -> Path:
    """The USD file of a model, generated when it is not yet in the cache.

    Args:
        model: The parameters of a part, a table, the ground or the robot.

    Returns:
        Path of the file.

    Raises:
        ValueError: If nothing like it can exist.
        TypeError: If there is no generator for it.
        AssetCacheError: If the cache cannot be read or written.
    """
    make_stage = next((make for kind, make in _STAGES.items() if isinstance(model, kind)), None)
    if make_stage is None:
        known = ", ".join(kind.__name__ for kind in _STAGES)
        raise TypeError(f"No USD generator for a {type(model).__name__}; there is one for {known}.")
    model.check()
    key = digest(f"{model!r} {_generator_version()}")[:16]
    name = f"{type(model).__name__.lower()}_{key}.usda"
    return cached_text(name, lambda: make_stage(model).ExportToString(addSourceFileComment=False))


@functools.cache
def _generator_version() -> str:
    """A text that changes with the code that writes the files, so that no file of an older version is used."""
    folders = (Path(geometry.__file__).parent, Path(__file__).parent)
    return "".join(source.read_text() for folder in folders for source in sorted(folder.glob("*.py")))
