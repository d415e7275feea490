# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Imports a user's own modules, which register tasks, networks and algorithms."""

import importlib
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

import gym_notices.notices

from isaaclab_factory.learning.errors import UserError

# rl_games, which a plugin may import, imports the old gym, which prints at every import that it is unmaintained.
gym_notices.notices.notices.clear()

_plugins: dict[str, ModuleType] = {}
"""The plugins by their names on the command line."""


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
        _plugins[module] = importlib.import_module(module)
    except (Exception, SystemExit) as error:
        if isinstance(error, ModuleNotFoundError) and f"{module}.".startswith(f"{error.name}."):
            raise UserError(
                f"no module {module!r} for --plugin, in {folder} or among the installed packages"
            ) from error
        raise UserError(f"cannot import the plugin {module!r}: {_described(error, module)}") from error


def call_plugins(hook: str, argument: object) -> None:
    """Calls a function that plugins may have, in the order of the plugins.

    Raises:
        UserError: It raises an exception.
    """
    for module, plugin in _plugins.items():
        function = getattr(plugin, hook, None)
        if function is None:
            continue
        try:
            function(argument)
        except Exception as error:
            raise UserError(f"{hook} of the plugin {module!r} fails: {_described(error, module)}") from error


def plugin_object(name: str, key: str, kind: type = object) -> Any:
    """Returns a class or function of a plugin.

    Args:
        name: ``module:name``, where the module is a plugin or in the package of one.
        key: Key of the configuration in which it is named.
        kind: What it must be, ``type`` for a class.

    Raises:
        UserError: There is no such object, it is of another kind, or the module is of no plugin: what a configuration
            names is not imported unless the command line names its package too.
    """
    module, _, attribute = name.partition(":")
    package = module.partition(".")[0]
    if package not in {plugin.partition(".")[0] for plugin in _plugins}:
        raise UserError(f"{key} names {name!r}, which is of no plugin: add --plugin {module}")
    try:
        found = getattr(importlib.import_module(module), attribute, None)
    except Exception as error:
        raise UserError(f"{key} names {name!r}, and cannot import it: {_described(error, module)}") from error
    if found is None:
        raise UserError(f"{key} names {name!r}, but {module} has no {attribute!r}")
    if not isinstance(found, kind):
        raise UserError(f"{key} names {name!r}, which is no class")
    return found


def _described(error: BaseException, module: str) -> str:
    """Returns type and first line of an error, and where in the plugin it was raised."""
    message = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {message[0]}{_place(error, module)}"


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
