# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""From parameters to a USD file in the cache."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

from pxr import Usd

from isaaclab_factory import geometry
from isaaclab_factory.geometry import Part, Table

from .cache import cached_text, digest
from .franka_usd import Franka, franka_stage
from .ground import Ground
from .part_usd import ground_stage, part_stage, table_stage

Model = Part | Table | Ground | Franka
"""Everything a USD file can be generated for."""

_STAGES = {Part: part_stage, Table: table_stage, Ground: ground_stage, Franka: franka_stage}


def usd_file(model: Model, fixed: bool = False, decides_friction: bool = False) -> Path:
    """The USD file of a model, generated when it is not yet in the cache.

    Args:
        model: The parameters of a part, a table, the ground or the robot.
        fixed: Whether a part is fixed to the world; see :func:`~isaaclab_factory.assets.part_usd.part_stage`.
        decides_friction: Whether the friction of a part counts where it touches another; see the same.

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
    fingerprint = model.fingerprint if isinstance(model, Part) else repr(model)
    options = {"fixed": fixed, "decides_friction": decides_friction} if isinstance(model, Part) else {}
    key = digest(f"{fingerprint} {options} {_code_of(type(model))}")[:16]
    name = f"{type(model).__name__.lower()}_{key}.usda"
    return cached_text(name, lambda: _text_of(make_stage(model, **options)))


def _text_of(stage: Usd.Stage) -> str:
    """The text of a stage in memory, with its variants (``stage.ExportToString`` keeps the selected one only)."""
    return stage.GetRootLayer().ExportToString()


@functools.cache
def _code_of(kind: type) -> str:
    """The code that writes the files of a kind of model, so that no file of an older version of it is used."""
    folders = (Path(geometry.__file__).parent, Path(__file__).parent)
    files = {str(source) for folder in folders for source in folder.glob("*.py")}
    # A part of the user's own is defined elsewhere; one defined in a console has no file.
    files |= {getattr(sys.modules[base.__module__], "__file__", None) for base in kind.__mro__} - {None}
    return "".join(Path(file).read_text() for file in sorted(files))
