# Copyright (c) 2026, The isaaclab_factory developers.
# SPDX-License-Identifier: BSD-3-Clause
"""The commands of Kit that Isaac Lab executes, done with plain USD."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from isaacsim.core.utils.stage import get_current_stage
from pxr import Usd

from isaaclab_factory.kitless.unsupported import NotSupportedWithoutIsaacSim
from omni.kit.commands import _usd_commands

_COMMANDS: dict[str, Callable[..., Any]] = {
    "BindMaterial": _usd_commands.bind_material,
    "ChangeProperty": _usd_commands.change_property,
    "CopyPrim": _usd_commands.copy_prim,
    "CreateDefaultXformOnPrim": _usd_commands.create_default_xform,
    "DeletePrims": _usd_commands.delete_prims,
    "MovePrim": _usd_commands.move_prim,
    "ToggleVisibilitySelectedPrims": _usd_commands.toggle_visibility,
}


def execute(name: str, **kwargs: Any) -> tuple[bool, Any]:
    """Execute a command.

    Args:
        name: Name of the command, with or without the ending "Command".
        **kwargs: Its arguments. ``stage`` or ``stage_or_context`` is the stage to work on, the current one by default.

    Returns:
        True, and the result of the command.

    Raises:
        NotSupportedWithoutIsaacSim: If there is no such command here.
    """
    command = _COMMANDS.get(name.removesuffix("Command"))
    if command is None:
        raise NotSupportedWithoutIsaacSim(f"the Kit command '{name}'")
    stage = kwargs.pop("stage", None) or kwargs.pop("stage_or_context", None)
    if not isinstance(stage, Usd.Stage):
        stage = get_current_stage()
    return True, command(stage, **kwargs)
