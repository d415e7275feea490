# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Imports that no folder on the path can answer: ``pxr.PhysxSchema``, and a plain word for what is not there."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path

from isaaclab_factory.kitless.unsupported import MODULES, ModuleNeedsIsaacSim

_PHYSX_SCHEMA = Path(__file__).parent / "physx_schema.py"


class KitFinder(MetaPathFinder):
    """Finds our PhysX schemas under their usual name and refuses the modules of :data:`~.unsupported.MODULES`.

    It stands last in ``sys.meta_path``: a real module of the same name is found before.
    """

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """See :meth:`importlib.abc.MetaPathFinder.find_spec`.

        Raises:
            ModuleNeedsIsaacSim: If the module exists only in Isaac Sim.
        """
        if fullname == "pxr.PhysxSchema":
            return spec_from_file_location(fullname, _PHYSX_SCHEMA)
        for module, feature in MODULES.items():
            if fullname == module or fullname.startswith(module + "."):
                raise ModuleNeedsIsaacSim(fullname, feature)
        return None


def install() -> None:
    """Add the finder, once."""
    if not any(isinstance(finder, KitFinder) for finder in sys.meta_path):
        sys.meta_path.append(KitFinder())
