# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Omniverse: the parts of it that Isaac Lab uses.

In Kit, the extensions that are loaded are reachable as attributes after ``import omni``; so they are here.
"""

from importlib import import_module as _import_module
from pkgutil import extend_path as _extend_path
from types import ModuleType as _ModuleType

__path__ = _extend_path(__path__, __name__)

_EXTENSIONS = ("client", "kit", "metrics", "physics", "physx", "physxfabric", "replicator", "timeline", "usd")


def __getattr__(name: str) -> _ModuleType:
    if name in _EXTENSIONS:
        return _import_module(f"omni.{name}")
    raise AttributeError(f"module 'omni' has no attribute '{name}'")
