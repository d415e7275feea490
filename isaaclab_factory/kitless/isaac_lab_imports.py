# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Three things that Isaac Lab leaves to Isaac Sim, seen to as its modules are imported.

* The engines run on the CPU, and Isaac Lab's device by default is a GPU: the default becomes "cpu". A device that is
  asked for by name is taken as it is.
* ``isaaclab.managers`` and ``isaaclab.envs`` import each other, which works only if ``isaaclab.envs`` comes first.
  Isaac Sim has loaded it when a script starts; here it is imported before whoever asks for the managers first.
* Warp greets with five lines in every process. Isaac Lab silences the version of it that Isaac Sim brings by an option
  that later versions do not have; here its log level is set. What its library writes where there is no driver of a GPU,
  past Python, is left out too: here nothing runs on one.
"""

from __future__ import annotations

import functools
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import FunctionType, ModuleType
from typing import Any


def _of_simulation_cfg(module: ModuleType) -> None:
    cls = module.SimulationCfg
    original = cls.__init__

    @functools.wraps(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        if len(args) < 2:  # device is the second field
            kwargs.setdefault("device", "cpu")
        original(self, *args, **kwargs)

    cls.__init__ = init


def _of_arguments(function: FunctionType) -> None:
    function.__defaults__ = tuple("cpu" if value == "cuda:0" else value for value in function.__defaults__)


def _of_app_launcher(module: ModuleType) -> None:
    types, _ = module.AppLauncher._APPLAUNCHER_CFG_INFO["device"]
    module.AppLauncher._APPLAUNCHER_CFG_INFO["device"] = (types, "cpu")


@contextmanager
def _line_left_out(beginning: bytes) -> Iterator[None]:
    """Leave out the lines with this beginning that the process writes to its standard error meanwhile, from C too."""
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as captured:
        os.dup2(captured.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(stderr, 2)
            os.close(stderr)
            captured.seek(0)
            for line in captured:
                if not line.startswith(beginning):
                    os.write(2, line)


def _of_warp(module: ModuleType) -> None:
    with _line_left_out(b"Warp CUDA warning: Could not find or load the NVIDIA CUDA driver"):
        module.init()


_CHANGES: dict[str, Callable[[ModuleType], None]] = {
    "isaaclab.app.app_launcher": _of_app_launcher,
    "isaaclab.sim.simulation_cfg": _of_simulation_cfg,
    "isaaclab.sim.simulation_context": lambda module: _of_arguments(module.build_simulation_context.__wrapped__),
    "isaaclab_tasks.utils.parse_cfg": lambda module: _of_arguments(module.parse_env_cfg),
    "warp": _of_warp,
    "warp.config": lambda module: setattr(module, "log_level", logging.WARNING),
}


_FIRST: dict[str, str] = {"isaaclab.managers": "isaaclab.envs"}
"""What has to be imported before a module."""


class _ChangingLoader(Loader):
    """Loads a module and changes it."""

    def __init__(self, loader: Loader, change: Callable[[ModuleType], None]):
        self._loader, self._change = loader, change

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        self._change(module)


class _LoadedLoader(Loader):
    """Gives a module that has been loaded meanwhile."""

    def __init__(self, module: ModuleType):
        self._module, self._spec = module, module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


class IsaacLabFinder(MetaPathFinder):
    """Finds the modules of Isaac Lab that need care."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """See :meth:`importlib.abc.MetaPathFinder.find_spec`."""
        first = _FIRST.get(fullname)
        if first is not None and first not in sys.modules:
            import_module(first)
            return ModuleSpec(fullname, _LoadedLoader(sys.modules[fullname]), is_package=True)
        change = _CHANGES.get(fullname)
        spec = PathFinder.find_spec(fullname, path) if change else None
        if spec is not None and spec.loader is not None:
            spec.loader = _ChangingLoader(spec.loader, change)
        return spec


def install() -> None:
    """Add the finder, once. It must come before Python's own."""
    if not any(isinstance(finder, IsaacLabFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, IsaacLabFinder())
