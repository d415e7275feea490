# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""One error, and two ways to raise it, for what only Isaac Sim can do.

A stand-in module either does what Isaac Lab relies on or says what is missing. Names that Isaac Lab imports but never
calls without Isaac Sim are :func:`unsupported` placeholders: they can be imported, annotated with and subclassed, and
raise as soon as they are used. Whole modules that cannot be had are listed in :data:`MODULES`.
"""

from __future__ import annotations

from typing import Any, NoReturn

MODULES: dict[str, str] = {
    "carb.windowing": "windows",
    "isaacsim.asset": "importing and exporting robots (URDF, MJCF)",
    "isaacsim.core.experimental": "the experimental core API of Isaac Sim",
    "isaacsim.gui": "the graphical user interface",
    "isaacsim.replicator": "synthetic data generation",
    "isaacsim.robot": "surface grippers",
    "isaacsim.robot_motion": "RMPflow motion generation",
    "isaacsim.sensors": "the sensors of Isaac Sim",
    "isaacsim.xr": "XR input devices",
    "omni.appwindow": "windows and their keyboards",
    "omni.graph": "OmniGraph",
    "omni.isaac": "the old omni.isaac API of Isaac Sim",
    "omni.kit.asset_converter": "converting mesh files to USD",
    "omni.kit.widget": "the graphical user interface",
    "omni.kit.window": "the graphical user interface",
    "omni.kit.xr": "XR devices",
    "omni.physxpvd": "recording animations",
    "omni.syntheticdata": "rendering and synthetic data",
    "omni.ui": "the graphical user interface",
}
"""Modules that exist only in Isaac Sim (with all below them), and the feature that each one stands for."""


class NotSupportedWithoutIsaacSim(NotImplementedError):
    """A feature was asked for that needs Isaac Sim."""

    def __init__(self, feature: str):
        super().__init__(f"{feature}: not supported without Isaac Sim")
        self.feature = feature


class ModuleNeedsIsaacSim(NotSupportedWithoutIsaacSim, ModuleNotFoundError):
    """A module was imported that exists only in Isaac Sim. ``except ImportError`` catches it too."""

    def __init__(self, module: str, feature: str):
        super().__init__(f"{feature} (module '{module}')")
        self.name = module


def unsupported(feature: str, name: str = "Unsupported") -> type:
    """Make a placeholder for a class or a function of Isaac Sim.

    Args:
        feature: What a user would call it, for the message.
        name: Name of the placeholder.

    Returns:
        A class that can be subclassed and used in annotations. Calling it, or reading an attribute of it that it does
        not have, raises :class:`NotSupportedWithoutIsaacSim`.
    """

    class _Meta(type):
        def __getattr__(cls, attribute: str) -> NoReturn:
            if attribute.startswith("__"):
                raise AttributeError(attribute)
            raise NotSupportedWithoutIsaacSim(f"{feature} ({name}.{attribute})")

    def _raise(self: Any, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotSupportedWithoutIsaacSim(feature)

    return _Meta(name, (), {"__init__": _raise, "__doc__": f"{feature}: not supported without Isaac Sim."})
