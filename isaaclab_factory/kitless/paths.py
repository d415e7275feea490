# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Where Isaac Lab and the stand-ins are found, and whether a real Isaac Sim is there."""

from __future__ import annotations

import importlib.metadata
import os
import sys
from importlib.machinery import PathFinder
from pathlib import Path

PACKAGES = ("isaaclab", "isaaclab_rl", "isaaclab_tasks", "isaaclab_assets", "isaaclab_contrib", "isaaclab_mimic")
"""The packages in the ``source`` folder of Isaac Lab's wheel."""

PYTHON = (3, 11)
"""The Python that Isaac Lab 2.3 is made for."""

SUPPORTED_VERSION = "2.3.2"
"""The version of Isaac Lab whose use of Isaac Sim the stand-ins cover."""

STAND_INS = Path(__file__).parent / "standins"


class SetupError(RuntimeError):
    """Isaac Lab cannot be run here; the message is one line that says why and what to do."""


def check_python() -> None:
    """Check the version of Python.

    Raises:
        SetupError: If Isaac Lab cannot run on it.
    """
    if sys.version_info[:2] != PYTHON:
        have = ".".join(map(str, sys.version_info[:2]))
        raise SetupError(f"Isaac Lab {SUPPORTED_VERSION} needs Python {'.'.join(map(str, PYTHON))}; this is {have}")


def _search_path() -> list[str]:
    """sys.path without the stand-ins."""
    return [entry for entry in sys.path if os.path.abspath(entry) != str(STAND_INS)]


def has_isaac_sim() -> bool:
    """Whether a real Isaac Sim can be imported.

    The ``isaacsim`` package on PyPI is a placeholder without content; Isaac Sim itself brings the Carbonite bindings
    (``carb``, of a binary install) or its extensions in the package's own folder (of a pip install).
    """
    if PathFinder.find_spec("carb", _search_path()) is not None:
        return True
    spec = PathFinder.find_spec("isaacsim", _search_path())
    folders = [] if spec is None else list(spec.submodule_search_locations or [])
    return any((Path(folder) / part).is_dir() for folder in folders for part in ("exts", "extscache", "simulation_app"))


def find_source() -> Path:
    """Find the ``source`` folder of Isaac Lab.

    Returns:
        The folder that holds one folder for each of :data:`PACKAGES`.

    Raises:
        SetupError: If Isaac Lab is not installed, is another version, or lacks the folder.
    """
    try:
        version = importlib.metadata.version("isaaclab")
    except importlib.metadata.PackageNotFoundError:
        how = f"pip install isaaclab=={SUPPORTED_VERSION}.post1"
        raise SetupError(f"Isaac Lab is not installed in {sys.prefix}; install it with: {how}") from None
    if not version.startswith(SUPPORTED_VERSION):
        raise SetupError(f"isaaclab {version} is installed; without Isaac Sim only {SUPPORTED_VERSION} is supported")
    for entry in _search_path():
        source = Path(entry) / "isaaclab" / "source"
        if (source / "isaaclab" / "isaaclab" / "__init__.py").is_file():
            return source
    raise SetupError(f"isaaclab {version} is installed but its 'source' folder is missing; reinstall it")


def add_isaac_lab() -> None:
    """Put Isaac Lab's packages first on the path: the wheel's own ``isaaclab`` is only a launcher of Isaac Sim."""
    source = find_source()
    folders = [str(source / name) for name in PACKAGES if (source / name).is_dir()]
    sys.path[:] = folders + [entry for entry in sys.path if entry not in folders]


def add_stand_ins() -> None:
    """Put the stand-ins on the path: last, but before an ``isaacsim`` package that is not to be used."""
    hidden = PathFinder.find_spec("isaacsim", _search_path()) is not None or has_isaac_sim()
    if str(STAND_INS) not in sys.path:
        sys.path.insert(0 if hidden else len(sys.path), str(STAND_INS))
