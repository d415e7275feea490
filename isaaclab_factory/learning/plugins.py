# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Imports a user's own modules, which register tasks with gymnasium."""

import importlib
import sys
import traceback
from pathlib import Path

from isaaclab_factory.learning.errors import UserError


def import_plugin(module: str) -> None:
    """Imports a module from the working folder, as ``python -m`` does, or from the installed packages.

    Args:
        module: Its name, such as ``my_task`` or ``my_package.my_task``.

    Raises:
        UserError: There is no such module, or it cannot be imported.
    """
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        importlib.import_module(module)
    except (Exception, SystemExit) as error:
        if isinstance(error, ModuleNotFoundError) and f"{module}.".startswith(f"{error.name}."):
            raise UserError(
                f"no module {module!r} for --plugin, in {folder} or among the installed packages"
            ) from error
        message = str(error).splitlines() or [""]
        raise UserError(
            f"cannot import the plugin {module!r}: {type(error).__name__}: {message[0]}{_place(error, module)}"
        ) from error


def _place(error: BaseException, module: str) -> str:
    """Returns the last line of the plugin's own code that led to an error, as `` (<file>, line <number>)``."""
    if isinstance(error, SyntaxError):
        return ""  # its message says so itself
    package = module.partition(".")[0]
    lines = [
        f" ({Path(frame.f_code.co_filename).name}, line {number})"
        for frame, number in traceback.walk_tb(error.__traceback__)
        if frame.f_globals.get("__name__", "").partition(".")[0] == package
    ]
    return lines[-1] if lines else ""
