# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""Policies and algorithms of plugins for rsl_rl.

The library looks the names of classes up in the module of its runner, by evaluating them as Python.
"""

from typing import Any

from rsl_rl.runners import on_policy_runner

from isaaclab_factory.learning.errors import UserError
from isaaclab_factory.learning.plugins import plugin_class

_METHODS = {"policy": "act_inference", "algorithm": "process_env_step"}
"""What tells the classes of a section from others in the library's module."""


def make_known(section: str, cfg: dict[str, Any]) -> None:
    """Sees to it that the library finds the class that a section of its configuration names.

    Args:
        section: ``policy`` or ``algorithm``.
        cfg: The section. ``class_name`` is a name that the library's module has, of its own or put there by a plugin,
            or ``module:Class`` of a plugin, which becomes such a name.

    Raises:
        UserError: There is no such class.
    """
    name, key = cfg["class_name"], f"agent.{section}.class_name"
    known = vars(on_policy_runner)
    if ":" in name:
        cfg["class_name"] = name.replace(".", "_").replace(":", "__")
        known[cfg["class_name"]] = plugin_class(name, key)
    elif not isinstance(known.get(name), type):
        there = [
            found for found, value in known.items() if isinstance(value, type) and hasattr(value, _METHODS[section])
        ]
        raise UserError(
            f"{key} is {name!r}, and there are {', '.join(sorted(there))}; a plugin's is <module>:<class>"
            " (docs/plugins.md)"
        )
