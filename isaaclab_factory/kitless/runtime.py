# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Sets Python up so that ``import isaaclab`` works without Isaac Sim."""

from __future__ import annotations

import builtins
import os
import signal
import sys
from pathlib import Path

from isaaclab_factory.kitless import finder, isaac_lab_imports, paths

_SCHEMA = Path(__file__).parent / "schema"
_prepared = False


def is_prepared() -> bool:
    """Whether :func:`prepare` has been called."""
    return _prepared


def prepare() -> None:
    """Make the packages of Isaac Lab importable on top of the stand-ins. Cheap and idempotent; imports nothing of them.

    Raises:
        SetupError: If Python or Isaac Lab is missing or of the wrong version, or if ``isaaclab`` or Isaac Sim was
            already imported from somewhere else.
    """
    global _prepared
    if _prepared:
        return
    for module in ("isaaclab", "isaacsim", "carb"):
        if module in sys.modules:
            raise paths.SetupError(f"{module} was imported before isaaclab_factory; import isaaclab_factory first")
    paths.check_python()
    paths.add_isaac_lab()
    paths.add_stand_ins()
    finder.install()
    isaac_lab_imports.install()
    _register_physx_schema()
    # Isaac Sim's Python shells set these; Isaac Lab reads them without a default.
    builtins.ISAAC_LAUNCHED_FROM_TERMINAL = False
    builtins.ISAACLAB_CALLBACK_EXCEPTION = None
    os.environ.setdefault("HEADLESS", "1")  # there is no window to open
    _prepared = True


def _register_physx_schema() -> None:
    """Make USD know the PhysX schemas: it reads its plugin path when loaded, and plugins when a stage is opened."""
    entries = [entry for entry in os.environ.get("PXR_PLUGINPATH_NAME", "").split(os.pathsep) if entry]
    if str(_SCHEMA) not in entries:
        os.environ["PXR_PLUGINPATH_NAME"] = os.pathsep.join([str(_SCHEMA), *entries])
    if "pxr.Plug" in sys.modules:
        from pxr import Plug

        Plug.Registry().RegisterPlugins(str(_SCHEMA))


def restore_signals() -> None:
    """Let signals end the process again.

    ``AppLauncher`` hands them to the application, whose ``close`` ends the process in Isaac Sim. Ours does not, and a
    crash that is handled in Python would never end.
    """
    for number in (signal.SIGTERM, signal.SIGABRT, signal.SIGSEGV):
        owner = getattr(signal.getsignal(number), "__self__", None)
        if type(owner).__name__ == "AppLauncher":
            signal.signal(number, signal.SIG_DFL)
