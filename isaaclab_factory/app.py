# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Starts the simulation: chooses Isaac Sim or MuJoCo, before the first import of ``isaaclab``.

Example:
    >>> parser = argparse.ArgumentParser()
    >>> add_launcher_args(parser)
    >>> simulation_app = launch(parser.parse_args())
    >>> from isaaclab.envs import ManagerBasedRLEnv
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from isaaclab_factory import kitless

SIM_CHOICES = ("auto", "isaacsim", "mujoco")
"""What ``--sim`` can be: "auto" is Isaac Sim where it is installed, and MuJoCo everywhere else."""

_runtime: str | None = None
_app: Any = None


def prepare_runtime(sim: str = "auto") -> str:
    """Make ``import isaaclab`` possible. Cheap and idempotent: no simulator and no ``isaaclab`` is imported.

    Args:
        sim: One of :data:`SIM_CHOICES`.

    Returns:
        "isaacsim" or "mujoco".

    Raises:
        SetupError: If the choice is unknown, or not installed, or another one was made and ``isaaclab`` already
            imported, or Isaac Lab is not there as it should be.
    """
    global _runtime
    if sim not in SIM_CHOICES:
        raise kitless.SetupError(f"unknown simulator '{sim}'; choose from {', '.join(SIM_CHOICES)}")
    if sim == "auto":
        sim = _runtime or ("isaacsim" if kitless.has_isaac_sim() else "mujoco")
    if sim == _runtime:
        return sim
    if sim == "isaacsim" and not kitless.has_isaac_sim():
        raise kitless.SetupError("Isaac Sim is not installed in this Python; choose --sim mujoco or install Isaac Sim")
    if _runtime is not None and (kitless.is_prepared() or "isaaclab" in sys.modules):
        raise kitless.SetupError(f"the simulator is already '{_runtime}', it cannot become '{sim}' any more")
    if sim == "mujoco":
        kitless.prepare()
    _runtime = sim
    return sim


def add_launcher_args(parser: argparse.ArgumentParser) -> None:
    """Add ``--sim`` and the arguments of Isaac Lab's ``AppLauncher`` (``--headless``, ``--device``, ...)."""
    parser.add_argument("--sim", choices=SIM_CHOICES, default="auto", help="simulator; auto: Isaac Sim if installed")
    first = argparse.ArgumentParser(add_help=False)
    first.add_argument("--sim", choices=SIM_CHOICES, default="auto")
    prepare_runtime(first.parse_known_args()[0].sim)
    from isaaclab.app import AppLauncher

    AppLauncher.add_app_launcher_args(parser)


def launch(args: argparse.Namespace | None = None, **overrides: Any) -> Any:
    """Start the simulation app, unless one runs already.

    Args:
        args: Parsed arguments; what it does not have keeps its default.
        **overrides: Arguments by name that go before those in ``args``.

    Returns:
        Isaac Sim's ``SimulationApp``, or its stand-in. Call its ``close`` at the end.

    Raises:
        SetupError: As :func:`prepare_runtime`, and if MuJoCo is asked to run on a GPU.
    """
    global _app
    options = {**(vars(args) if args is not None else {}), **overrides}
    runtime = prepare_runtime(options.pop("sim", "auto"))
    if runtime == "mujoco":
        device = options.setdefault("device", "cpu")
        if device != "cpu":
            raise kitless.SetupError(f"MuJoCo runs on the device 'cpu', not on '{device}'; choose --device cpu")
        options["headless"] = True
    if _app is not None and _app.is_running():
        return _app
    from isaaclab.app import AppLauncher

    _app = AppLauncher(options).app
    if runtime == "mujoco":
        kitless.restore_signals()
    return _app


def running_engine() -> Any:
    """The MuJoCo engine of the running simulation, for measurements; None where Isaac Sim simulates or nothing runs."""
    if _runtime != "mujoco":
        return None
    from isaacsim.core.simulation_manager import SimulationManager

    return SimulationManager.get_engine()
